// Tells of watched messages on their way through a poll core: when each stage was reached, and why it went as it did
// (stirline trace), and with their frames before and after (stirline capture).
//
// A message that the watch fits gets a number when it arrives, and keeps it in its Datagram through every stage.
// Without a watch that costs a message one load and a branch, and each stage a branch on that number. What finds no
// room in the queue is dropped and counted, never the message. Thread: one poll core; main takes what has gathered.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/wire/watch.hpp"
#include "dataplane/counters.hpp"
#include "dataplane/poll/parking.hpp"
#include "dataplane/poll/record_queue.hpp"
#include "dataplane/poll/transmitter.hpp"
#include "dataplane/poll/watch_board.hpp"
#include "dataplane/state/generation.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

class Watcher {
 public:
  // All outlive it. `port_names` by the index of the port.
  Watcher(const WatchBoard& board, Counters& counters, unsigned core, const std::vector<std::string>& port_names,
          std::uint64_t tsc_hz);

  // Is anything watched at all?
  [[nodiscard]] bool on() const { return board_.current() != 0; }

  // Only if on(). Gives the datagram its number if the watch fits. `message`: parsed from it; nullptr: it was not read,
  // `why` says why, and only a watch on its trunk fits.
  void arrived(Datagram& datagram, const TrunkMatch& match, const sip::Message* message, std::string_view why = {});

  void decided(const Datagram& datagram, std::string_view what, std::string_view reason) {
    tell(datagram, {.kind = config::wire::WatchKind::decided, .what = what, .reason = reason});
  }
  void parked(const Datagram& datagram, std::string_view why) {
    tell(datagram, {.kind = config::wire::WatchKind::parked, .reason = why});
  }
  void resumed(const Datagram& datagram) { tell(datagram, {.kind = config::wire::WatchKind::resumed}); }
  void sent(const Datagram& datagram, std::string_view how) {
    tell(datagram, {.kind = config::wire::WatchKind::sent, .out_port = port(datagram.out_port), .reason = how});
  }
  void answered(const Datagram& datagram, std::uint16_t status) {
    tell(
        datagram,
        {.kind = config::wire::WatchKind::answered, .status = status, .out_port = port(other_side(datagram.out_port))});
  }
  void ended(const Datagram& datagram, Counter counter) {
    if (datagram.watched != 0) [[unlikely]] {
      tell(datagram,
           {.kind = config::wire::WatchKind::ended, .reason = counter_facts()[static_cast<std::size_t>(counter)].name});
    }
  }
  // A frame that leaves by a port for this message.
  void packet_out(const Datagram& datagram, std::uint16_t out_port, const rte_mbuf* packet) {
    if (datagram.watched != 0) [[unlikely]] {
      tell_packet(datagram, config::wire::WatchKind::packet_out, out_port, packet);
    }
  }

  [[nodiscard]] RecordQueue& queue() { return queue_; }

 private:
  static constexpr std::size_t kQueueOctets = std::size_t{1} << 20;

  [[nodiscard]] bool adopt();
  [[nodiscard]] bool fits(const Datagram& datagram, const TrunkMatch& match, const sip::Message* message) const;
  [[nodiscard]] bool is_about(std::string_view number, const sip::DialPlan& plan, std::string_view octets,
                              const sip::Message& message) const;
  [[nodiscard]] std::string_view port(std::uint16_t index) const { return port_names_[index]; }
  void tell(const Datagram& datagram, const config::wire::WatchEvent& event) {
    if (datagram.watched != 0) [[unlikely]] {
      tell_now(datagram, event);
    }
  }
  void tell_now(const Datagram& datagram, config::wire::WatchEvent event);
  void tell_packet(const Datagram& datagram, config::wire::WatchKind kind, std::uint16_t port, const rte_mbuf* packet);
  void push(const Datagram& datagram, config::wire::WatchEvent event, std::uint64_t cycles);

  const WatchBoard& board_;
  Counters& counters_;
  std::uint16_t core_;
  const std::vector<std::string>& port_names_;
  double ns_per_cycle_;
  Watch watch_;
  std::uint64_t first_ = 0;    // the first message of this watch
  std::uint64_t message_ = 0;  // the last that was given a number
  std::uint32_t sequence_ = 0;
  RecordQueue queue_;
};

}  // namespace stirline::dataplane
