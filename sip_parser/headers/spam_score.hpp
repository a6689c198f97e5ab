// The Spam-Score header field (SPIT-MK-01; not in any RFC): how likely other elements hold it that a request is
// unwanted.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

inline constexpr std::uint8_t kMaxSpamScore = 100;

// "80;by=somebody;detail=...": the highest of all such fields; nothing if there is none. What stands behind the number
// is not read. Errors: malformed, open_quote, out_of_range (beyond kMaxSpamScore).
[[nodiscard]] std::expected<std::optional<std::uint8_t>, FieldError> read_spam_score(const Message& message,
                                                                                     std::string_view octets);

}  // namespace stirline::sip
