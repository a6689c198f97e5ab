// Option tags (RFC 3261 19.2, 20.29, 20.32, 20.37): the values of Require, Proxy-Require and Supported.
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxOptionTags = 64;
using OptionTagList = FixedList<Span, kMaxOptionTags>;

// All tags of the `id` fields (require, proxy_require or supported) in message order; an empty list if there is none.
// Supported may be empty (RFC 3261 20.37), the others may not. Errors: malformed, too_many.
[[nodiscard]] std::expected<OptionTagList, FieldError> read_option_tags(const Message& message, std::string_view octets,
                                                                        HeaderId id);

// Tags compare without regard to case (RFC 3261 7.3.1).
[[nodiscard]] bool has_option_tag(const OptionTagList& tags, std::string_view octets, std::string_view tag);

}  // namespace stirline::sip
