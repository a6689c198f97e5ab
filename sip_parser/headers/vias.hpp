// All Via values (RFC 3261 20.42; RFC 3581): the way that a response goes back. Of those below the top one a message
// that was read says only how many there are.
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

using ViaList = FixedList<Via, kMaxVias>;

// In message order, as many as message.via_count(). Errors: malformed, open_quote.
[[nodiscard]] std::expected<ViaList, FieldError> read_vias(const Message& message, std::string_view octets);

}  // namespace stirline::sip
