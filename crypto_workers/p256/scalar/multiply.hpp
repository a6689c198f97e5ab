// Montgomery's products, ab/R modulo M.
//
// All eight words of ab are made, row by row; then four steps each make the lowest word zero by a multiple m M of the
// modulus and drop it. The steps work on the lower half alone, which stays below 2^256 (x/2^64 + M m/2^64 for x below
// 2^256); the upper half is added at the end. The sum is below ab/R + M: below 2 M if one of the factors is reduced,
// else below R + M. One subtraction leaves it reduced or loose.
#pragma once

#include "crypto_workers/p256/scalar/element.hpp"

namespace stirline::crypto::scalar {

// out[0..3] and `top` <- a b. The two carry chains of a row, lower and upper halves of its products, are apart.
STIRLINE_INLINE void first_row(const std::uint64_t (&a)[kWords], std::uint64_t b, std::uint64_t* out) {
  const DoubleWord p0 = DoubleWord{a[0]} * b;
  const DoubleWord p1 = DoubleWord{a[1]} * b;
  const DoubleWord p2 = DoubleWord{a[2]} * b;
  const DoubleWord p3 = DoubleWord{a[3]} * b;
  Carry carry = 0;
  out[0] = low_word(p0);
  out[1] = add(carry, high_word(p0), low_word(p1));
  out[2] = add(carry, high_word(p1), low_word(p2));
  out[3] = add(carry, high_word(p2), low_word(p3));
  out[4] = add(carry, high_word(p3), 0);
}

// out[0..3] += a b, out[4] <- what goes over.
STIRLINE_INLINE void add_row(const std::uint64_t (&a)[kWords], std::uint64_t b, std::uint64_t* out) {
  const DoubleWord p0 = DoubleWord{a[0]} * b;
  const DoubleWord p1 = DoubleWord{a[1]} * b;
  const DoubleWord p2 = DoubleWord{a[2]} * b;
  const DoubleWord p3 = DoubleWord{a[3]} * b;
  Carry carry = 0;
  out[0] = add(carry, out[0], low_word(p0));
  out[1] = add(carry, out[1], low_word(p1));
  out[2] = add(carry, out[2], low_word(p2));
  out[3] = add(carry, out[3], low_word(p3));
  out[4] = add(carry, high_word(p3), 0);
  carry = 0;
  out[1] = add(carry, out[1], high_word(p0));
  out[2] = add(carry, out[2], high_word(p1));
  out[3] = add(carry, out[3], high_word(p2));
  out[4] = add(carry, out[4], 0);
}

STIRLINE_INLINE void whole_product(const std::uint64_t (&a)[kWords], const std::uint64_t (&b)[kWords],
                                   std::uint64_t (&out)[2 * kWords]) {
  first_row(a, b[0], out);
  add_row(a, b[1], out + 1);
  add_row(a, b[2], out + 2);
  add_row(a, b[3], out + 3);
}

// The six mixed products count twice; they are added once and doubled.
STIRLINE_INLINE void whole_square(const std::uint64_t (&a)[kWords], std::uint64_t (&out)[2 * kWords]) {
  const DoubleWord p01 = DoubleWord{a[0]} * a[1];
  const DoubleWord p02 = DoubleWord{a[0]} * a[2];
  const DoubleWord p03 = DoubleWord{a[0]} * a[3];
  const DoubleWord p12 = DoubleWord{a[1]} * a[2];
  const DoubleWord p13 = DoubleWord{a[1]} * a[3];
  const DoubleWord p23 = DoubleWord{a[2]} * a[3];
  Carry carry = 0;
  out[1] = low_word(p01);
  out[2] = add(carry, high_word(p01), low_word(p02));
  out[3] = add(carry, high_word(p02), low_word(p03));
  out[4] = add(carry, high_word(p03), low_word(p13));
  out[5] = add(carry, high_word(p13), low_word(p23));
  out[6] = add(carry, high_word(p23), 0);
  carry = 0;
  out[3] = add(carry, out[3], low_word(p12));
  out[4] = add(carry, out[4], high_word(p12));
  out[5] = add(carry, out[5], 0);
  out[6] = add(carry, out[6], 0);
  carry = 0;
  out[1] = add(carry, out[1], out[1]);
  out[2] = add(carry, out[2], out[2]);
  out[3] = add(carry, out[3], out[3]);
  out[4] = add(carry, out[4], out[4]);
  out[5] = add(carry, out[5], out[5]);
  out[6] = add(carry, out[6], out[6]);
  out[7] = carry;
  const DoubleWord p00 = DoubleWord{a[0]} * a[0];
  const DoubleWord p11 = DoubleWord{a[1]} * a[1];
  const DoubleWord p22 = DoubleWord{a[2]} * a[2];
  const DoubleWord p33 = DoubleWord{a[3]} * a[3];
  carry = 0;
  out[0] = low_word(p00);
  out[1] = add(carry, out[1], high_word(p00));
  out[2] = add(carry, out[2], low_word(p11));
  out[3] = add(carry, out[3], high_word(p11));
  out[4] = add(carry, out[4], low_word(p22));
  out[5] = add(carry, out[5], high_word(p22));
  out[6] = add(carry, out[6], low_word(p33));
  out[7] = add(carry, out[7], high_word(p33));
}

// x <- (x + m M) / 2^64, with m such that it goes without a rest.
//
// For p that m is the lowest word itself, as -1/p = 1 modulo 2^64, and m p = m 2^96 + 2^192 (m 2^64 - m 2^32 + m) - m:
// shifts, no product.
static_assert(FieldPrime::kConstants.inverse == 1 && kFieldPrime.word[0] == ~std::uint64_t{0} &&
              kFieldPrime.word[1] == 0xffffffff && kFieldPrime.word[2] == 0 &&
              kFieldPrime.word[3] == 0xffffffff00000001);
STIRLINE_INLINE void drop_lowest(FieldPrime, Loose<FieldPrime>& x) {
  const std::uint64_t m = x.word[0];
  const std::uint64_t left = m << 32;
  const std::uint64_t right = m >> 32;
  Carry borrow = 0;
  const std::uint64_t low = subtract(borrow, m, left);
  const std::uint64_t high = subtract(borrow, m, right);
  Carry carry = 0;
  x.word[0] = add(carry, x.word[1], left);
  x.word[1] = add(carry, x.word[2], right);
  x.word[2] = add(carry, x.word[3], low);
  x.word[3] = add(carry, high, 0);
}

// For n, whose upper half is 2^128 - 2^96 + 2^64 - 1, two of the four products are shifts.
static_assert(kGroupOrder.word[2] == ~std::uint64_t{0} && kGroupOrder.word[3] == 0xffffffff00000000);
STIRLINE_INLINE void drop_lowest(GroupOrder, Loose<GroupOrder>& x) {
  constexpr ModulusConstants kN = GroupOrder::kConstants;
  const std::uint64_t m = x.word[0] * kN.inverse;
  const DoubleWord p0 = DoubleWord{m} * kN.modulus.word[0];
  const DoubleWord p1 = DoubleWord{m} * kN.modulus.word[1];
  Carry borrow = 0;
  const std::uint64_t upper0 = subtract(borrow, 0, m);
  const std::uint64_t upper1 = subtract(borrow, m, m << 32);
  const std::uint64_t upper2 = subtract(borrow, m, m >> 32);
  Carry carry = 0;
  const std::uint64_t lower1 = add(carry, high_word(p0), low_word(p1));
  const std::uint64_t lower2 = add(carry, high_word(p1), 0);
  carry = 0;
  add(carry, x.word[0], low_word(p0));
  x.word[0] = add(carry, x.word[1], lower1);
  x.word[1] = add(carry, x.word[2], lower2);
  x.word[2] = add(carry, x.word[3], 0);
  const Carry over = carry;
  carry = 0;
  x.word[1] = add(carry, x.word[1], upper0);
  x.word[2] = add(carry, x.word[2], upper1);
  x.word[3] = add(carry, upper2, over);
}

struct Sum {  // words and the bit above them
  std::uint64_t word[kWords];
  Carry over;
};

template <typename Modulus>
STIRLINE_INLINE Sum montgomery_sum(const std::uint64_t (&product)[2 * kWords]) {
  Loose<Modulus> low = {{product[0], product[1], product[2], product[3]}};
  drop_lowest(Modulus{}, low);
  drop_lowest(Modulus{}, low);
  drop_lowest(Modulus{}, low);
  drop_lowest(Modulus{}, low);
  Sum sum;
  sum.over = 0;
  sum.word[0] = add(sum.over, low.word[0], product[4]);
  sum.word[1] = add(sum.over, low.word[1], product[5]);
  sum.word[2] = add(sum.over, low.word[2], product[6]);
  sum.word[3] = add(sum.over, low.word[3], product[7]);
  return sum;
}

// A sum below 2 M.
template <typename Modulus>
STIRLINE_INLINE Element<Modulus> reduced(const Sum& x) {
  return reduced_once(Loose<Modulus>{{x.word[0], x.word[1], x.word[2], x.word[3]}}, x.over);
}

// A sum below R + M: M less where it is R or more.
template <typename Modulus>
STIRLINE_INLINE Loose<Modulus> loose(const Sum& x) {
  constexpr Words kM = Modulus::kConstants.modulus;
  const std::uint64_t mask = mask_of(x.over);
  Carry borrow = 0;
  Loose<Modulus> rest;
  rest.word[0] = subtract(borrow, x.word[0], kM.word[0] & mask);
  rest.word[1] = subtract(borrow, x.word[1], kM.word[1] & mask);
  rest.word[2] = subtract(borrow, x.word[2], kM.word[2] & mask);
  rest.word[3] = subtract(borrow, x.word[3], kM.word[3] & mask);
  return rest;
}

template <typename Modulus, Range A, Range B>
STIRLINE_INLINE Loose<Modulus> loose_product(const Element<Modulus, A>& a, const Element<Modulus, B>& b) {
  std::uint64_t product[2 * kWords];
  whole_product(a.word, b.word, product);
  return loose<Modulus>(montgomery_sum<Modulus>(product));
}

template <typename Modulus, Range A, Range B>
  requires(A == Range::reduced || B == Range::reduced)
STIRLINE_INLINE Element<Modulus> operator*(const Element<Modulus, A>& a, const Element<Modulus, B>& b) {
  std::uint64_t product[2 * kWords];
  whole_product(a.word, b.word, product);
  return reduced<Modulus>(montgomery_sum<Modulus>(product));
}

template <typename Modulus>
STIRLINE_INLINE Element<Modulus> squared(const Element<Modulus>& a) {
  std::uint64_t product[2 * kWords];
  whole_square(a.word, product);
  return reduced<Modulus>(montgomery_sum<Modulus>(product));
}

template <typename Modulus, Range range>
STIRLINE_INLINE Element<Modulus> to_montgomery(const Element<Modulus, range>& x) {
  return x * element_of<Modulus>(Modulus::kConstants.r2);
}
template <typename Modulus, Range range>
STIRLINE_INLINE Element<Modulus> from_montgomery(const Element<Modulus, range>& x) {
  return x * element_of<Modulus>(kOne);
}

}  // namespace stirline::crypto::scalar
