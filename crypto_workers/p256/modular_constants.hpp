// From which the kernels derive their constants at compile time: powers of two and inverses, modulo p and n.
#pragma once

#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto {

// 2x mod modulus, for x below the modulus.
consteval Words doubled_modulo(const Words& x, const Words& modulus) {
  Words sum{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < kWords; ++i) {
    sum.word[i] = x.word[i] << 1 | carry;
    carry = x.word[i] >> 63;
  }
  Words difference{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < kWords; ++i) {
    difference.word[i] = sum.word[i] - modulus.word[i] - borrow;
    borrow = sum.word[i] < modulus.word[i] || (sum.word[i] == modulus.word[i] && borrow != 0) ? 1 : 0;
  }
  return carry != 0 || borrow == 0 ? difference : sum;
}

// x 2^exponent mod modulus, for x below the modulus.
consteval Words shifted_modulo(Words x, int exponent, const Words& modulus) {
  for (int i = 0; i < exponent; ++i) {
    x = doubled_modulo(x, modulus);
  }
  return x;
}

inline constexpr Words kOne = {{1, 0, 0, 0}};

// 1 / modulus modulo 2^64.
consteval std::uint64_t inverse_modulo_word(const Words& modulus) {
  std::uint64_t inverse = modulus.word[0];  // right in three bits; every round of Newton doubles them
  for (int i = 0; i < 5; ++i) {
    inverse *= 2 - modulus.word[0] * inverse;
  }
  return inverse;
}

}  // namespace stirline::crypto
