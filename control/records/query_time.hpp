// Times as people write them for `stirline calls`: all UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stirline::control {

enum class Edge : std::uint8_t { begin, end };

// Seconds since 1970 of "1795000000", "2026-11-18", "2026-11-18T10:15", "2026-11-18T10:15:30" (with or without Z), or
// "90m", "24h", "7d" before `now`. A text that names a day or a minute means its first second, or for Edge::end its
// last.
[[nodiscard]] std::optional<std::int64_t> read_query_time(std::string_view text, Edge edge, std::int64_t now);

// "2026-11-18T10:15:30Z"; years outside 0 to 9999: the number.
[[nodiscard]] std::string write_query_time(std::int64_t seconds);

}  // namespace stirline::control
