// Which addresses a certificate may be fetched from (STIR-CF-04): what a stranger writes into a token must not make us
// talk to our own networks. Judged after resolution, on the very address that the socket connects to.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/ip_prefix.hpp"

namespace stirline::control {

// What the IANA registries of special-purpose addresses say of an address (RFC 6890 and its updates).
enum class AddressKind : std::uint8_t {
  global,  // the only kind that may be fetched from
  unspecified,
  private_use,  // RFC 1918
  shared,       // carrier-grade NAT, RFC 6598
  loopback,
  link_local,
  unique_local,  // RFC 4193
  multicast,
  documentation,
  benchmarking,  // RFC 2544
  mapped,        // an IPv4 address inside an IPv6 one: mapped, compatible, NAT64, 6to4, Teredo
  reserved,      // everything else that is not for hosts of the Internet
};
[[nodiscard]] AddressKind kind_of(const config::IpAddress& address);
[[nodiscard]] std::string_view to_string(AddressKind kind);  // "private", "link-local": fits before "address"

struct AddressRules {
  std::vector<config::IpPrefix> lab_prefixes;  // allowed whatever kind they are

  [[nodiscard]] bool allow(const config::IpAddress& address) const;
};

}  // namespace stirline::control
