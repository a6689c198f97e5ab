#include "dataplane/packet/frame.hpp"

#include <algorithm>
#include <cstddef>

#include <netinet/in.h>

#include "dataplane/packet/octets.hpp"

namespace stirline::dataplane {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kVlanTag = 4;
constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kFragmentHeader = 8;
constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86DD;

bool is_vlan(std::uint16_t type) {
  return type == 0x8100 || type == 0x88A8 || type == 0x9100;
}

void fail(Frame& frame, FrameKind kind, FrameFault fault) {
  frame.kind = kind;
  frame.fault = fault;
}

void truncated(Frame& frame, FrameFault fault) {
  fail(frame, FrameKind::truncated, fault);
}
void bad(Frame& frame, FrameFault fault) {
  fail(frame, FrameKind::bad_header, fault);
}

void read_address(Octets octets, config::IpAddress::Family family, config::IpAddress& address) {
  address.family = family;
  std::ranges::copy(octets, address.octets.begin());
}

// Ports as far as they are there: of a whole datagram and of a first fragment, cut or not.
void read_ports(Octets octets, Frame& frame) {
  const bool first = frame.fragment_offset == 0;
  if (first && frame.payload_length >= 4 && octets.size() >= std::size_t{frame.payload_offset} + 4) {
    frame.source_port = load_be16(&octets[frame.payload_offset]);
    frame.destination_port = load_be16(&octets[frame.payload_offset + std::size_t{2}]);
  }
}

// The part both families share: payload, fragment and ip_length fields are set; `fragment` if it is one.
void read_payload(Octets octets, bool fragment, Frame& frame) {
  read_ports(octets, frame);
  if (octets.size() - frame.ip_offset < frame.ip_length) {
    return truncated(frame, FrameFault::ip_length);
  }
  if (fragment) {
    if (frame.payload_length == 0 || (frame.more_fragments && frame.payload_length % 8 != 0)) {
      return bad(frame, FrameFault::fragment_length);  // RFC 791 2.3, RFC 8200 4.5
    }
    frame.kind = FrameKind::udp_fragment;
    return;
  }
  if (!udp_length_good(octets.subspan(frame.payload_offset, frame.payload_length))) {
    return bad(frame, FrameFault::udp_length);
  }
  frame.kind = FrameKind::udp;
}

// RFC 791 3.1.
void read_ipv4(Octets octets, Frame& frame) {
  const Octets ip = octets.subspan(frame.ip_offset);
  if (ip.size() < kIpv4Header) {
    return truncated(frame, FrameFault::cut_header);
  }
  read_address(ip.subspan(12, 4), config::IpAddress::Family::v4, frame.source);
  read_address(ip.subspan(16, 4), config::IpAddress::Family::v4, frame.destination);
  const std::size_t header = static_cast<std::size_t>(ip[0] & 0x0F) * 4;
  if (ip[0] >> 4 != 4 || header < kIpv4Header) {
    return bad(frame, FrameFault::ip_header);
  }
  if (ip[9] != IPPROTO_UDP) {
    frame.kind = FrameKind::not_udp;
    return;
  }
  frame.ip_header_length = static_cast<std::uint8_t>(header);
  frame.ip_length = load_be16(&ip[2]);
  if (frame.ip_length < header) {
    return bad(frame, FrameFault::ip_header);
  }
  if (ip.size() < header) {
    return truncated(frame, FrameFault::cut_header);
  }
  const std::uint16_t fragment = load_be16(&ip[6]);
  frame.fragment_id = load_be16(&ip[4]);
  frame.dont_fragment = (fragment & 0x4000) != 0;
  frame.more_fragments = (fragment & 0x2000) != 0;
  frame.fragment_offset = static_cast<std::uint16_t>((fragment & 0x1FFF) * 8);
  frame.payload_offset = static_cast<std::uint16_t>(frame.ip_offset + header);
  frame.payload_length = static_cast<std::uint16_t>(frame.ip_length - header);
  read_payload(octets, frame.more_fragments || frame.fragment_offset != 0, frame);
}

bool is_extension(std::uint8_t next) {
  return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS || next == IPPROTO_FRAGMENT;
}

// True if `length` octets at `at` lie in the packet and in the frame; otherwise says in `frame` which was too short.
bool holds(Octets ip, std::size_t at, std::size_t length, Frame& frame) {
  if (at + length > frame.ip_length) {
    bad(frame, FrameFault::extension_headers);
    return false;
  }
  if (at + length > ip.size()) {
    truncated(frame, FrameFault::cut_header);
    return false;
  }
  return true;
}

// RFC 8200 4.5; `at` is where the Fragment header starts in `ip`.
void read_fragment_header(Octets octets, Octets ip, std::size_t at, Frame& frame) {
  if (!holds(ip, at, kFragmentHeader, frame)) {
    return;
  }
  const std::uint16_t word = load_be16(&ip[at + 2]);
  const bool first = (word & 0xFFF8) == 0;
  const bool whole = first && (word & 1) == 0;
  // Hosts take the Next Header of the first fragment alone (RFC 8200 4.5), so that of the others says nothing.
  if (first && is_extension(ip[at])) {
    return bad(frame, FrameFault::extension_headers);  // the whole chain stands in front here
  }
  if (whole && ip[at] != IPPROTO_UDP) {
    frame.kind = FrameKind::not_udp;
    return;
  }
  frame.protocol = ip[at];
  frame.fragment_header_offset = static_cast<std::uint16_t>(frame.ip_offset + at);
  frame.fragment_offset = word & 0xFFF8;
  frame.more_fragments = (word & 1) != 0;
  frame.fragment_id = load_be32(&ip[at + 4]);
  frame.payload_offset = static_cast<std::uint16_t>(frame.fragment_header_offset + kFragmentHeader);
  frame.payload_length = static_cast<std::uint16_t>(frame.ip_length - at - kFragmentHeader);
  read_payload(octets, true, frame);
}

// RFC 8200 3, 4.
void read_ipv6(Octets octets, Frame& frame) {
  const Octets ip = octets.subspan(frame.ip_offset);
  if (ip.size() < kIpv6Header) {
    return truncated(frame, FrameFault::cut_header);
  }
  frame.ipv6 = true;
  read_address(ip.subspan(8, 16), config::IpAddress::Family::v6, frame.source);
  read_address(ip.subspan(24, 16), config::IpAddress::Family::v6, frame.destination);
  const std::size_t length = kIpv6Header + load_be16(&ip[4]);
  if (ip[0] >> 4 != 6 || length > 0xFFFF) {
    return bad(frame, FrameFault::ip_header);
  }
  frame.ip_header_length = kIpv6Header;
  frame.ip_length = static_cast<std::uint16_t>(length);

  std::uint8_t next = ip[6];
  std::size_t announced_at = 6;
  std::size_t at = kIpv6Header;
  for (std::size_t seen = 0; is_extension(next); ++seen) {
    frame.next_header_offset = static_cast<std::uint16_t>(frame.ip_offset + announced_at);
    if (next == IPPROTO_FRAGMENT) {
      return read_fragment_header(octets, ip, at, frame);
    }
    const bool misplaced = next == IPPROTO_HOPOPTS && seen != 0;  // RFC 8200 4.1
    if (misplaced || seen == kMaxExtensionHeaders) {
      return bad(frame, FrameFault::extension_headers);
    }
    if (!holds(ip, at, 8, frame)) {
      return;
    }
    const std::size_t octets_of_it = (std::size_t{ip[at + 1]} + 1) * 8;
    if (!holds(ip, at, octets_of_it, frame)) {
      return;
    }
    // With segments left, the destination here is not the one that the UDP checksum covers (RFC 8200 8.1).
    if (next == IPPROTO_ROUTING && ip[at + 3] != 0) {
      return bad(frame, FrameFault::extension_headers);
    }
    next = ip[at];
    announced_at = at;
    at += octets_of_it;
  }
  if (next != IPPROTO_UDP) {
    frame.kind = FrameKind::not_udp;
    return;
  }
  frame.next_header_offset = static_cast<std::uint16_t>(frame.ip_offset + announced_at);
  frame.payload_offset = static_cast<std::uint16_t>(frame.ip_offset + at);
  frame.payload_length = static_cast<std::uint16_t>(length - at);
  read_payload(octets, false, frame);
}

}  // namespace

Frame read_frame(Octets octets) {
  Frame frame;
  if (octets.size() < kEthernetHeader) {
    truncated(frame, FrameFault::cut_header);
    return frame;
  }
  std::uint16_t type = load_be16(&octets[12]);
  std::size_t at = kEthernetHeader;
  while (is_vlan(type)) {
    if (frame.vlan_tags == kMaxVlanTags) {
      return frame;
    }
    if (octets.size() < at + kVlanTag) {
      truncated(frame, FrameFault::cut_header);
      return frame;
    }
    frame.vlans[frame.vlan_tags++] = load_be16(&octets[at]) & 0x0FFF;
    type = load_be16(&octets[at + 2]);
    at += kVlanTag;
  }
  frame.ip_offset = static_cast<std::uint16_t>(at);
  if (type == kTypeIpv4) {
    read_ipv4(octets, frame);
  } else if (type == kTypeIpv6) {
    read_ipv6(octets, frame);
  }
  return frame;
}

bool udp_length_good(Octets udp) {
  return udp.size() >= kUdpHeaderOctets && load_be16(&udp[4]) == udp.size();
}

bool udp_checksum_good(const Frame& frame, Octets udp) {
  if (udp.size() < kUdpHeaderOctets) {
    return false;
  }
  if (load_be16(&udp[6]) == 0) {
    return !frame.ipv6;
  }
  InternetSum sum;
  sum.add_udp_pseudo_header(frame.source, frame.destination, udp.size());
  sum.add(udp);
  return sum.good();
}

bool ip_checksum_good(const Frame& frame, Octets octets) {
  if (frame.ipv6) {
    return true;
  }
  const std::size_t end = std::size_t{frame.ip_offset} + frame.ip_header_length;
  if (frame.ip_header_length < kIpv4Header || octets.size() < end) {
    return false;
  }
  InternetSum sum;
  sum.add(octets.subspan(frame.ip_offset, frame.ip_header_length));
  return sum.good();
}

}  // namespace stirline::dataplane
