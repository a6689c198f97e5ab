// The Content-Disposition header field of a message or of a part of its body (RFC 3261 20.11, RFC 2183).
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

enum class Disposition : std::uint8_t { other, render, session, icon, alert, early_session, by_reference };

struct ContentDisposition {
  Span type;  // as written
  Disposition known = Disposition::other;
  bool optional =
      false;    // handling=optional: whoever does not understand the body may ignore it. The default is required
  Span params;  // without the first ';'
};

// Reads the value that fills `value` exactly. Errors: malformed, open_quote, duplicate (handling).
[[nodiscard]] std::expected<ContentDisposition, FieldError> read_content_disposition(std::string_view octets,
                                                                                     Span value);

}  // namespace stirline::sip
