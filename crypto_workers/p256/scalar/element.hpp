// A number modulo p or n in four words of 64 bits, with plain additions and carries: what every x86-64 has.
//
// Bounds. The type says which of two a value keeps. Range::reduced is the remainder itself, 0..M-1. Range::loose is any
// 256 bits: what products take, and what costs less to make. As M is above 2^255, a loose value is below 2 M. Every
// operation says what it takes and what it leaves; a value of the wrong range does not compile.
//
// No secret may become a branch or an address, whatever the compiler makes of this: choices are masks, and masks come
// from borrows. `constant_time.py` looks at the machine code, tests/taint at what runs.
#pragma once

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include "crypto_workers/p256/always_inline.hpp"
#include "crypto_workers/p256/curve.hpp"
#include "crypto_workers/p256/modular_constants.hpp"
#include "crypto_workers/p256/value_barrier.hpp"

namespace stirline::crypto::scalar {

__extension__ using DoubleWord = unsigned __int128;

constexpr std::uint64_t low_word(DoubleWord x) {
  return static_cast<std::uint64_t>(x);
}
constexpr std::uint64_t high_word(DoubleWord x) {
  return static_cast<std::uint64_t>(x >> 64);
}

// MemorySanitizer takes these two intrinsics for a use of their operands and would report every secret that is added.
// For it, and for it alone, they are spelled as arithmetic that it can follow; compilers make poor code of that.
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define STIRLINE_CARRIES_BY_ARITHMETIC
#endif
#endif

using Carry = unsigned char;  // 0 or 1

// What the intrinsics write to. It is not set before: g++ 12 would keep that store, and with it a slot in memory for
// every word of every sum.
struct IntrinsicWord {
  unsigned long long value;
};

// a + b + carry; `carry` becomes what goes over.
STIRLINE_INLINE std::uint64_t add(Carry& carry, std::uint64_t a, std::uint64_t b) {
#if defined(STIRLINE_CARRIES_BY_ARITHMETIC)
  const DoubleWord sum = DoubleWord{a} + b + carry;
  carry = static_cast<Carry>(sum >> 64);
  return low_word(sum);
#else
  IntrinsicWord sum;
  carry = _addcarry_u64(carry, a, b, &sum.value);
  return sum.value;
#endif
}

// a - b - borrow; `borrow` becomes 1 if that is negative.
STIRLINE_INLINE std::uint64_t subtract(Carry& borrow, std::uint64_t a, std::uint64_t b) {
#if defined(STIRLINE_CARRIES_BY_ARITHMETIC)
  const DoubleWord difference = DoubleWord{a} - b - borrow;
  borrow = static_cast<Carry>(high_word(difference) & 1);
  return low_word(difference);
#else
  IntrinsicWord difference;
  borrow = _subborrow_u64(borrow, a, b, &difference.value);
  return difference.value;
#endif
}

// All ones if `bit` is 1, else zero.
STIRLINE_INLINE std::uint64_t mask_of(std::uint64_t bit) {
  return hidden(0 - bit);
}

inline constexpr int kRadixBits = 256;  // R = 2^256 for Montgomery's form

struct ModulusConstants {
  Words modulus;
  Words next;             // M + 1
  Words one;              // R mod M: 1 in Montgomery's form
  Words r2;               // R^2 mod M
  Words r3;               // R^3 mod M
  std::uint64_t inverse;  // -1/M mod 2^64
};

consteval Words next_of(Words x) {
  for (std::size_t i = 0; i < kWords && ++x.word[i] == 0; ++i) {
  }
  return x;
}

consteval ModulusConstants constants_of(const Words& modulus) {
  return {.modulus = modulus,
          .next = next_of(modulus),
          .one = shifted_modulo(kOne, kRadixBits, modulus),
          .r2 = shifted_modulo(kOne, 2 * kRadixBits, modulus),
          .r3 = shifted_modulo(kOne, 3 * kRadixBits, modulus),
          .inverse = 0 - inverse_modulo_word(modulus)};
}

struct FieldPrime {
  static constexpr ModulusConstants kConstants = constants_of(kFieldPrime);
};
struct GroupOrder {
  static constexpr ModulusConstants kConstants = constants_of(kGroupOrder);
};
static_assert(kFieldPrime.word[3] >> 63 == 1 && kGroupOrder.word[3] >> 63 == 1, "256 bits are below twice the modulus");

enum class Range : std::uint8_t { reduced, loose };

template <typename Modulus, Range range = Range::reduced>
struct Element {
  std::uint64_t word[kWords];
};
template <typename Modulus>
using Loose = Element<Modulus, Range::loose>;

using FieldElement = Element<FieldPrime>;
using OrderElement = Element<GroupOrder>;

// The caller knows that the number is in range.
template <typename Modulus, Range range = Range::reduced>
constexpr Element<Modulus, range> element_of(const Words& x) {
  return {{x.word[0], x.word[1], x.word[2], x.word[3]}};
}
template <typename Modulus, Range range>
constexpr Words words_of(const Element<Modulus, range>& x) {
  return {{x.word[0], x.word[1], x.word[2], x.word[3]}};
}

// x + (M where `mask` is all ones), modulo 2^256.
template <typename Modulus, Range range>
STIRLINE_INLINE Element<Modulus, range> plus_masked_modulus(const Element<Modulus, range>& x, std::uint64_t mask) {
  constexpr Words kM = Modulus::kConstants.modulus;
  Carry carry = 0;
  Element<Modulus, range> sum;
  sum.word[0] = add(carry, x.word[0], kM.word[0] & mask);
  sum.word[1] = add(carry, x.word[1], kM.word[1] & mask);
  sum.word[2] = add(carry, x.word[2], kM.word[2] & mask);
  sum.word[3] = add(carry, x.word[3], kM.word[3] & mask);
  return sum;
}

// The remainder of x + over 2^256, which must be below 2 M.
template <typename Modulus>
STIRLINE_INLINE Element<Modulus> reduced_once(const Loose<Modulus>& x, Carry over) {
  constexpr Words kM = Modulus::kConstants.modulus;
  Carry borrow = 0;
  Element<Modulus> rest;
  rest.word[0] = subtract(borrow, x.word[0], kM.word[0]);
  rest.word[1] = subtract(borrow, x.word[1], kM.word[1]);
  rest.word[2] = subtract(borrow, x.word[2], kM.word[2]);
  rest.word[3] = subtract(borrow, x.word[3], kM.word[3]);
  subtract(borrow, over, 0);
  return plus_masked_modulus(rest, mask_of(borrow));
}

template <typename Modulus>
STIRLINE_INLINE Element<Modulus> reduced(const Loose<Modulus>& x) {
  return reduced_once(x, 0);
}

template <typename Modulus>
STIRLINE_INLINE Element<Modulus> operator+(const Element<Modulus>& a, const Element<Modulus>& b) {
  Carry carry = 0;
  Loose<Modulus> sum;
  sum.word[0] = add(carry, a.word[0], b.word[0]);
  sum.word[1] = add(carry, a.word[1], b.word[1]);
  sum.word[2] = add(carry, a.word[2], b.word[2]);
  sum.word[3] = add(carry, a.word[3], b.word[3]);
  return reduced_once(sum, carry);
}

template <typename Modulus>
STIRLINE_INLINE Element<Modulus> operator-(const Element<Modulus>& a, const Element<Modulus>& b) {
  Carry borrow = 0;
  Element<Modulus> difference;
  difference.word[0] = subtract(borrow, a.word[0], b.word[0]);
  difference.word[1] = subtract(borrow, a.word[1], b.word[1]);
  difference.word[2] = subtract(borrow, a.word[2], b.word[2]);
  difference.word[3] = subtract(borrow, a.word[3], b.word[3]);
  return plus_masked_modulus(difference, mask_of(borrow));
}

// M - x where `mask` is all ones, x where it is zero: 0 becomes M, so that what is returned for an even x is odd. It is
// made as ~x + M + 1, modulo 2^256.
template <typename Modulus>
STIRLINE_INLINE Loose<Modulus> opposite_if(std::uint64_t mask, const Element<Modulus>& x) {
  constexpr Words kNext = Modulus::kConstants.next;
  Carry carry = 0;
  Loose<Modulus> opposite;
  opposite.word[0] = add(carry, x.word[0] ^ mask, kNext.word[0] & mask);
  opposite.word[1] = add(carry, x.word[1] ^ mask, kNext.word[1] & mask);
  opposite.word[2] = add(carry, x.word[2] ^ mask, kNext.word[2] & mask);
  opposite.word[3] = add(carry, x.word[3] ^ mask, kNext.word[3] & mask);
  return opposite;
}

// The same for an x that is not zero, as no y of a point of this curve is: its opposite is reduced.
template <typename Modulus>
STIRLINE_INLINE Element<Modulus> negated_if(std::uint64_t mask, const Element<Modulus>& x) {
  return element_of<Modulus>(words_of(opposite_if(mask, x)));
}

// 1 if x is zero, else 0: without a comparison, which a compiler may turn into a branch.
template <typename Modulus>
STIRLINE_INLINE std::uint64_t is_zero(const Element<Modulus>& x) {
  const std::uint64_t any = x.word[0] | x.word[1] | x.word[2] | x.word[3];
  return ~(any | (0 - any)) >> 63;
}
template <typename Modulus>
STIRLINE_INLINE std::uint64_t is_equal(const Element<Modulus>& x, const Element<Modulus>& y) {
  Element<Modulus> difference;
  for (std::size_t i = 0; i < kWords; ++i) {
    difference.word[i] = x.word[i] ^ y.word[i];
  }
  return is_zero(difference);
}

}  // namespace stirline::crypto::scalar
