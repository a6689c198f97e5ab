// Sums of many points as a binary tree of affine additions; all additions of a level share one inversion.
//
// An addition (x1, y1) + (x2, y2): l = (y2 - y1) / (x2 - x1), x3 = l^2 - x1 - x2, y3 = l (x1 - x3) - y1. With the
// inverse out of a batch that is five products and one square, against eight and three of a mixed Jacobian addition. It
// has no answer for x1 = x2; the product of all differences tells whether that happened in a level.
#pragma once

#include "crypto_workers/p256/ifma/batch_inversion.hpp"

namespace stirline::crypto::ifma {

struct Point {  // affine, in Montgomery's form
  FieldElement<> x;
  FieldElement<> y;
};

using FieldProducts = RunningProducts<FieldPrime>;
using RunningElement = FieldElement<kRunningBound>;

// Where the second operand of addition i lies: one after the other.
struct Following {
  const Point* begin;
  const Point& operator()(std::size_t i) const { return begin[i]; }
};

// Multiplies the differences x2 - x1 of additions i, i + 1, ... into the running products, keeping the products before.
template <std::size_t Count, typename Second>
STIRLINE_INLINE void gather_differences(const Point* first, const Second& second, std::size_t i, RunningElement* before,
                                        FieldProducts& running) {
  static_assert(Count <= kChains);
  FieldElement<kTight + 2 * kOneModulus> difference[Count];
  RunningElement product[Count];
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    difference[J] = second(i + J).x - first[i + J].x;
    product[J] = running[J];
    before[i + J] = running[J];
  });
  RunningElement next[Count];
  multiply(next, product, difference);
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () { running[J] = next[J]; });
}

// Additions i, i + 1, ..., walking back from what gather_differences left.
template <std::size_t Count, typename Second>
STIRLINE_INLINE void finish_additions(const Point* first, const Second& second, Point* sum, std::size_t i,
                                      const RunningElement* before, FieldProducts& running) {
  FieldElement<kTight + 2 * kOneModulus> dx[Count];
  FieldElement<kTight + 2 * kOneModulus> dy[Count];
  RunningElement rest[Count];
  RunningElement kept[Count];
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    dx[J] = second(i + J).x - first[i + J].x;
    dy[J] = second(i + J).y - first[i + J].y;
    rest[J] = running[J];
    kept[J] = before[i + J];
  });
  FieldElement<18> inverse[Count];
  multiply(inverse, rest, kept);
  RunningElement next[Count];
  multiply(next, rest, dx);
  FieldElement<20> slope[Count];
  multiply(slope, inverse, dy);
  Columns columns[Count];
  square_columns(columns, slope);
  FieldElement<> x[Count];
  FieldElement<kTight + 2 * kOneModulus> step[Count];
  const Limbs(&multiple)[9] = kConstants.p.multiple;
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    running[J] = next[J];
    // l^2 - x1 - x2 + 4p: the two tight values are below 4p together, the whole below 6 p.
    static_assert(product_bound(20, 20) + 4 * kOneModulus <= kLargestBound && 2 * kTight <= 4 * kOneModulus);
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      const Vector both = _mm512_add_epi64(first[i + J].x.limb[I], second(i + J).x.limb[I]);
      columns[J].column[I] =
          _mm512_add_epi64(columns[J].column[I], _mm512_sub_epi64(broadcast(multiple[4].limb[I]), both));
    });
    x[J] = reduced(columns[J]);
    step[J] = first[i + J].x - x[J];
  });
  product_columns(columns, slope, step);
  unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
    static_assert(product_bound(20, kTight + 2 * kOneModulus) + 2 * kOneModulus <= kLargestBound);
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      columns[J].column[I] = _mm512_add_epi64(columns[J].column[I],
                                              _mm512_sub_epi64(broadcast(multiple[2].limb[I]), first[i + J].y.limb[I]));
    });
    sum[i + J].y = reduced(columns[J]);
    sum[i + J].x = x[J];
  });
}

// One level: sum[i] <- first[i] + second(i) for all i below count; `sum` may be `first` or lie apart from both. False,
// and nothing done, if an addition met x1 = x2. `before` holds `count` elements.
template <Secrecy secrecy, typename Second>
inline bool add_level(const Point* first, const Second& second, Point* sum, std::size_t count, RunningElement* before) {
  FieldProducts running;
  start_products<FieldPrime>(running);
  const std::size_t paired = count / kChains * kChains;
  for (std::size_t i = 0; i < paired; i += kChains) {
    gather_differences<kChains>(first, second, i, before, running);
  }
  if (paired != count) {
    gather_differences<1>(first, second, paired, before, running);
  }
  if (!invert<secrecy, FieldPrime>(running)) {
    return false;
  }
  if (paired != count) {
    finish_additions<1>(first, second, sum, paired, before, running);
  }
  for (std::size_t i = paired; i != 0; i -= kChains) {
    finish_additions<kChains>(first, second, sum, i - kChains, before, running);
  }
  return true;
}

}  // namespace stirline::crypto::ifma
