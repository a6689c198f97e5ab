// Messages that wait for a crypto core, or for a certificate: a fixed array of slots, given out and taken back without
// heap; of those at crypto cores the oldest is at hand, and each is found by its transaction.
//
// A slot holds the packets as received, so that the message can leave unchanged whatever happens, and everything needed
// to edit it when the verdict comes, so that it is not parsed twice. Thread: one poll core; the crypto core that has a
// slot's index touches only Slot::job and Slot::content, and reads the message and whose trunk it is.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/policy/content/content_score.hpp"
#include "config/policy/described_call.hpp"
#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/marks.hpp"
#include "crypto_workers/stir/signature_edits.hpp"
#include "dataplane/packet/frame.hpp"
#include "dataplane/packet/reassembly.hpp"
#include "dataplane/packet/slot_index.hpp"
#include "dataplane/poll/decided_requests.hpp"
#include "dataplane/poll/delay_meter.hpp"
#include "dataplane/poll/transaction.hpp"
#include "dataplane/state/publication.hpp"

namespace stirline::dataplane {

// A SIP datagram in hand: its packets as received, and its octets in one piece.
struct Datagram {
  FragmentSet packets;                  // one packet, or all fragments in order of arrival
  Frame frame;                          // of the packet with offset 0
  std::span<const std::uint8_t> first;  // the octets of that packet's frame
  std::span<const std::uint8_t> udp;    // UDP header and data, contiguous: in the packet, or in `gathered`
  std::span<std::uint8_t> gathered;     // from the MessageStore; empty for a single packet
  std::uint16_t out_port = 0;           // index of the port it leaves by
  DelayPath path = DelayPath::passed;   // which way it takes through this core, so far
  std::uint64_t arrived = 0;            // TSC cycles: when its last packet was taken from the port
  std::uint64_t watched = 0;            // its number among those that an operator watches (watcher.hpp); 0: it is not

  [[nodiscard]] std::string_view payload() const;  // the SIP message
  // Of copies the same: length and UDP checksum. Tells apart what is meant to differ, not what an enemy makes.
  [[nodiscard]] std::uint32_t fingerprint() const;
};

// CANCEL and ACK: no more can belong to a request that has not gone on yet.
inline constexpr std::size_t kMaxFollowers = 2;

// What a crypto core is asked about the text of a request from a peer (SPIT-CL-01).
struct ContentWork {
  SharedContent image;                              // null: nothing
  config::policy::content::ContentVerdict verdict;  // out
  std::uint64_t corpus = 0;                         // out: its number in the table
};

struct Slot {
  crypto::Job job;
  ContentWork content;
  Datagram datagram;
  const Live* live = nullptr;        // the generation that decides about this message
  const Trunk* trunk = nullptr;      // in that generation
  crypto::MarkPlan marks;            // what is stripped, and where the verdict goes
  crypto::SignatureEdits signature;  // sign
  NamedRequest name;
  std::array<Datagram, kMaxFollowers> followers;  // what goes on behind this message (INL-UDP-04)
  std::uint8_t follower_count = 0;
  std::size_t largest = 0;                // sign: octets that the signed request may have at most
  sip::Span method;                       // in the message, for its record
  sip::Span call_id;                      // likewise
  std::optional<Decided> decided;         // it is a copy of one that went on: it is not answered (INL-TX-09)
  bool stripped = false;                  // foreign marks were found (STIR-VS-15)
  bool ruled = false;                     // verify: rules have a say in it
  bool unsigned_text = false;             // verify: there is no Identity, it is here for its text alone
  bool trusted = false;                   // likewise: its peer has judged it for us
  config::policy::DescribedCall call;     // what they are asked about it
  config::policy::KeySecret call_secret;  // under which its keys were made
  config::policy::Sender sender = config::policy::Sender::unchecked;  // verify: may the peer speak for who calls
  bool known_caller = false;                                          // verify: rules know who calls (SPIT-FW-02)
  std::uint64_t parked_at = 0;                                        // TSC cycles
  bool abandoned = false;        // a copy has been sent on; the packets wait only for the crypto core to let go
  bool listed = false;           // among those at crypto cores, by age
  std::uint64_t wait_until = 0;  // TSC cycles: until when it may wait for a certificate; 0: it never has
  std::uint32_t older = 0;       // list of parked slots by age
  std::uint32_t newer = 0;
};

class Parking {
 public:
  static constexpr std::uint32_t kNone = kNoSlot;

  Parking(std::uint32_t slots, int socket);  // `socket`: NUMA node, or SOCKET_ID_ANY

  [[nodiscard]] Slot& operator[](std::uint32_t index) { return slots_[index]; }
  [[nodiscard]] std::span<Slot> slots() { return slots_; }
  [[nodiscard]] std::uint32_t index_of(const Slot& slot) const {
    return static_cast<std::uint32_t>(&slot - slots_.data());
  }
  [[nodiscard]] std::size_t places() const { return slots_.size(); }
  [[nodiscard]] std::uint32_t used() const { return index_.taken(); }

  // Of the transaction's hash; kNone if all are used. The new slot is the youngest.
  [[nodiscard]] std::uint32_t take(std::uint32_t hash);
  // The slot taken with this hash for which `is_it(slot)` holds, or kNone.
  template <typename Predicate>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Predicate&& is_it) const {
    return index_.find(hash, [&](std::uint32_t slot) { return is_it(slots_[slot]); });
  }
  void give_back(std::uint32_t index);
  [[nodiscard]] std::uint32_t oldest() const { return oldest_; }  // not abandoned; kNone if there is none
  void abandon(std::uint32_t index);                              // out of the list of ages, still used
  void set_aside(std::uint32_t index);   // likewise: it waits for something other than a crypto core
  void bring_back(std::uint32_t index);  // the youngest in the list again

 private:
  void link(std::uint32_t index);
  void unlink(std::uint32_t index);

  std::vector<Slot> slots_;
  SlotIndex index_;
  std::uint32_t oldest_ = kNone;
  std::uint32_t youngest_ = kNone;
};

}  // namespace stirline::dataplane
