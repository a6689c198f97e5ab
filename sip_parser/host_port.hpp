// host and port as URIs and Via share them (RFC 3261 25.1). Internal.
#pragma once

#include <string_view>

#include "sip_parser/characters.hpp"

namespace stirline::sip::detail {

// Position behind the host at `at`; `at` itself if there is none. What stands inside the brackets of an IPv6 reference
// is not judged further than its characters: ":::" was once allowed by mistake (RFC 5118 4.10).
[[nodiscard]] inline std::size_t skip_host(std::string_view text, std::size_t at, std::size_t end) {
  if (at >= end || text[at] != '[') {
    return skip(text, at, end, kHost);
  }
  std::size_t colons = 0;
  std::size_t stop = at + 1;
  for (; stop < end && (is(text[stop], kHex) || text[stop] == ':' || text[stop] == '.'); ++stop) {
    colons += text[stop] == ':' ? 1U : 0U;
  }
  return stop < end && text[stop] == ']' && colons >= 2 ? stop + 1 : at;
}

// Position behind the digits of the port at `at`; `at` itself if there are none or they are beyond 65,535.
[[nodiscard]] inline std::size_t skip_port(std::string_view text, std::size_t at, std::size_t end) {
  const std::size_t stop = skip(text, at, end, kDigit);
  return decimal(text.substr(at, stop - at), 65'535) ? stop : at;
}

}  // namespace stirline::sip::detail
