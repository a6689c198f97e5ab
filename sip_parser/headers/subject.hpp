// The Subject header field (RFC 3261 20.36): what the call is about, by the caller's own words.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxSubjectBytes = 1024;

// The text without its folds, each read as one space (RFC 3261 7.3.1); empty if there is no such field. It lies in
// `octets`, or in `buffer` if it had folds. Errors: duplicate, too_long (more than kMaxSubjectBytes), not_utf8.
[[nodiscard]] std::expected<std::string_view, FieldError> read_subject(const Message& message, std::string_view octets,
                                                                       std::span<char, kMaxSubjectBytes> buffer);

}  // namespace stirline::sip
