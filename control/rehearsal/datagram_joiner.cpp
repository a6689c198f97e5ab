#include "control/rehearsal/datagram_joiner.hpp"

#include <algorithm>
#include <utility>

#include <netinet/in.h>

namespace stirline::control::rehearsal {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kExtension = 8;  // octets that an extension header counts in, and has at least
constexpr unsigned kMaxExtensions = 8;
constexpr std::size_t kUdpHeader = 8;
constexpr std::size_t kMaxDatagram = 65'535;

config::IpAddress address_at(Octets octets, std::size_t at, config::IpAddress::Family family) {
  config::IpAddress address{.family = family};
  const std::size_t length = family == config::IpAddress::Family::v4 ? 4 : 16;
  std::ranges::copy(octets.subspan(at, length), address.octets.begin());
  return address;
}

bool is_extension(std::uint8_t header) {
  return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_DSTOPTS;
}

std::string text_of(Octets octets) {
  return {octets.begin(), octets.end()};
}

}  // namespace

std::optional<UdpDatagram> DatagramJoiner::take(Octets ip_packet) {
  const auto packet = read_packet(ip_packet);
  if (!packet || packet->protocol != IPPROTO_UDP) {
    ++not_udp_;
    return std::nullopt;
  }
  if (packet->offset == 0 && !packet->more) {
    return read_udp(*packet, packet->payload);
  }
  return join(*packet);
}

std::optional<DatagramJoiner::Packet> DatagramJoiner::read_packet(Octets octets) {
  if (octets.empty()) {
    return std::nullopt;
  }
  switch (octets[0] >> 4U) {
    case 4:
      return read_v4(octets);
    case 6:
      return read_v6(octets);
    default:
      return std::nullopt;
  }
}

std::optional<DatagramJoiner::Packet> DatagramJoiner::read_v4(Octets octets) {
  if (octets.size() < kIpv4Header) {
    return std::nullopt;
  }
  const std::size_t header = 4 * std::size_t{octets[0] & 0x0FU};
  const std::size_t total = read_u16(octets, 2);
  if (header < kIpv4Header || total < header || octets.size() < total) {
    return std::nullopt;
  }
  const std::uint16_t fragment = read_u16(octets, 6);
  return Packet{.source = address_at(octets, 12, config::IpAddress::Family::v4),
                .destination = address_at(octets, 16, config::IpAddress::Family::v4),
                .protocol = octets[9],
                .id = read_u16(octets, 4),
                .offset = 8 * std::size_t{fragment & 0x1FFFU},
                .more = (fragment & 0x2000U) != 0,
                .payload = octets.subspan(header, total - header)};
}

std::optional<DatagramJoiner::Packet> DatagramJoiner::read_v6(Octets octets) {
  if (octets.size() < kIpv6Header) {
    return std::nullopt;
  }
  const std::size_t length = read_u16(octets, 4);
  if (octets.size() - kIpv6Header < length) {
    return std::nullopt;
  }
  Packet packet{.source = address_at(octets, 8, config::IpAddress::Family::v6),
                .destination = address_at(octets, 24, config::IpAddress::Family::v6),
                .protocol = octets[6],
                .payload = octets.subspan(kIpv6Header, length)};
  bool is_fragment = false;
  for (unsigned i = 0; i < kMaxExtensions; ++i) {
    const bool fragment_header = packet.protocol == IPPROTO_FRAGMENT && !is_fragment;
    if (!fragment_header && !is_extension(packet.protocol)) {
      return packet;
    }
    if (packet.payload.size() < kExtension) {
      return std::nullopt;
    }
    std::size_t header = kExtension;
    if (fragment_header) {
      const std::uint16_t place = read_u16(packet.payload, 2);
      packet.offset = place & 0xFFF8U;
      packet.more = (place & 1U) != 0;
      packet.id = (std::uint32_t{read_u16(packet.payload, 4)} << 16U) | read_u16(packet.payload, 6);
      is_fragment = true;
    } else {
      header += kExtension * packet.payload[1];
    }
    if (packet.payload.size() < header) {
      return std::nullopt;
    }
    packet.protocol = packet.payload[0];
    packet.payload = packet.payload.subspan(header);
    if (is_fragment && packet.offset != 0) {
      return packet;  // what follows is the middle of something
    }
  }
  return std::nullopt;
}

std::optional<UdpDatagram> DatagramJoiner::read_udp(const Packet& packet, Octets octets) {
  if (octets.size() < kUdpHeader) {
    ++not_udp_;
    return std::nullopt;
  }
  const std::size_t length = read_u16(octets, 4);
  if (length < kUdpHeader || length > octets.size()) {
    ++not_udp_;
    return std::nullopt;
  }
  return UdpDatagram{.source = packet.source,
                     .destination = packet.destination,
                     .source_port = read_u16(octets, 0),
                     .destination_port = read_u16(octets, 2),
                     .payload = text_of(octets.subspan(kUdpHeader, length - kUdpHeader))};
}

std::optional<UdpDatagram> DatagramJoiner::join(const Packet& packet) {
  auto open = std::ranges::find_if(open_, [&](const Open& candidate) {
    return candidate.id == packet.id && candidate.source == packet.source &&
           candidate.destination == packet.destination;
  });
  if (open == open_.end()) {
    if (open_.size() == kMaxOpen) {
      open_.pop_front();
      ++not_whole_;
    }
    open_.push_back({.source = packet.source, .destination = packet.destination, .id = packet.id});
    open = std::prev(open_.end());
  }
  const std::size_t end = packet.offset + packet.payload.size();
  const bool fits = end <= kMaxDatagram && open->fragments.size() < kMaxFragments && !packet.payload.empty() &&
                    (!packet.more || packet.payload.size() % 8 == 0) && (!open->length || end <= *open->length) &&
                    (packet.more || !open->length);
  if (!fits) {
    open_.erase(open);
    ++not_whole_;
    return std::nullopt;
  }
  if (!packet.more) {
    open->length = end;
  }
  open->fragments.emplace_back(packet.offset, text_of(packet.payload));
  const auto joined = whole(*open);
  if (!joined) {
    return std::nullopt;
  }
  open_.erase(open);
  return read_udp(packet, {reinterpret_cast<const std::uint8_t*>(joined->data()), joined->size()});
}

std::optional<std::string> DatagramJoiner::whole(Open& open) {
  if (!open.length) {
    return std::nullopt;
  }
  std::ranges::sort(open.fragments, {}, &std::pair<std::size_t, std::string>::first);
  std::string joined;
  for (const auto& [offset, octets] : open.fragments) {
    if (offset != joined.size()) {  // a gap; or two that overlap, which never become whole (RFC 5722)
      return std::nullopt;
    }
    joined += octets;
  }
  return joined.size() == *open.length ? std::optional(std::move(joined)) : std::nullopt;
}

}  // namespace stirline::control::rehearsal
