// Which drops of the data plane are meant to happen, and no reason to call anybody.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace stirline::control {

// `counter` is one of the data plane's that begin with "dropped_". Meant: copies of a request that waits there,
// requests that were answered there, and the ACK of such an answer.
[[nodiscard]] inline bool is_meant_drop(std::string_view counter) {
  constexpr std::array<std::string_view, 3> kMeant{"dropped_copies", "dropped_answered", "dropped_acks"};
  return std::ranges::find(kMeant, counter) != kMeant.end();
}

}  // namespace stirline::control
