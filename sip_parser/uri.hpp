// sip:, sips: and tel: URIs (RFC 3261 19.1, RFC 3966), taken apart without copying or unescaping.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/parse_error.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

enum class Scheme : std::uint8_t { other, sip, sips, tel, urn };

struct Uri {
  Scheme scheme = Scheme::other;
  Span whole;     // scheme to the last parameter or header
  Span user;      // sip(s): before '@' without the password, user parameters included ("+1215;npdi"); tel: the number
                  // without parameters
  Span password;  // sip(s) only
  Span host;      // sip(s): without port; an IPv6 reference keeps its brackets
  Span port;      // digits, empty if absent
  Span params;    // after the first ';' behind the host (sip) or the number (tel), without that ';'; headers excluded
  Span headers;   // after '?', without it
};

// The value of the URI parameter `name` (compared without regard to case) or nothing; present without value gives an
// empty span.
struct Parameter {
  bool present = false;
  Span name;
  Span value;  // quotes excluded
  Span whole;  // from its ';' to its end: what to remove in order to remove the parameter
};
[[nodiscard]] Parameter find_parameter(std::string_view message, Span params, std::string_view name);

// Reads the URI that fills `where` exactly. Errors: bad_uri, with `offset`; `header` is left unknown for the caller to
// set.
[[nodiscard]] std::expected<Uri, ParseError> parse_uri(std::string_view message, Span where);

namespace detail {
// The same into a given place: what is large is not handed through calls.
[[nodiscard]] ParseError read_uri(std::string_view message, Span where, Uri& uri);
}  // namespace detail

}  // namespace stirline::sip
