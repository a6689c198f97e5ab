// Eight numbers modulo p or n at once: limb i of all eight lies in one vector, lane by lane.
//
// Only for translation units built with the IFMA flags (see meson.build there): whatever is inline here must never meet
// the rest of the program.
//
// Bounds. A value is never fully reduced unless a function says so. Its type carries the bound, in sixteenths of the
// modulus M: Element<M, 48> is below 3 M. Every operation computes the bound of its result and refuses, at compile
// time, what could leave 2^260. All limbs are carried: below 2^52, because vpmadd52 reads no more.
#pragma once

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include "crypto_workers/p256/always_inline.hpp"
#include "crypto_workers/p256/ifma/constants.hpp"

namespace stirline::crypto::ifma {

using Vector = __m512i;

struct FieldPrime {
  static const ModulusConstants& constants() { return kConstants.p; }
};
struct GroupOrder {
  static const ModulusConstants& constants() { return kConstants.n; }
};

inline constexpr unsigned kOneModulus = 16;     // sixteenths
inline constexpr unsigned kLargestBound = 256;  // 16 M < 2^260 for both moduli
// What a quotient taken from the highest limb leaves: below 2^256 + 2^229 < (1 + 1/16) M. See `reduced`.
inline constexpr unsigned kTight = 17;

template <typename Modulus, unsigned Bound>
struct Element {
  static_assert(Bound <= kLargestBound, "this value may leave 2^260");
  Vector limb[kLimbs];
};

template <unsigned Bound = kTight>
using FieldElement = Element<FieldPrime, Bound>;
template <unsigned Bound = kTight>
using OrderElement = Element<GroupOrder, Bound>;

// ab/R + M: Montgomery's product of values below a/16 M and b/16 M, since M / 2^260 < 1/16.
constexpr unsigned product_bound(unsigned a, unsigned b) {
  return (a * b + 255) / 256 + kOneModulus;
}
// The smallest number of moduli that is not below `bound`.
constexpr unsigned moduli_above(unsigned bound) {
  return (bound + kOneModulus - 1) / kOneModulus;
}

template <std::size_t Count, typename Body>
STIRLINE_INLINE void unrolled(Body&& body) {
  // Written out: the compiler keeps arrays of vectors in registers only if all indices are constants early on.
  if constexpr (Count > 1) {
    unrolled<Count - 1>(body);
  }
  body.template operator()<Count - 1>();
}

// Shifts with a mask that is all ones: the plain forms of g++ 12 start from an uninitialized vector and warn about it.
template <unsigned Bits>
STIRLINE_INLINE Vector shifted_left(Vector x) {
  return _mm512_maskz_slli_epi64(0xff, x, Bits);
}
template <unsigned Bits>
STIRLINE_INLINE Vector shifted_right(Vector x) {
  return _mm512_maskz_srli_epi64(0xff, x, Bits);
}
template <unsigned Bits>
STIRLINE_INLINE Vector shifted_right_signed(Vector x) {
  return _mm512_maskz_srai_epi64(0xff, x, Bits);
}

STIRLINE_INLINE Vector broadcast(const std::uint64_t& value) {
  return _mm512_set1_epi64(static_cast<long long>(value));
}

template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> broadcast(const Limbs& value) {
  Element<Modulus, Bound> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { result.limb[I] = broadcast(value.limb[I]); });
  return result;
}

// The same value under a wider bound.
template <unsigned Wider, typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Wider> widened(const Element<Modulus, Bound>& x) {
  static_assert(Bound <= Wider);
  Element<Modulus, Wider> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { result.limb[I] = x.limb[I]; });
  return result;
}

// Sums of products by position, not carried: each below 2^58.
struct Columns {
  Vector column[kLimbs];
};

// Carries columns that may be negative; the value they stand for must not be, and must be below 2^260.
STIRLINE_INLINE void carry(Columns& x) {
  const Vector mask = broadcast(kConstants.limb_mask);
  unrolled<kLimbs - 1>([&]<std::size_t I> [[gnu::always_inline]] () {
    x.column[I + 1] = _mm512_add_epi64(x.column[I + 1], shifted_right_signed<kLimbBits>(x.column[I]));
    x.column[I] = _mm512_and_si512(x.column[I], mask);
  });
}

template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> element_of(const Columns& x) {
  Element<Modulus, Bound> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { result.limb[I] = x.column[I]; });
  return result;
}

// Brings columns that stand for 0 <= v < 2^260 below 2^256 + 2^229, modulo p, and carries them.
//
// q is the highest column shifted right by 48. v - q p = (v - q 2^256) + q (2^224 - 2^192 - 2^96 + 1). The carry from
// the columns below is missing in q; it is below 2^8 units of 2^208, so v - q 2^256 lies within -2^216 .. 2^256 +
// 2^216. With q >= 1 the second part is above 2^223, with q = 0 the value is v itself, with q = -1 it is v + p: never
// negative.
STIRLINE_INLINE FieldElement<kTight> reduced(Columns& x) {
  const Vector q = shifted_right_signed<48>(x.column[4]);
  x.column[4] = _mm512_and_si512(x.column[4], broadcast(kConstants.top_mask));
  x.column[0] = _mm512_add_epi64(x.column[0], q);
  x.column[1] = _mm512_sub_epi64(x.column[1], shifted_left<44>(q));
  x.column[3] = _mm512_sub_epi64(x.column[3], shifted_left<36>(q));
  x.column[4] = _mm512_add_epi64(x.column[4], shifted_left<16>(q));
  carry(x);
  return element_of<FieldPrime, kTight>(x);
}

template <unsigned Bound>
STIRLINE_INLINE FieldElement<> tightened(const FieldElement<Bound>& x) {
  Columns columns;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { columns.column[I] = x.limb[I]; });
  return reduced(columns);
}

// a + b
template <typename Modulus, unsigned A, unsigned B>
STIRLINE_INLINE Element<Modulus, A + B> operator+(const Element<Modulus, A>& a, const Element<Modulus, B>& b) {
  Columns sum;
  unrolled<kLimbs>(
      [&]<std::size_t I> [[gnu::always_inline]] () { sum.column[I] = _mm512_add_epi64(a.limb[I], b.limb[I]); });
  carry(sum);
  return element_of<Modulus, A + B>(sum);
}

// a - b + c M with the smallest c that keeps it from being negative.
template <typename Modulus, unsigned A, unsigned B>
STIRLINE_INLINE auto operator-(const Element<Modulus, A>& a, const Element<Modulus, B>& b) {
  constexpr unsigned kModuli = moduli_above(B);
  Columns difference;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    difference.column[I] = _mm512_sub_epi64(
        _mm512_add_epi64(a.limb[I], broadcast(Modulus::constants().multiple[kModuli].limb[I])), b.limb[I]);
  });
  carry(difference);
  return element_of<Modulus, A + kModuli * kOneModulus>(difference);
}

// x - subtrahend where that is not negative, x elsewhere.
template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> minus_if_not_less(const Element<Modulus, Bound>& x, const Limbs& subtrahend) {
  Columns difference;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    difference.column[I] = _mm512_sub_epi64(x.limb[I], broadcast(subtrahend.limb[I]));
  });
  carry(difference);
  const __mmask8 less = _mm512_movepi64_mask(difference.column[4]);
  Element<Modulus, Bound> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    result.limb[I] = _mm512_mask_blend_epi64(less, difference.column[I], x.limb[I]);
  });
  return result;
}

// The remainder itself: 0..M-1.
template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, kOneModulus> canonical(const Element<Modulus, Bound>& x) {
  const Limbs(&multiple)[9] = Modulus::constants().multiple;
  Element<Modulus, Bound> rest = x;
  if constexpr (Bound > 8 * kOneModulus) {
    rest = minus_if_not_less(rest, multiple[8]);
  }
  if constexpr (Bound > 4 * kOneModulus) {
    rest = minus_if_not_less(rest, multiple[4]);
  }
  if constexpr (Bound > 2 * kOneModulus) {
    rest = minus_if_not_less(rest, multiple[2]);
  }
  if constexpr (Bound > kOneModulus) {
    rest = minus_if_not_less(rest, multiple[1]);
  }
  Element<Modulus, kOneModulus> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { result.limb[I] = rest.limb[I]; });
  return result;
}

// The lanes in which all limbs are zero: for canonical values, those that are zero.
template <typename Modulus>
STIRLINE_INLINE __mmask8 zero_lanes(const Element<Modulus, kOneModulus>& x) {
  Vector any = x.limb[0];
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { any = _mm512_or_si512(any, x.limb[I]); });
  return _mm512_testn_epi64_mask(any, any);
}

template <typename Modulus>
STIRLINE_INLINE __mmask8 equal_lanes(const Element<Modulus, kOneModulus>& x, const Element<Modulus, kOneModulus>& y) {
  Vector difference = _mm512_setzero_si512();
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    difference = _mm512_or_si512(difference, _mm512_xor_si512(x.limb[I], y.limb[I]));
  });
  return _mm512_testn_epi64_mask(difference, difference);
}

// In the lanes of `mask` y, elsewhere x.
template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> blend(__mmask8 mask, const Element<Modulus, Bound>& x,
                                              const Element<Modulus, Bound>& y) {
  Element<Modulus, Bound> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    result.limb[I] = _mm512_mask_blend_epi64(mask, x.limb[I], y.limb[I]);
  });
  return result;
}

// In the lanes of `mask` M - x, elsewhere x; in these lanes 0 becomes M.
template <typename Modulus>
STIRLINE_INLINE Element<Modulus, kOneModulus> negated_if(__mmask8 mask, const Element<Modulus, kOneModulus>& x) {
  Columns negated;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    negated.column[I] =
        _mm512_mask_sub_epi64(x.limb[I], mask, broadcast(Modulus::constants().multiple[1].limb[I]), x.limb[I]);
  });
  carry(negated);
  return element_of<Modulus, kOneModulus>(negated);
}

}  // namespace stirline::crypto::ifma
