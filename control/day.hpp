#pragma once

#include <cstdint>

namespace stirline::control {

inline constexpr std::int64_t kDay = 86'400;  // seconds, of times that count them since 1970

}  // namespace stirline::control
