#include "dataplane/poll/watcher.hpp"

#include <algorithm>
#include <array>

#include <rte_cycles.h>

#include "dataplane/packet/mbuf.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::dataplane {

namespace wire = config::wire;
using wire::WatchBy;
using wire::WatchEvent;
using wire::WatchKind;

Watcher::Watcher(const WatchBoard& board, Counters& counters, unsigned core, const std::vector<std::string>& port_names,
                 std::uint64_t tsc_hz)
    : board_(board),
      counters_(counters),
      core_(static_cast<std::uint16_t>(core)),
      port_names_(port_names),
      ns_per_cycle_(1e9 / static_cast<double>(tsc_hz)),
      queue_(kQueueOctets) {}

// True: watch_ is the one in force.
bool Watcher::adopt() {
  const std::uint32_t current = board_.current();
  if (current == 0 || watch_.number == current) {
    return current != 0;
  }
  Watch watch;
  if (!board_.read(watch) || watch.number != current) {
    return false;
  }
  watch_ = watch;
  first_ = message_ + 1;
  sequence_ = 0;
  return true;
}

bool Watcher::is_about(std::string_view number, const sip::DialPlan& plan, std::string_view octets,
                       const sip::Message& message) const {
  const auto is_it = [&](const sip::Uri& uri) {
    const auto canonical = sip::telephone_number(octets, uri, plan);
    return canonical && canonical->view() == number;
  };
  return is_it(message.from().uri) || is_it(message.to().uri) ||
         std::ranges::any_of(message.asserted_identities(),
                             [&](const sip::NameAddr& asserted) { return is_it(asserted.uri); }) ||
         (message.kind() == sip::Kind::request && is_it(message.request_uri()));
}

bool Watcher::fits(const Datagram& datagram, const TrunkMatch& match, const sip::Message* message) const {
  switch (watch_.by) {
    case WatchBy::trunk:
      return match.trunk->config.name == watch_.wanted();
    case WatchBy::call_id:
      return message != nullptr && sip::text(datagram.payload(), message->call_id()) == watch_.wanted();
    case WatchBy::number:
      return message != nullptr &&
             is_about(watch_.wanted(), match.trunk->sign_policy.dial_plan, datagram.payload(), *message);
    case WatchBy::nothing:
      break;
  }
  return false;
}

void Watcher::arrived(Datagram& datagram, const TrunkMatch& match, const sip::Message* message, std::string_view why) {
  if (!adopt() || !fits(datagram, match, message)) {
    return;
  }
  datagram.watched = ++message_;
  const std::string_view octets = datagram.payload();
  WatchEvent event{.kind = WatchKind::arrived,
                   .flow = match.direction == Direction::to_peer ? wire::Flow::to_peer : wire::Flow::from_peer,
                   .trunk = match.trunk->config.name,
                   .in_port = port(other_side(datagram.out_port)),
                   .out_port = port(datagram.out_port),
                   .reason = why};
  if (message != nullptr) {
    event.call_id = sip::text(octets, message->call_id());
    if (message->kind() == sip::Kind::response) {
      event.status = message->status();
      event.what = sip::text(octets, message->cseq_method());
    } else {
      event.what = sip::text(octets, message->method_text());
    }
  }
  push(datagram, event, datagram.arrived);
  for (const rte_mbuf* packet : std::span(datagram.packets.packets).first(datagram.packets.count)) {
    tell_packet(datagram, WatchKind::packet_in, other_side(datagram.out_port), packet);
  }
}

void Watcher::tell_packet(const Datagram& datagram, WatchKind kind, std::uint16_t port_index, const rte_mbuf* packet) {
  if (!watch_.octets) {
    return;
  }
  const std::span<const std::uint8_t> frame = octets_of(packet);
  WatchEvent event{.kind = kind, .octets = {reinterpret_cast<const char*>(frame.data()), frame.size()}};
  if (kind == WatchKind::packet_in) {
    event.in_port = port(port_index);
    push(datagram, event, datagram.arrived);
  } else {
    event.out_port = port(port_index);
    tell_now(datagram, event);
  }
}

void Watcher::tell_now(const Datagram& datagram, WatchEvent event) {
  push(datagram, event, rte_rdtsc());
}

void Watcher::push(const Datagram& datagram, WatchEvent event, std::uint64_t cycles) {
  if (datagram.watched < first_ || board_.current() != watch_.number) {
    return;  // of a watch that is over
  }
  event.core = core_;
  event.watch = watch_.number;
  event.sequence = sequence_++;
  event.message = datagram.watched;
  const auto since = static_cast<std::int64_t>(
      static_cast<double>(static_cast<std::int64_t>(cycles - watch_.at_cycles)) * ns_per_cycle_);
  event.time_ns = watch_.wall_ns + static_cast<std::uint64_t>(since);
  std::array<char, wire::kMaxWatchEventBytes> octets;
  const std::size_t bytes = wire::encode_watch_event(event, octets);
  counters_.add(queue_.push({octets.data(), bytes}) ? Counter::watched : Counter::watch_dropped);
}

}  // namespace stirline::dataplane
