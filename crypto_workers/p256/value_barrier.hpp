// Masks of secrets, hidden from the compiler's cleverness.
//
// A compiler that sees that a mask is all ones or all zeros may turn `x & mask` into a choice, and a choice into a
// branch. Behind this it sees a number like any other.
//
// Plain functions that are always inlined: see words.hpp.
#pragma once

namespace stirline::crypto {

template <typename Integer>
[[gnu::always_inline]] inline Integer hidden(Integer mask) {
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
  return mask;  // it takes what comes out of assembler for untainted
#endif
#endif
  __asm__("" : "+r"(mask));
  return mask;
}

}  // namespace stirline::crypto
