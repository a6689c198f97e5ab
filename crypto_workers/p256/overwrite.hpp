// Wiping what depended on secrets.
#pragma once

#include <cstddef>

#include "crypto_workers/p256/always_inline.hpp"

namespace stirline::crypto {

// Zeros, by stores that the compiler may not leave out.
STIRLINE_INLINE void overwrite(void* begin, std::size_t bytes) {
  __builtin_memset(begin, 0, bytes);
  __asm__ volatile("" : : "r"(begin) : "memory");
}

}  // namespace stirline::crypto
