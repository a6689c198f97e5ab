// name-addr and addr-spec with header parameters: From, To, Contact, P-Asserted-Identity (RFC 3261 20.10, 25.1; RFC
// 3325 9.1).
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/parse_error.hpp"
#include "sip_parser/span.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip {

struct NameAddr {
  Span whole;         // display name to the last parameter, outer blanks excluded
  Span display_name;  // as written, quotes included
  Uri uri;
  Span params;             // header parameters, without the first ';'
  Span tag;                // From and To: the tag's value
  bool bracketed = false;  // "<...>" around the URI
};

// Reads one value that fills `where` exactly (a comma outside quotes and brackets is an error here; Message splits
// lists). Errors: bad_uri, bad_quote, bad_name_addr.
[[nodiscard]] std::expected<NameAddr, ParseError> parse_name_addr(std::string_view message, Span where);

namespace detail {
// The same into a given place, as read_uri().
[[nodiscard]] ParseError read_name_addr(std::string_view message, Span where, NameAddr& result);
}  // namespace detail

}  // namespace stirline::sip
