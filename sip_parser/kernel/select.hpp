// From a kernel's name to its entry. Internal.
#pragma once

#include <string_view>

#include "sip_parser/kernel/kernel.hpp"
#include "sip_parser/message_fields.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

// Reads `octets` (of any length) into `fields`. Code ok, or why not.
using ReadMessage = ParseError(MessageFields& fields, std::string_view octets, const Strictness& strictness);

ReadMessage read_message_scalar;
ReadMessage read_message_avx2;
ReadMessage read_message_avx512;

[[nodiscard]] ReadMessage* entry_of(Kernel kernel);
[[nodiscard]] ReadMessage* selected_entry();

}  // namespace stirline::sip::detail
