// Reads the headers of one frame: Ethernet, VLAN tags, IPv4 or IPv6, fragment fields, UDP. Every length is checked
// against the octets that are really there; nothing is changed.
#pragma once

#include <cstdint>
#include <span>

#include "config/ip_prefix.hpp"

namespace stirline::dataplane {

enum class FrameKind : std::uint8_t {
  not_ip,        // ARP, MPLS, LLDP ...: not ours
  not_udp,       // IP, but neither UDP nor a fragment of UDP: ICMP, TCP, SCTP ...
  udp,           // a whole UDP datagram
  udp_fragment,  // a fragment of one
  truncated,     // the frame ends before its IP length, or inside a header
  bad_header,    // IP version or header length wrong, UDP length lies, extension headers beyond the limit
};

// Offsets are octets from the first octet of the frame.
struct Frame {
  FrameKind kind = FrameKind::not_ip;
  bool ipv6 = false;
  bool more_fragments = false;
  bool dont_fragment = false;         // IPv4 only
  std::uint8_t ip_header_length = 0;  // IPv4: with options; IPv6: 40
  std::uint16_t ip_offset = 0;        // behind Ethernet and VLAN/QinQ tags
  std::uint16_t ip_length = 0;        // whole IP packet; what follows in the frame is padding
  std::uint16_t payload_offset = 0;   // kind udp: the UDP header; udp_fragment: the fragment's first octet of data
  std::uint16_t payload_length = 0;   // octets of it inside the IP packet
  std::uint16_t fragment_header_offset = 0;  // IPv6 fragments: the Fragment header
  std::uint16_t fragment_offset = 0;         // octets, multiple of 8
  std::uint32_t fragment_id = 0;
  std::uint16_t source_port = 0;  // kind udp, and first fragments that hold the whole UDP header
  std::uint16_t destination_port = 0;
  config::IpAddress source;
  config::IpAddress destination;
};

// `octets`: the frame from its destination MAC address.
[[nodiscard]] Frame read_frame(std::span<const std::uint8_t> octets);

// True if the UDP checksum of the datagram is right, or zero on IPv4 (INL-UDP-02). `udp` starts at the UDP header and
// is as long as the IP payload.
[[nodiscard]] bool udp_checksum_good(const Frame& frame, std::span<const std::uint8_t> udp);

// True if the IPv4 header checksum is right; always for IPv6.
[[nodiscard]] bool ip_checksum_good(const Frame& frame, std::span<const std::uint8_t> octets);

}  // namespace stirline::dataplane
