// The Resource-Priority header field (RFC 4412 3.1): what the call may claim where resources are short ("ets.0",
// "esnet.1"). What an rph PASSporT signs (RFC 8443, RFC 9027).
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxResourcePriorities = 16;

struct ResourcePriority {
  Span whole;       // "ets.0"
  Span name_space;  // "ets"
  Span priority;    // "0"
};
using ResourcePriorityList = FixedList<ResourcePriority, kMaxResourcePriorities>;

// All values in message order; an empty list if there is no such field. Values compare without regard to case.
// Errors: malformed, open_quote, too_many.
[[nodiscard]] std::expected<ResourcePriorityList, FieldError> read_resource_priorities(const Message& message,
                                                                                       std::string_view octets);

}  // namespace stirline::sip
