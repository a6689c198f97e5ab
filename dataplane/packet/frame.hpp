// Reads the headers of one frame: Ethernet, VLAN tags, IPv4 or IPv6, fragment fields, UDP. Every length is checked
// against the octets that are really there; nothing is changed.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "config/ip_prefix.hpp"

namespace stirline::dataplane {

enum class FrameKind : std::uint8_t {
  not_ip,        // ARP, MPLS, LLDP ...: not ours
  not_udp,       // IP, but neither UDP nor a fragment of UDP: ICMP, TCP, SCTP ...
  udp,           // a whole UDP datagram
  udp_fragment,  // a fragment of one; of IPv6 perhaps of another protocol, which only the first fragment can tell
  truncated,     // the frame ends before its IP length, or inside a header
  bad_header,    // IP version or header length wrong, UDP length lies, extension headers beyond the limit
};

// Why a frame is `truncated` or `bad_header`; each has a counter of its own.
enum class FrameFault : std::uint8_t {
  none,
  cut_header,         // truncated: the frame ends inside a header
  ip_length,          // truncated: the IP length goes beyond the frame
  ip_header,          // version, header length or total length of IP contradict each other
  extension_headers,  // IPv6: more than 8, out of place, beyond the packet, behind a Fragment header, or a route not
                      // yet at its end
  fragment_length,    // no data, or not a multiple of 8 octets though more fragments follow
  udp_length,         // the UDP length is not that of the IP payload, or below 8
};

inline constexpr std::size_t kMaxVlanTags = 3;          // 0x8100, 0x88a8 and 0x9100 in any mixture
inline constexpr std::size_t kMaxExtensionHeaders = 8;  // the Fragment header not counted
inline constexpr std::size_t kUdpHeaderOctets = 8;

// Offsets are octets from the first octet of the frame. Of frames that are `truncated` or `bad_header`, addresses and
// ports hold what could be read before the fault (zero otherwise), so that the fault can be counted where it belongs.
struct Frame {
  FrameKind kind = FrameKind::not_ip;
  FrameFault fault = FrameFault::none;
  bool ipv6 = false;
  bool more_fragments = false;
  bool dont_fragment = false;         // IPv4 only
  std::uint8_t protocol = 17;         // IPv6 fragments: Next Header; only the one with offset 0 counts
  std::uint8_t ip_header_length = 0;  // IPv4: with options; IPv6: 40
  std::uint16_t ip_offset = 0;        // behind Ethernet and VLAN/QinQ tags
  std::uint16_t ip_length = 0;        // whole IP packet; what follows in the frame is padding
  std::uint16_t payload_offset = 0;   // kind udp: the UDP header; udp_fragment: the fragment's first octet of data
  std::uint16_t payload_length = 0;   // octets of it inside the IP packet
  std::uint16_t fragment_header_offset = 0;  // IPv6 fragments: the Fragment header
  std::uint16_t next_header_offset = 0;      // IPv6: the Next Header octet that announces UDP or the Fragment header
  std::uint16_t fragment_offset = 0;         // octets, multiple of 8
  std::uint32_t fragment_id = 0;
  std::uint16_t source_port = 0;  // kind udp, and first fragments that hold the whole UDP header
  std::uint16_t destination_port = 0;
  std::uint8_t vlan_tags = 0;
  std::array<std::uint16_t, kMaxVlanTags> vlans{};  // identifiers, outer first
  config::IpAddress source;
  config::IpAddress destination;
};

// `octets`: the frame from its destination MAC address. A frame with more VLAN tags than kMaxVlanTags is not_ip. A
// protocol other than UDP makes not_udp of what is otherwise faulty. An IPv6 atomic fragment (RFC 6946) is
// udp_fragment.
[[nodiscard]] Frame read_frame(std::span<const std::uint8_t> octets);

// True if the length field of the UDP header is the length of `udp`, which starts at the UDP header and is as long as
// the IP payload. read_frame() has seen to that for kind udp; a reassembled datagram needs this check.
[[nodiscard]] bool udp_length_good(std::span<const std::uint8_t> udp);

// True if the UDP checksum of the datagram is right, or zero on IPv4 (RFC 768, RFC 8200 8.1; INL-UDP-02). `udp` starts
// at the UDP header and is as long as the IP payload.
[[nodiscard]] bool udp_checksum_good(const Frame& frame, std::span<const std::uint8_t> udp);

// True if the IPv4 header checksum is right; always for IPv6.
[[nodiscard]] bool ip_checksum_good(const Frame& frame, std::span<const std::uint8_t> octets);

}  // namespace stirline::dataplane
