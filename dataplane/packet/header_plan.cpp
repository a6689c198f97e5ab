#include "dataplane/packet/header_plan.hpp"

#include <algorithm>

#include <netinet/in.h>

#include "dataplane/packet/octets.hpp"

namespace stirline::dataplane {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint16_t kReserved = 0x8000;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint8_t kCopiedFlag = 0x80;  // RFC 791 3.1
constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;

// The options that every fragment carries, padded to a multiple of 4; returns their octets. A list that breaks its own
// lengths ends where it does so.
std::size_t copied_options(std::span<const std::uint8_t> options, std::span<std::uint8_t> out) {
  std::size_t written = 0;
  while (!options.empty() && options[0] != kEndOfOptions) {
    std::size_t length = 1;
    if (options[0] != kNoOperation) {
      if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) {
        break;
      }
      length = options[1];
      if ((options[0] & kCopiedFlag) != 0) {
        std::ranges::copy(options.first(length), out.subspan(written).begin());
        written += length;
      }
    }
    options = options.subspan(length);
  }
  while (written % 4 != 0) {
    out[written++] = kEndOfOptions;
  }
  return written;
}

void finish_ipv4(std::span<std::uint8_t> header, std::size_t data, std::uint16_t flags_and_offset) {
  store_be16(&header[2], static_cast<std::uint32_t>(header.size() + data));
  store_be16(&header[6], flags_and_offset);
  store_be16(&header[10], 0);
  InternetSum sum;
  sum.add(header);
  sum.store(&header[10]);
}

}  // namespace

HeaderPlan::HeaderPlan(std::span<const std::uint8_t> first_frame, const Frame& frame)
    : ipv6_(frame.ipv6), link_(first_frame.first(frame.ip_offset)) {
  if (ipv6_) {
    const std::size_t end = frame.fragment_header_offset != 0 ? frame.fragment_header_offset : frame.payload_offset;
    ip_ = first_frame.subspan(frame.ip_offset, end - frame.ip_offset);
    next_header_at_ = std::size_t{frame.next_header_offset} - frame.ip_offset;
    return;
  }
  ip_ = first_frame.subspan(frame.ip_offset, frame.ip_header_length);
  std::ranges::copy(ip_.first(kIpv4Header), later_ipv4_.begin());
  later_ipv4_length_ =
      kIpv4Header + copied_options(ip_.subspan(kIpv4Header), std::span(later_ipv4_).subspan(kIpv4Header));
  later_ipv4_[0] = static_cast<std::uint8_t>(0x40 | (later_ipv4_length_ / 4));
}

void HeaderPlan::write_whole(std::uint8_t* out, std::size_t data) const {
  std::uint8_t* ip = std::ranges::copy(link_, out).out;
  std::ranges::copy(ip_, ip);
  if (ipv6_) {
    ip[next_header_at_] = IPPROTO_UDP;
    store_be16(ip + 4, static_cast<std::uint32_t>(ip_.size() - kIpv6Header + data));
  } else {
    finish_ipv4({ip, ip_.size()}, data, load_be16(ip + 6) & (kReserved | kDontFragment));
  }
}

void HeaderPlan::write_fragment(std::uint8_t* out, std::size_t data, std::size_t offset, bool more,
                                std::uint32_t identification) const {
  std::uint8_t* ip = std::ranges::copy(link_, out).out;
  if (ipv6_) {
    write_ipv6_fragment(ip, data, offset, more, identification);
  } else {
    write_ipv4_fragment(ip, data, offset, more, identification);
  }
}

void HeaderPlan::write_ipv4_fragment(std::uint8_t* ip, std::size_t data, std::size_t offset, bool more,
                                     std::uint32_t identification) const {
  const std::span<const std::uint8_t> header = offset == 0 ? ip_ : std::span(later_ipv4_).first(later_ipv4_length_);
  std::ranges::copy(header, ip);
  store_be16(ip + 4, identification & 0xFFFF);
  const std::uint32_t flags = (load_be16(ip + 6) & kReserved) | (more ? kMoreFragments : 0U);
  finish_ipv4({ip, header.size()}, data, static_cast<std::uint16_t>(flags | (offset / 8)));
}

void HeaderPlan::write_ipv6_fragment(std::uint8_t* ip, std::size_t data, std::size_t offset, bool more,
                                     std::uint32_t identification) const {
  std::uint8_t* fragment = std::ranges::copy(ip_, ip).out;
  ip[next_header_at_] = IPPROTO_FRAGMENT;
  store_be16(ip + 4, static_cast<std::uint32_t>(ip_.size() - kIpv6Header + kFragmentHeader + data));
  fragment[0] = IPPROTO_UDP;
  fragment[1] = 0;
  store_be16(fragment + 2, static_cast<std::uint32_t>(offset | (more ? 1U : 0U)));
  store_be32(fragment + 4, identification);
}

}  // namespace stirline::dataplane
