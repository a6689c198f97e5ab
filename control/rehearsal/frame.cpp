#include "control/rehearsal/frame.hpp"

#include <pcap/dlt.h>

namespace stirline::control::rehearsal {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86DD;

// What is left behind the header of a frame, if an EtherType at `type_at` says that it is IP.
std::optional<Octets> ip_behind(Octets frame, std::size_t type_at, std::size_t header) {
  if (frame.size() < header) {
    return std::nullopt;
  }
  const std::uint16_t type = read_u16(frame, type_at);
  return type == kIpv4 || type == kIpv6 ? std::optional(frame.subspan(header)) : std::nullopt;
}

bool is_tag(std::uint16_t type) {
  return type == 0x8100 || type == 0x88A8 || type == 0x9100;
}

std::optional<Octets> ip_in_ethernet(Octets frame) {
  std::size_t type_at = 12;
  for (unsigned tags = 0; tags < kMaxTags && frame.size() >= type_at + 2 && is_tag(read_u16(frame, type_at)); ++tags) {
    type_at += 4;
  }
  return ip_behind(frame, type_at, type_at + 2);
}

}  // namespace

std::optional<FrameKind> frame_kind_of(int data_link) {
  switch (data_link) {
    case DLT_EN10MB:
      return FrameKind::ethernet;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
      return FrameKind::raw_ip;
    case DLT_LINUX_SLL:
      return FrameKind::linux_cooked;
    case DLT_LINUX_SLL2:
      return FrameKind::linux_cooked2;
    default:
      return std::nullopt;
  }
}

std::optional<Octets> ip_packet_in(FrameKind kind, Octets frame) {
  switch (kind) {
    case FrameKind::ethernet:
      return ip_in_ethernet(frame);
    case FrameKind::raw_ip:
      return frame;
    case FrameKind::linux_cooked:
      return ip_behind(frame, 14, 16);
    case FrameKind::linux_cooked2:
      return ip_behind(frame, 0, 20);
  }
  return std::nullopt;
}

}  // namespace stirline::control::rehearsal
