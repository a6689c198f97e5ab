// What a fuzz target says when something must never happen and did.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace stirline::fuzz {

inline void check(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
  }
}

}  // namespace stirline::fuzz
