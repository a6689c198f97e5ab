// Plain host [":" port]: no IPv6, one to four digits (RFC 3261 25.1).
#pragma once

#include "sip_parser/kernel/octets.hpp"

namespace stirline::sip::detail {

// Where they end, as octets from the begin of the window that they are in.
struct HostPort {
  std::size_t host_end;
  std::size_t end;  // host_end if there is no port
  bool plain;
};

// They begin at `host` in the window at `window`, of which `classes` tells.
template <typename Block>
[[gnu::always_inline]] inline HostPort find_host_port(const Octets<Block>& octets, std::size_t window,
                                                      const typename Block::Classes& classes, std::size_t host) {
  HostPort part;
  part.host_end = lowest(classes.outside(OctetClass::host) & ~below(host));
  const std::size_t colon = octets[window + part.host_end] == ':' ? 1 : 0;
  const std::size_t digits_end = lowest(classes.outside(OctetClass::digit) & ~below(part.host_end + 1));
  const std::size_t colon_and_digits = (digits_end - part.host_end) & (0 - colon);
  part.end = part.host_end + colon_and_digits;
  constexpr std::uint64_t kPlainLengths = 0b111101;  // none, or a colon and one to four digits
  part.plain = part.host_end != host && colon_and_digits < kWindow && has(kPlainLengths, colon_and_digits);
  return part;
}

}  // namespace stirline::sip::detail
