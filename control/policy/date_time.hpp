// Dates and times as XML Schema writes them, and intervals between them (RFC 4745 7.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "config/policy/rule.hpp"

namespace stirline::control::policy {

// xs:dateTime with its zone, blanks around it allowed: seconds since 1970, parts of a second cut off.
[[nodiscard]] std::optional<std::int64_t> seconds_of_date_time(std::string_view text);

// Sorted, and joined where they meet.
[[nodiscard]] std::vector<config::policy::Interval> joined(std::vector<config::policy::Interval> intervals);

}  // namespace stirline::control::policy
