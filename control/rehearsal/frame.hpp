// A captured frame down to the IP packet in it. Every octet may be hostile: nothing is read that is not there.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace stirline::control::rehearsal {

using Octets = std::span<const std::uint8_t>;

// How frames begin: of the kinds that libpcap tells (LINKTYPE_), those that trunks are captured on.
enum class FrameKind : std::uint8_t {
  ethernet,       // with up to kMaxTags VLAN tags (IEEE 802.1Q, 802.1ad)
  raw_ip,         // no header at all
  linux_cooked,   // LINKTYPE_LINUX_SLL
  linux_cooked2,  // LINKTYPE_LINUX_SLL2
};
inline constexpr unsigned kMaxTags = 4;

// Of a value of libpcap (DLT_).
[[nodiscard]] std::optional<FrameKind> frame_kind_of(int data_link);

// From the first octet of the IPv4 or IPv6 header to the frame's end; nothing: no IP.
[[nodiscard]] std::optional<Octets> ip_packet_in(FrameKind kind, Octets frame);

// Big-endian; the octets must be there.
[[nodiscard]] inline std::uint16_t read_u16(Octets octets, std::size_t at) {
  return static_cast<std::uint16_t>((octets[at] << 8U) | octets[at + 1]);
}

}  // namespace stirline::control::rehearsal
