// Sums of points one after the other, without an inversion for each: for batches too small to share one
// (affine_sum.hpp).
//
// A sum is kept as X, Y, Z^2 and Z^3 with x = X / Z^2 and y = Y / Z^3. Adding an affine point costs eight products and
// two squares, adding two sums twelve and two ("madd-2008-s" and "add-2008-s" of the Explicit-Formulas Database, xyzz).
// There is no answer for operands of equal x: Z becomes zero then and stays so, which the inversion at the end finds.
#pragma once

#include "crypto_workers/p256/ifma/affine_sum.hpp"

namespace stirline::crypto::ifma {

inline constexpr unsigned kPowerBound = 18;  // of Z^2 and Z^3

struct ProjectivePoint {
  FieldElement<> x;
  FieldElement<> y;
  FieldElement<kPowerBound> zz;
  FieldElement<kPowerBound> zzz;
};

// What both additions end with. u1 and s1: X and Y of the first operand over the common denominator; u2 and s2 likewise
// of the second. zz and zzz: that denominator.
template <std::size_t Count, unsigned U1, unsigned S1>
STIRLINE_INLINE void finish_sums(ProjectivePoint* sum, const FieldElement<U1> (&u1)[Count],
                                 const FieldElement<S1> (&s1)[Count], const FieldElement<kPowerBound> (&u2)[Count],
                                 const FieldElement<kPowerBound> (&s2)[Count],
                                 const FieldElement<kPowerBound> (&zz)[Count],
                                 const FieldElement<kPowerBound> (&zzz)[Count]) {
  constexpr unsigned kDifference = kPowerBound + 2 * kOneModulus;
  FieldElement<kDifference> p[Count];
  FieldElement<kDifference> r[Count];
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    p[J] = u2[J] - u1[J];
    r[J] = s2[J] - s1[J];
  });
  constexpr unsigned kSquare = product_bound(kDifference, kDifference);
  constexpr unsigned kCube = product_bound(kDifference, kSquare);
  FieldElement<kSquare> pp[Count];
  square(pp, p);
  FieldElement<kCube> ppp[Count];
  multiply(ppp, p, pp);
  FieldElement<kPowerBound> q[Count];
  multiply(q, u1, pp);
  FieldElement<kPowerBound> new_zz[Count];
  multiply(new_zz, zz, pp);
  FieldElement<kPowerBound> new_zzz[Count];
  multiply(new_zzz, zzz, ppp);
  Columns columns[Count];
  square_columns(columns, r);
  FieldElement<> x[Count];
  FieldElement<kDifference> step[Count];
  const Limbs(&multiple)[9] = kConstants.p.multiple;
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    // r^2 - ppp - 2 q + 4 p: what is taken away is below 4 p.
    static_assert(kCube + 2 * kPowerBound <= 4 * kOneModulus && kSquare + 4 * kOneModulus <= kLargestBound);
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      const Vector away = _mm512_add_epi64(_mm512_add_epi64(q[J].limb[I], q[J].limb[I]), ppp[J].limb[I]);
      columns[J].column[I] =
          _mm512_add_epi64(columns[J].column[I], _mm512_sub_epi64(broadcast(multiple[4].limb[I]), away));
    });
    x[J] = reduced(columns[J]);
    step[J] = q[J] - x[J];
  });
  FieldElement<kPowerBound> away[Count];
  multiply(away, s1, ppp);
  product_columns(columns, r, step);
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    static_assert(kPowerBound <= 2 * kOneModulus &&
                  product_bound(kDifference, kDifference) + 2 * kOneModulus <= kLargestBound);
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      columns[J].column[I] =
          _mm512_add_epi64(columns[J].column[I], _mm512_sub_epi64(broadcast(multiple[2].limb[I]), away[J].limb[I]));
    });
    sum[J] = {x[J], reduced(columns[J]), new_zz[J], new_zzz[J]};
  });
}

// sum[j] += point(j) for all j below Count, their instructions interleaved.
template <std::size_t Count, typename Points>
STIRLINE_INLINE void add_points(ProjectivePoint* sum, const Points& point) {
  FieldElement<> u1[Count];
  FieldElement<> s1[Count];
  FieldElement<> point_x[Count];
  FieldElement<> point_y[Count];
  FieldElement<kPowerBound> zz[Count];
  FieldElement<kPowerBound> zzz[Count];
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    u1[J] = sum[J].x;
    s1[J] = sum[J].y;
    zz[J] = sum[J].zz;
    zzz[J] = sum[J].zzz;
    point_x[J] = point(J).x;
    point_y[J] = point(J).y;
  });
  FieldElement<kPowerBound> u2[Count];
  multiply(u2, point_x, zz);
  FieldElement<kPowerBound> s2[Count];
  multiply(s2, point_y, zzz);
  finish_sums(sum, u1, s1, u2, s2, zz, zzz);
}

// sum += other
STIRLINE_INLINE void add_sum(ProjectivePoint& sum, const ProjectivePoint& other) {
  const FieldElement<kPowerBound> u1[1] = {sum.x * other.zz};
  const FieldElement<kPowerBound> s1[1] = {sum.y * other.zzz};
  const FieldElement<kPowerBound> u2[1] = {other.x * sum.zz};
  const FieldElement<kPowerBound> s2[1] = {other.y * sum.zzz};
  const FieldElement<kPowerBound> zz[1] = {sum.zz * other.zz};
  const FieldElement<kPowerBound> zzz[1] = {sum.zzz * other.zzz};
  finish_sums(&sum, u1, s1, u2, s2, zz, zzz);
}

STIRLINE_INLINE ProjectivePoint projective(const Point& point) {
  const auto one = widened<kPowerBound>(broadcast<FieldPrime, kOneModulus>(kConstants.p.one));
  return {point.x, point.y, one, one};
}

// point[i] <- sum[i]. False, and nothing done, if one of them has no answer. `before` holds `count` elements.
template <Secrecy secrecy>
inline bool make_affine(const ProjectivePoint* sum, Point* point, std::size_t count, RunningElement* before) {
  FieldProducts running;
  start_products<FieldPrime>(running);
  for (std::size_t i = 0; i < count; ++i) {
    RunningElement& product = running[i % kChains];
    before[i] = product;
    product = widened<kRunningBound>(product * sum[i].zzz);
  }
  if (!invert<secrecy, FieldPrime>(running)) {
    return false;
  }
  for (std::size_t i = count; i-- != 0;) {
    RunningElement& rest = running[i % kChains];
    const auto inverse_zzz = rest * before[i];
    rest = widened<kRunningBound>(rest * sum[i].zzz);
    const auto inverse_z = sum[i].zz * inverse_zzz;
    point[i] = {tightened(sum[i].x * (inverse_z * inverse_z)), tightened(sum[i].y * inverse_zzz)};
  }
  return true;
}

}  // namespace stirline::crypto::ifma
