// Texts one behind the other, as records of calls and events of a watch have them behind their heads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::config::wire {

inline constexpr std::uint16_t kMaxStatus = 699;  // of a SIP response

// The place behind `text`, which has been written to `at`.
inline char* append(char* at, std::string_view text) {
  return std::ranges::copy(text, at).out;
}

// The first `count` octets, or what there is; `octets` begins behind them then.
[[nodiscard]] inline std::string_view take(std::string_view& octets, std::size_t count) {
  const std::string_view taken = octets.substr(0, count);
  octets.remove_prefix(taken.size());
  return taken;
}

}  // namespace stirline::config::wire
