// IPv4 and IPv6 addresses and prefixes, as configured and as matched on packets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stirline::config {

// Network byte order. IPv4 uses the first four octets.
struct IpAddress {
  enum class Family : std::uint8_t { v4 = 4, v6 = 6 };
  Family family = Family::v4;
  std::array<std::uint8_t, 16> octets{};
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct IpPrefix {
  IpAddress address;       // host bits are zero
  std::uint8_t bits = 32;  // 0..32 or 0..128
  [[nodiscard]] bool contains(const IpAddress& candidate) const;
  friend bool operator==(const IpPrefix&, const IpPrefix&) = default;
};

[[nodiscard]] std::optional<IpAddress> parse_address(std::string_view text);
// "192.0.2.0/24", "2001:db8::/32"; an address alone is a prefix of full length. Host bits set are an error.
[[nodiscard]] std::optional<IpPrefix> parse_prefix(std::string_view text);
[[nodiscard]] std::string to_string(const IpAddress& address);
[[nodiscard]] std::string to_string(const IpPrefix& prefix);

}  // namespace stirline::config
