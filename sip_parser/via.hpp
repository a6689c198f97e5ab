// One Via value (RFC 3261 20.42, 25.1; RFC 3581). Internal: Message tells what it found.
#pragma once

#include <string_view>

#include "sip_parser/message_parts.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip::detail {

// Reads the value that fills `where` exactly. Errors: bad_via, bad_quote.
[[nodiscard]] ParseError read_via(std::string_view message, Span where, Via& via);

}  // namespace stirline::sip::detail
