// The Event header field (RFC 6665 8.2.1): what a SUBSCRIBE is about.
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

// The event type, "presence" or with templates "presence.winfo", as it stands there: types are compared octet by octet
// (RFC 6665 8.2.1). Empty if there is no such field. Parameters are not read. Errors: malformed, duplicate.
[[nodiscard]] std::expected<std::string_view, FieldError> read_event(const Message& message, std::string_view octets);

}  // namespace stirline::sip
