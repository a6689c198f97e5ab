// The reduced counts of a normal run and the full ones: STIRLINE_P256_FULL=1, which `tests/run.sh --full` sets.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace stirline::test {

inline std::size_t times(std::size_t reduced, std::size_t full) {
  return std::getenv("STIRLINE_P256_FULL") != nullptr ? full : reduced;
}

}  // namespace stirline::test
