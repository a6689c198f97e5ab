// The Priority header field (RFC 3261 20.26; "psap-callback": RFC 7090 5): how urgent the caller says the call is.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

enum class Priority : std::uint8_t { other, emergency, urgent, normal, non_urgent, psap_callback };

// Nothing if there is no such field. Error: malformed.
[[nodiscard]] std::expected<std::optional<Priority>, FieldError> read_priority(const Message& message,
                                                                               std::string_view octets);

}  // namespace stirline::sip
