// The Identity header field (RFC 8224 4; STIR-HDR-01..07): signed token and parameters, as received.
//
// An Identity value that is wrong spoils itself only, never the message: its error stands beside it (RFC 8224 6.2.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "sip_parser/span.hpp"

namespace stirline::sip {

enum class IdentityError : std::uint8_t {
  none,
  no_info,        // the info parameter is absent                              (STIR-HDR-04: 436)
  bad_info,       // info without <>, empty, or not an absolute URI            (STIR-HDR-04: 436)
  bad_digest,     // not three, or two empty and one, base64url segments       (438)
  bad_parameter,  // a parameter that is not token[=value], or one given twice (438)
  too_long,       // digest beyond 8,192 octets                                (STIR-HDR-11: 438)
};

struct IdentityHeader {
  Span whole;            // the value, outer blanks excluded
  Span digest;           // the token: may hold fold blanks, to be dropped before decoding (STIR-HDR-01)
  Span info;             // between < and >
  Span alg;              // empty if absent: ES256 (STIR-HDR-05)
  Span ppt;              // quotes excluded; empty if absent (STIR-HDR-06)
  bool compact = false;  // ".." form
  IdentityError error = IdentityError::none;
};

// Reads one value (STIR-HDR-03: Message splits comma-joined values outside quotes and <>).
[[nodiscard]] IdentityHeader parse_identity(std::string_view message, Span where);

namespace detail {
// The same into a given place.
void read_identity(std::string_view message, Span where, IdentityHeader& identity);
}  // namespace detail

}  // namespace stirline::sip
