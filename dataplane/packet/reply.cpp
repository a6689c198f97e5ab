#include "dataplane/packet/reply.hpp"

#include <algorithm>

#include "dataplane/packet/octets.hpp"

namespace stirline::dataplane {
namespace {

constexpr std::size_t kMacOctets = 6;
constexpr std::uint8_t kGroupBit = 1;  // of a MAC address: it is not one station's
constexpr std::uint8_t kHopLimit = 64;
constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint32_t kDontFragment = 0x4000;
constexpr std::uint32_t kTrafficClass = 0xFFF0'0000;  // and the version; the flow label is not the other side's to give

bool is_unicast(const config::IpAddress& address) {
  const bool v6 = address.family == config::IpAddress::Family::v6;
  const auto octets = std::span(address.octets).first(v6 ? 16 : 4);
  const bool unspecified = std::ranges::all_of(octets, [](std::uint8_t octet) { return octet == 0; });
  return !unspecified && (v6 ? octets[0] != 0xFF : octets[0] < 224);
}

}  // namespace

std::optional<Reply> Reply::to(std::span<const std::uint8_t> first_frame, const Frame& frame, std::uint16_t port) {
  if ((first_frame[0] & kGroupBit) != 0 || !is_unicast(frame.source) || !is_unicast(frame.destination) || port == 0 ||
      frame.ip_offset + std::size_t{kIpv6Header} + kUdpHeaderOctets > kMostOctets) {
    return std::nullopt;
  }
  Reply reply;
  std::uint8_t* const out = reply.octets_.data();
  const std::uint8_t* const received = first_frame.data();
  std::copy_n(received + kMacOctets, kMacOctets, out);
  std::copy_n(received, kMacOctets, out + kMacOctets);
  std::copy(received + 2 * kMacOctets, received + frame.ip_offset, out + 2 * kMacOctets);
  std::uint8_t* const ip = out + frame.ip_offset;
  const std::uint8_t* const asked = received + frame.ip_offset;
  const std::size_t header = frame.ipv6 ? kIpv6Header : kIpv4Header;
  if (frame.ipv6) {
    store_be32(ip, load_be32(asked) & kTrafficClass);
    store_be16(ip + 4, kUdpHeaderOctets);
    ip[6] = IPPROTO_UDP;
    ip[7] = kHopLimit;
    std::ranges::copy(frame.destination.octets, ip + 8);
    std::ranges::copy(frame.source.octets, ip + 24);
  } else {
    ip[0] = 0x45;
    ip[1] = asked[1];
    store_be16(ip + 2, kIpv4Header + kUdpHeaderOctets);
    store_be16(ip + 6, kDontFragment);
    ip[8] = kHopLimit;
    ip[9] = IPPROTO_UDP;
    std::copy_n(frame.destination.octets.begin(), 4, ip + 12);
    std::copy_n(frame.source.octets.begin(), 4, ip + 16);
  }
  std::uint8_t* const udp = ip + header;
  store_be16(udp, frame.destination_port);
  store_be16(udp + 2, port);
  store_be16(udp + 4, kUdpHeaderOctets);
  store_be16(udp + 6, 0xFFFF);  // not zero: the writer then computes one
  reply.length_ = frame.ip_offset + header + kUdpHeaderOctets;
  reply.frame_ = read_frame(std::span(reply.octets_).first(reply.length_));
  return reply;
}

DatagramSource Reply::source(std::string_view payload) const {
  const auto octets = std::span(octets_).first(length_);
  return {.first_frame = octets, .frame = frame_, .udp_header = octets.last(kUdpHeaderOctets), .payload = payload};
}

}  // namespace stirline::dataplane
