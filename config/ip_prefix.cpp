#include "config/ip_prefix.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include <arpa/inet.h>

namespace stirline::config {
namespace {

int family_of(const IpAddress& address) {
  return address.family == IpAddress::Family::v4 ? AF_INET : AF_INET6;
}

unsigned full_length(const IpAddress& address) {
  return address.family == IpAddress::Family::v4 ? 32U : 128U;
}

// The mask of octet `index` in a prefix of `bits` bits.
std::uint8_t mask_of(unsigned bits, unsigned index) {
  const unsigned inside = std::min(8U, bits - std::min(bits, index * 8U));
  return static_cast<std::uint8_t>(0xff00U >> inside);
}

}  // namespace

bool IpPrefix::contains(const IpAddress& candidate) const {
  if (candidate.family != address.family) {
    return false;
  }
  for (unsigned i = 0; i * 8U < bits; ++i) {
    if ((candidate.octets[i] & mask_of(bits, i)) != address.octets[i]) {
      return false;
    }
  }
  return true;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size() || text.contains('\0')) {
    return std::nullopt;
  }
  std::ranges::copy(text, buffer.begin());
  IpAddress address;
  address.family = text.contains(':') ? IpAddress::Family::v6 : IpAddress::Family::v4;
  if (::inet_pton(family_of(address), buffer.data(), address.octets.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

std::optional<IpPrefix> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = parse_address(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  unsigned bits = full_length(*address);
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const end = std::to_address(digits.end());
    const auto [stop, error] = std::from_chars(std::to_address(digits.begin()), end, bits);
    if (error != std::errc() || stop != end || bits > full_length(*address) ||
        (digits.size() > 1 && digits.starts_with('0'))) {
      return std::nullopt;
    }
  }
  for (unsigned i = 0; i * 8U < full_length(*address); ++i) {
    if ((address->octets[i] & ~mask_of(bits, i)) != 0) {
      return std::nullopt;
    }
  }
  return IpPrefix{*address, static_cast<std::uint8_t>(bits)};
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  // Cannot fail: the family is one of two and the buffer fits the longest address.
  ::inet_ntop(family_of(address), address.octets.data(), buffer.data(), static_cast<socklen_t>(buffer.size()));
  return buffer.data();
}

std::string to_string(const IpPrefix& prefix) {
  return to_string(prefix.address) + "/" + std::to_string(prefix.bits);
}

}  // namespace stirline::config
