// The first stages of a message's life (design.md 3, steps 1-3): read the frame's headers, let pass what is not ours,
// check checksums, put fragments together. What is SIP of a trunk goes on to the call stage.
#pragma once

#include <cstdint>

#include "dataplane/packet/reassembly.hpp"
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/poll_context.hpp"

namespace stirline::dataplane {

class Intake {
 public:
  Intake(PollContext& context, CallStage& calls);

  // Takes a packet that came in at `port`; `live` is nullptr as long as control has sent nothing.
  void receive(std::uint16_t port, rte_mbuf* packet, const Live* live);

  // Lets go of fragments that waited too long.
  void expire(std::uint64_t now_cycles);

  [[nodiscard]] std::uint32_t held_packets() const { return reassembler_.packets(); }
  void show_fills(TableFills& fills) const {
    fills.show(BoundedTable::reassembly, reassembler_.datagrams(), reassembler_.oldest_at());
  }

 private:
  // It is none of ours. Counted at the end of the burst.
  void bypass(std::uint16_t port, rte_mbuf* packet);
  void receive_faulty(std::uint16_t port, rte_mbuf* packet, const Frame& frame, const Live* live);
  void receive_datagram(std::uint16_t port, rte_mbuf* packet, const Frame& frame, const Live& live);
  void receive_fragment(std::uint16_t port, rte_mbuf* packet, const Frame& frame, const Live& live);
  void receive_complete(std::uint16_t port, const FragmentSet& set, const Live& live);
  [[nodiscard]] TrunkMatch match(std::uint16_t port, const Frame& frame, const Live& live, bool any_port) const;

  PollContext& context_;
  CallStage& calls_;
  Reassembler reassembler_;
};

}  // namespace stirline::dataplane
