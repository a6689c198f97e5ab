// Numbers in network byte order, and the one's complement sum of the Internet checksum (RFC 1071). Callers have checked
// the bounds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <netinet/in.h>

#include "config/ip_prefix.hpp"

namespace stirline::dataplane {

[[nodiscard]] inline std::uint16_t load_be16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>((at[0] << 8) | at[1]);
}

[[nodiscard]] inline std::uint32_t load_be32(const std::uint8_t* at) {
  return (static_cast<std::uint32_t>(load_be16(at)) << 16) | load_be16(at + 2);
}

inline void store_be16(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}

inline void store_be32(std::uint8_t* at, std::uint32_t value) {
  store_be16(at, value >> 16);
  store_be16(at + 2, value);
}

// Sums octets that arrive in pieces of any length; the result does not depend on where they were cut.
class InternetSum {
 public:
  void add(std::span<const std::uint8_t> octets) {
    if (octets.empty()) {
      return;
    }
    const std::uint16_t sum = fold(sum_of_words(octets));
    // A piece that starts at an odd place has its octets in the other half of each word (RFC 1071 2 B).
    sum_ += odd_ ? static_cast<std::uint16_t>((sum << 8) | (sum >> 8)) : sum;
    odd_ = odd_ != (octets.size() % 2 != 0);
  }

  void add_be16(std::uint32_t value) {
    std::array<std::uint8_t, 2> octets{};
    store_be16(octets.data(), value);
    add(octets);
  }

  // Addresses, length and protocol as they enter the UDP checksum (RFC 768; RFC 8200 8.1). To be added first: what
  // follows an odd number of octets counts as their continuation.
  void add_udp_pseudo_header(const config::IpAddress& source, const config::IpAddress& destination,
                             std::size_t udp_length) {
    const std::size_t octets = source.family == config::IpAddress::Family::v6 ? 16 : 4;
    add(std::span(source.octets).first(octets));
    add(std::span(destination.octets).first(octets));
    add_be16(static_cast<std::uint32_t>(udp_length >> 16));
    add_be16(static_cast<std::uint32_t>(udp_length));
    add_be16(IPPROTO_UDP);
  }

  // True if what was summed contains its own right checksum.
  [[nodiscard]] bool good() const { return fold(sum_) == 0xFFFF; }

  // The checksum of what was summed, as the two octets to store, in this order.
  void store(std::uint8_t* at) const {
    const auto value = static_cast<std::uint16_t>(~fold(sum_));
    std::memcpy(at, &value, sizeof value);
  }

 private:
  // Of 32 bits each, which is the same as of 16 once folded: 2^16 = 1 modulo 2^16 - 1. Eight octets a turn, where
  // rte_raw_cksum adds two.
  [[nodiscard]] static std::uint64_t sum_of_words(std::span<const std::uint8_t> octets) {
    std::uint64_t sum = 0;
    std::uint64_t word = 0;
    for (; octets.size() >= sizeof word; octets = octets.subspan(sizeof word)) {
      std::memcpy(&word, octets.data(), sizeof word);
      sum += (word & 0xFFFF'FFFF) + (word >> 32);
    }
    word = 0;
    std::memcpy(&word, octets.data(), octets.size());
    return sum + (word & 0xFFFF'FFFF) + (word >> 32);
  }

  [[nodiscard]] static std::uint16_t fold(std::uint64_t sum) {
    while (sum > 0xFFFF) {
      sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(sum);
  }

  std::uint64_t sum_ = 0;  // of words as they lie in memory
  bool odd_ = false;
};

}  // namespace stirline::dataplane
