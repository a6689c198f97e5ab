// The Date header field (RFC 3261 20.17: "Sat, 13 Nov 2010 23:29:00 GMT") and UNIX time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stirline::sip {

inline constexpr std::size_t kDateBytes = 29;

// Seconds since 1970-01-01 UTC; nothing if `value` is not exactly of that form (weekday right, GMT, years 1970..9999).
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view value);

// `seconds` must lie in the years 1970..9999 (asserted).
[[nodiscard]] std::array<char, kDateBytes> format_date(std::int64_t seconds);

}  // namespace stirline::sip
