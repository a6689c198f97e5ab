// The headers that the packets of one rewritten datagram get: those of the frame received, and what fragmentation asks
// for (RFC 791 3.2, RFC 8200 4.5). Part of the writer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/packet/frame.hpp"

namespace stirline::dataplane {

class HeaderPlan {
 public:
  // `first_frame`: the octets `frame` was read from, kind udp or udp_fragment with offset 0; must outlive the plan.
  HeaderPlan(std::span<const std::uint8_t> first_frame, const Frame& frame);

  [[nodiscard]] std::size_t link_octets() const { return link_.size(); }
  // Octets of IP headers of a packet that is the whole datagram, of a first and of a later fragment.
  [[nodiscard]] std::size_t whole_octets() const { return ip_.size(); }
  [[nodiscard]] std::size_t first_octets() const { return ip_.size() + (ipv6_ ? kFragmentHeader : 0); }
  [[nodiscard]] std::size_t later_octets() const { return ipv6_ ? first_octets() : later_ipv4_length_; }

  // Each writes link and IP headers, complete but for UDP, to `out`, which starts at the Ethernet header and is large
  // enough; `data`: octets that follow them in this packet.
  void write_whole(std::uint8_t* out, std::size_t data) const;
  void write_fragment(std::uint8_t* out, std::size_t data, std::size_t offset, bool more,
                      std::uint32_t identification) const;

 private:
  static constexpr std::size_t kFragmentHeader = 8;

  void write_ipv4_fragment(std::uint8_t* ip, std::size_t data, std::size_t offset, bool more,
                           std::uint32_t identification) const;
  void write_ipv6_fragment(std::uint8_t* ip, std::size_t data, std::size_t offset, bool more,
                           std::uint32_t identification) const;

  bool ipv6_;
  std::span<const std::uint8_t> link_;
  std::span<const std::uint8_t> ip_;           // IPv4 with options; IPv6 with the headers in front of UDP or Fragment
  std::size_t next_header_at_ = 0;             // IPv6: in ip_, the Next Header octet of the last of them
  std::array<std::uint8_t, 60> later_ipv4_{};  // header of later fragments: options with the copied flag only
  std::size_t later_ipv4_length_ = 0;
};

}  // namespace stirline::dataplane
