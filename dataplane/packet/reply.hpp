// The headers of a datagram that goes back where another one came from: addresses, ports and MAC addresses the other
// way round, VLAN tags and traffic class the same (INL-TX-04: the answer's source is the request's destination).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dataplane/packet/frame.hpp"
#include "dataplane/packet/writer.hpp"

namespace stirline::dataplane {

class Reply {
 public:
  Reply() = default;  // to nobody

  // `first_frame`: the octets `frame` was read from, kind udp or udp_fragment with offset 0, its ports filled in.
  // `port`: where the reply goes at the source address. Nothing if the frame was not sent to one station: a reply from
  // a group of them would be nonsense, and so would one to the source port 0 or from an unspecified address.
  [[nodiscard]] static std::optional<Reply> to(std::span<const std::uint8_t> first_frame, const Frame& frame,
                                               std::uint16_t port);

  // For write_datagram(); lives as long as this object.
  [[nodiscard]] DatagramSource source(std::string_view payload) const;

 private:
  // Ethernet, VLAN tags, IP without options or extension headers, UDP.
  static constexpr std::size_t kMostOctets = 14 + 4 * kMaxVlanTags + 40 + kUdpHeaderOctets;
  std::array<std::uint8_t, kMostOctets> octets_{};
  std::size_t length_ = 0;
  Frame frame_;
};

}  // namespace stirline::dataplane
