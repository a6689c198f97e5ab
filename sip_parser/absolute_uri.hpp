// absoluteURI of any scheme (RFC 3261 25.1), as it stands between angle brackets. Internal.
#pragma once

#include <string_view>

#include "sip_parser/characters.hpp"

namespace stirline::sip::detail {

// scheme ":" something, without blanks, quotes and brackets.
[[nodiscard]] inline bool is_absolute_uri(std::string_view uri) {
  std::size_t colon = 0;
  while (colon < uri.size() &&
         (is(uri[colon], kAlpha | kDigit) || uri[colon] == '+' || uri[colon] == '-' || uri[colon] == '.')) {
    ++colon;
  }
  return colon > 0 && is(uri.front(), kAlpha) && colon + 1 < uri.size() && uri[colon] == ':' && all(uri, kVisible) &&
         uri.find_first_of("<\"") == std::string_view::npos;
}

}  // namespace stirline::sip::detail
