#include "dataplane/poll/intake.hpp"

#include <rte_cycles.h>
#include <rte_random.h>

#include "dataplane/packet/mbuf.hpp"
#include "dataplane/packet/octets.hpp"

namespace stirline::dataplane {
namespace {

FragmentSet single(rte_mbuf* packet, std::uint16_t port) {
  FragmentSet set;
  set.packets[0] = packet;
  set.count = 1;
  set.port = port;
  return set;
}

// The index of the fragment with offset 0; set.count if there is none.
std::uint16_t first_fragment(const FragmentSet& set) {
  std::uint16_t index = 0;
  while (index < set.count && read_frame(octets_of(set.packets[index])).fragment_offset != 0) {
    ++index;
  }
  return index;
}

Counter counter_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::ip_length:
      return Counter::frame_ip_length;
    case FrameFault::ip_header:
      return Counter::frame_ip_header;
    case FrameFault::extension_headers:
      return Counter::frame_extension_headers;
    case FrameFault::fragment_length:
      return Counter::frame_fragment_length;
    case FrameFault::udp_length:
      return Counter::frame_udp_length;
    case FrameFault::cut_header:
    case FrameFault::none:
      break;
  }
  return Counter::frame_cut_header;
}

Counter counter_of(ReassemblyEvent event) {
  switch (event) {
    case ReassemblyEvent::overlap:
      return Counter::fragment_overlap;
    case ReassemblyEvent::too_many:
      return Counter::fragment_too_many;
    case ReassemblyEvent::source_full:
      return Counter::fragment_source_full;
    case ReassemblyEvent::table_full:
      return Counter::fragment_table_full;
    case ReassemblyEvent::held:
    case ReassemblyEvent::complete:
    case ReassemblyEvent::expired:
      break;
  }
  return Counter::fragment_expired;
}

}  // namespace

Intake::Intake(PollContext& context, CallStage& calls)
    : context_(context),
      calls_(calls),
      reassembler_({.datagrams = context.config.limits.reassemblies,
                    .datagrams_per_source = context.config.limits.reassemblies_per_source,
                    .timeout_cycles = context.config.limits.reassembly_timeout_ms * (rte_get_tsc_hz() / 1'000),
                    .hash_seed = static_cast<std::uint32_t>(rte_rand())},
                   static_cast<int>(rte_socket_id())) {}

void Intake::receive(std::uint16_t port, rte_mbuf* packet, const Live* live) {
  Counters& counters = context_.counters;
  if (packet->nb_segs != 1) {
    counters.add(Counter::scattered);
    context_.transmitter.send(other_side(port), packet);
    return;
  }
  const Frame frame = read_frame(octets_of(packet));
  switch (frame.kind) {
    case FrameKind::udp:
      if (live != nullptr && live->generation->port_of_interest(context_.ports[port].pair, frame.destination_port)) {
        receive_datagram(port, packet, frame, *live);
        return;
      }
      break;
    case FrameKind::udp_fragment:
      if (live != nullptr) {
        receive_fragment(port, packet, frame, *live);
        return;
      }
      break;
    case FrameKind::truncated:
    case FrameKind::bad_header:
      receive_faulty(port, packet, frame, live);
      return;
    case FrameKind::not_ip:
    case FrameKind::not_udp:
      break;
  }
  if (live == nullptr) {
    counters.add(Counter::no_tables);
  }
  bypass(port, packet);
}

void Intake::bypass(std::uint16_t port, rte_mbuf* packet) {
  context_.delays.bypass(1);
  context_.transmitter.send(other_side(port), packet);
}

// What is no trunk's leaves as it came. A frame cut inside its headers could be anybody's: there the configuration
// decides.
void Intake::receive_faulty(std::uint16_t port, rte_mbuf* packet, const Frame& frame, const Live* live) {
  context_.counters.add(counter_of(frame.fault));
  const bool ours =
      frame.fault == FrameFault::cut_header || (live != nullptr && match(port, frame, *live, true).trunk != nullptr);
  const config::BadInputConfig& bad_input = context_.config.bad_input;
  const config::OnBad choice = !ours                                          ? config::OnBad::forward
                               : frame.fault == FrameFault::extension_headers ? bad_input.extension_headers
                                                                              : bad_input.truncated;
  context_.forward_or_drop(
      single(packet, port), other_side(port), choice,
      frame.kind == FrameKind::truncated ? Counter::dropped_truncated : Counter::dropped_bad_header);
}

TrunkMatch Intake::match(std::uint16_t port, const Frame& frame, const Live& live, bool any_port) const {
  const auto side = (port & 1U) == 0 ? config::tables::Side::a : config::tables::Side::b;
  return live.generation->match(context_.ports[port].pair, side, frame, any_port);
}

void Intake::receive_datagram(std::uint16_t port, rte_mbuf* packet, const Frame& frame, const Live& live) {
  const std::uint64_t started = rte_rdtsc();
  Counters& counters = context_.counters;
  const TrunkMatch found = match(port, frame, live, false);
  if (found.trunk == nullptr) {
    bypass(port, packet);
    return;
  }
  Datagram datagram;
  datagram.packets = single(packet, port);
  datagram.frame = frame;
  datagram.first = octets_of(packet);
  datagram.udp = datagram.first.subspan(frame.payload_offset, frame.payload_length);
  datagram.out_port = other_side(port);
  datagram.arrived = context_.delays.arrived();
  if (!ip_checksum_good(frame, datagram.first) || !udp_checksum_good(frame, datagram.udp)) {
    counters.add(Counter::bad_checksum);
    context_.forward_or_drop(datagram.packets, datagram.out_port, context_.config.bad_input.checksum,
                             Counter::dropped_checksum);
    return;
  }
  counters.add(Counter::cycles_classify, rte_rdtsc() - started);
  calls_.handle(datagram, found, live);
}

void Intake::receive_fragment(std::uint16_t port, rte_mbuf* packet, const Frame& frame, const Live& live) {
  Counters& counters = context_.counters;
  if (match(port, frame, live, true).trunk == nullptr) {
    bypass(port, packet);
    return;
  }
  if (!ip_checksum_good(frame, octets_of(packet))) {
    counters.add(Counter::bad_checksum);
    context_.forward_or_drop(single(packet, port), other_side(port), context_.config.bad_input.checksum,
                             Counter::dropped_checksum);
    return;
  }
  counters.add(Counter::fragments);
  packet->port = port;  // the reassembler keeps this number: ours, not the device's
  FragmentSet set = single(packet, port);
  const ReassemblyEvent event = reassembler_.packets() < context_.packet_share()
                                    ? reassembler_.add(packet, frame, rte_rdtsc(), set)
                                    : ReassemblyEvent::table_full;
  if (event == ReassemblyEvent::held) {
    return;
  }
  if (event == ReassemblyEvent::complete) {
    counters.add(Counter::reassembled);
    receive_complete(port, set, live);
    return;
  }
  counters.add(counter_of(event));
  const config::OnBad choice = event == ReassemblyEvent::overlap ? context_.config.bad_input.overlapping_fragments
                                                                 : context_.config.bad_input.fragments;
  context_.forward_or_drop(set, other_side(port), choice, Counter::dropped_fragments);
}

void Intake::receive_complete(std::uint16_t port, const FragmentSet& set, const Live& live) {
  const std::uint64_t started = rte_rdtsc();
  Counters& counters = context_.counters;
  Datagram datagram;
  datagram.packets = set;
  datagram.out_port = other_side(port);
  datagram.arrived = context_.delays.arrived();
  const std::size_t first = first_fragment(set);
  datagram.first = octets_of(set.packets[first]);
  datagram.frame = read_frame(datagram.first);
  if (datagram.frame.protocol != IPPROTO_UDP) {
    context_.delays.bypass(set.count);
    context_.forward(set, datagram.out_port);
    return;
  }
  datagram.gathered = context_.store.take(set.payload_length);
  if (datagram.gathered.empty()) {
    counters.add(Counter::no_large_buffer);
    context_.forward(set, datagram.out_port);
    return;
  }
  datagram.udp = datagram.gathered.first(gather(set, datagram.gathered));
  if (!udp_length_good(datagram.udp)) {
    counters.add(Counter::frame_udp_length);
    context_.release(datagram);
    context_.forward_or_drop(set, datagram.out_port, context_.config.bad_input.truncated, Counter::dropped_bad_header);
    return;
  }
  datagram.frame.source_port = load_be16(datagram.udp.data());
  datagram.frame.destination_port = load_be16(&datagram.udp[2]);
  const TrunkMatch found = match(port, datagram.frame, live, false);
  if (found.trunk == nullptr) {
    context_.delays.bypass(set.count);
    context_.release(datagram);
    context_.forward(set, datagram.out_port);
    return;
  }
  if (!udp_checksum_good(datagram.frame, datagram.udp)) {
    counters.add(Counter::bad_checksum);
    context_.release(datagram);
    context_.forward_or_drop(set, datagram.out_port, context_.config.bad_input.checksum, Counter::dropped_checksum);
    return;
  }
  counters.add(Counter::cycles_classify, rte_rdtsc() - started);
  calls_.handle(datagram, found, live);
}

void Intake::expire(std::uint64_t now_cycles) {
  FragmentSet set;
  while (reassembler_.expire(now_cycles, set)) {
    context_.counters.add(Counter::fragment_expired);
    if (first_fragment(set) == set.count) {
      context_.counters.add(Counter::fragment_first_missing);
    }
    context_.forward_or_drop(set, other_side(set.port), context_.config.bad_input.fragments,
                             Counter::dropped_fragments);
  }
}

}  // namespace stirline::dataplane
