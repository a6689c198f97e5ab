// Between memory and vectors: words of 64 bits to limbs of 52 and back, table entries to points and back.
#pragma once

#include "crypto_workers/p256/ifma/affine_sum.hpp"
#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::ifma {

STIRLINE_INLINE Vector load(const std::uint64_t* words) {
  return _mm512_loadu_si512(words);
}
STIRLINE_INLINE void store(std::uint64_t* words, Vector x) {
  _mm512_storeu_si512(words, x);
}

// The low bits of `high:low` shifted right by Bits.
template <int Bits>
STIRLINE_INLINE Vector joined(Vector low, Vector high) {
  return _mm512_shrdi_epi64(low, high, Bits);
}

// Any 256 bits fit the limbs; `Bound` is what the caller knows of them.
template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> element_of_words(Vector w0, Vector w1, Vector w2, Vector w3) {
  const Vector mask = broadcast(kConstants.limb_mask);
  Element<Modulus, Bound> x;
  x.limb[0] = _mm512_and_si512(w0, mask);
  x.limb[1] = _mm512_and_si512(joined<52>(w0, w1), mask);
  x.limb[2] = _mm512_and_si512(joined<40>(w1, w2), mask);
  x.limb[3] = _mm512_and_si512(joined<28>(w2, w3), mask);
  x.limb[4] = shifted_right<16>(w3);
  return x;
}

template <typename Modulus>
STIRLINE_INLINE void words_of_element(const Element<Modulus, kOneModulus>& x, Vector (&words)[kWords]) {
  words[0] = _mm512_or_si512(x.limb[0], shifted_left<52>(x.limb[1]));
  words[1] = _mm512_or_si512(shifted_right<12>(x.limb[1]), shifted_left<40>(x.limb[2]));
  words[2] = _mm512_or_si512(shifted_right<24>(x.limb[2]), shifted_left<28>(x.limb[3]));
  words[3] = _mm512_or_si512(shifted_right<36>(x.limb[3]), shifted_left<16>(x.limb[4]));
}

// Jobs 8 v .. 8 v + 7.
template <typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> load_jobs(const JobWords& words, std::size_t v) {
  const std::size_t job = v * kLanes;
  return element_of_words<Modulus, Bound>(load(&words[0][job]), load(&words[1][job]), load(&words[2][job]),
                                          load(&words[3][job]));
}

template <typename Modulus>
STIRLINE_INLINE void store_jobs(JobWords& words, std::size_t v, const Element<Modulus, kOneModulus>& x) {
  Vector parts[kWords];
  words_of_element(x, parts);
  unrolled<kWords>([&]<std::size_t I> [[gnu::always_inline]] () { store(&words[I][v * kLanes], parts[I]); });
}

// Rows become columns: afterwards row[i] holds word i of all eight former rows.
STIRLINE_INLINE void transpose(Vector (&row)[kLanes]) {
  Vector pair[kLanes];
  unrolled<kLanes / 2>([&]<std::size_t I> [[gnu::always_inline]] () {
    pair[2 * I] = _mm512_maskz_unpacklo_epi64(0xff, row[2 * I], row[2 * I + 1]);
    pair[2 * I + 1] = _mm512_maskz_unpackhi_epi64(0xff, row[2 * I], row[2 * I + 1]);
  });
  Vector quad[kLanes];  // halves of columns: [0..3] of rows 0..3, [4..7] of rows 4..7
  unrolled<2>([&]<std::size_t H> [[gnu::always_inline]] () {
    unrolled<2>([&]<std::size_t I> [[gnu::always_inline]] () {
      const Vector a = pair[4 * H + I];
      const Vector b = pair[4 * H + 2 + I];
      quad[4 * H + I] = _mm512_maskz_shuffle_i64x2(0xff, a, b, 0x88);      // columns I and I + 4
      quad[4 * H + 2 + I] = _mm512_maskz_shuffle_i64x2(0xff, a, b, 0xdd);  // columns I + 2 and I + 6
    });
  });
  unrolled<2>([&]<std::size_t I> [[gnu::always_inline]] () {
    row[I] = _mm512_maskz_shuffle_i64x2(0xff, quad[I], quad[4 + I], 0x88);
    row[I + 4] = _mm512_maskz_shuffle_i64x2(0xff, quad[I], quad[4 + I], 0xdd);
    row[I + 2] = _mm512_maskz_shuffle_i64x2(0xff, quad[2 + I], quad[6 + I], 0x88);
    row[I + 6] = _mm512_maskz_shuffle_i64x2(0xff, quad[2 + I], quad[6 + I], 0xdd);
  });
}

// The words of table entries; in the lanes of `negative` the point's opposite.
STIRLINE_INLINE Point point_of_words(const Vector (&words)[2 * kWords], __mmask8 negative) {
  const auto x = element_of_words<FieldPrime, kOneModulus>(words[0], words[1], words[2], words[3]);
  const auto y = element_of_words<FieldPrime, kOneModulus>(words[4], words[5], words[6], words[7]);
  return {widened<kTight>(x), widened<kTight>(negated_if(negative, y))};
}

// A point for each lane, from wherever it lies. Addresses are read: for public values only.
STIRLINE_INLINE Point load_entries(const TableEntry* const (&entry)[kLanes], __mmask8 negative) {
  Vector rows[kLanes];
  unrolled<kLanes>([&]<std::size_t I> [[gnu::always_inline]] () { rows[I] = load(entry[I]->x); });
  transpose(rows);
  return point_of_words(rows, negative);
}

STIRLINE_INLINE void store_entries(TableEntry* const (&entry)[kLanes], const FieldElement<kOneModulus>& x,
                                   const FieldElement<kOneModulus>& y) {
  Vector words_x[kWords];
  Vector words_y[kWords];
  words_of_element(x, words_x);
  words_of_element(y, words_y);
  Vector rows[kLanes];
  unrolled<kWords>([&]<std::size_t I> [[gnu::always_inline]] () {
    rows[I] = words_x[I];
    rows[kWords + I] = words_y[I];
  });
  transpose(rows);
  unrolled<kLanes>([&]<std::size_t I> [[gnu::always_inline]] () { store(entry[I]->x, rows[I]); });
}

// The lanes in which y^2 = x^3 - 3x + b.
template <unsigned X, unsigned Y>
STIRLINE_INLINE __mmask8 lanes_on_curve(const FieldElement<X>& x, const FieldElement<Y>& y) {
  const auto cube = (x * x) * x;
  const auto right = (cube + broadcast<FieldPrime, kOneModulus>(kConstants.curve_b)) - (x + x + x);
  return equal_lanes(canonical(y * y), canonical(right));
}

}  // namespace stirline::crypto::ifma
