// Sums of many points as a binary tree of affine additions; all additions of a level share one inversion.
//
// An addition (x1, y1) + (x2, y2): l = (y2 - y1) / (x2 - x1), x3 = l^2 - x1 - x2, y3 = l (x1 - x3) - y1. With the
// inverse out of a batch that is five products and one square, against eight and three of a mixed Jacobian addition. It
// has no answer for x1 = x2; the product of all differences tells whether that happened in a level.
#pragma once

#include "crypto_workers/p256/scalar/batch_inversion.hpp"

namespace stirline::crypto::scalar {

struct Point {  // affine, in Montgomery's form
  FieldElement x;
  FieldElement y;
};

// Where the second operand of addition i lies: one after the other.
struct Following {
  const Point* begin;
  const Point& operator()(std::size_t i) const { return begin[i]; }
};

// Addition i, walking back from what add_level has multiplied.
template <typename Second>
STIRLINE_INLINE void finish_addition(const Point* first, const Second& second, Point* sum, std::size_t i,
                                     const Loose<FieldPrime>* before, Loose<FieldPrime>& running) {
  const Loose<FieldPrime> inverse = loose_product(running, before[i]);
  const FieldElement slope = inverse * (second(i).y - first[i].y);
  running = loose_product(running, second(i).x - first[i].x);
  const FieldElement x = squared(slope) - first[i].x - second(i).x;
  sum[i].y = slope * (first[i].x - x) - first[i].y;
  sum[i].x = x;
}

// Additions i and i + 1, step by step: one alone waits for itself, as each step needs the one before. Written out: as a
// loop over both g++ 12 makes it slower than one after the other.
template <typename Second>
STIRLINE_INLINE void finish_two_additions(const Point* first, const Second& second, Point* sum, std::size_t i,
                                          const Loose<FieldPrime>* before, RunningProducts<FieldPrime>& running) {
  static_assert(kChains == 2);
  const Loose<FieldPrime> inverse0 = loose_product(running[0], before[i]);
  const Loose<FieldPrime> inverse1 = loose_product(running[1], before[i + 1]);
  const FieldElement slope0 = inverse0 * (second(i).y - first[i].y);
  const FieldElement slope1 = inverse1 * (second(i + 1).y - first[i + 1].y);
  running[0] = loose_product(running[0], second(i).x - first[i].x);
  running[1] = loose_product(running[1], second(i + 1).x - first[i + 1].x);
  const FieldElement x0 = squared(slope0) - first[i].x - second(i).x;
  const FieldElement x1 = squared(slope1) - first[i + 1].x - second(i + 1).x;
  sum[i].y = slope0 * (first[i].x - x0) - first[i].y;
  sum[i].x = x0;
  sum[i + 1].y = slope1 * (first[i + 1].x - x1) - first[i + 1].y;
  sum[i + 1].x = x1;
}

// One level: sum[i] <- first[i] + second(i) for all i below count; `sum` may be `first` or lie apart from both. False,
// and nothing done, if an addition met x1 = x2. `before` holds `count` elements.
template <Secrecy secrecy, typename Second>
inline bool add_level(const Point* first, const Second& second, Point* sum, std::size_t count,
                      Loose<FieldPrime>* before) {
  RunningProducts<FieldPrime> running;
  start_products<FieldPrime>(running);
  for (std::size_t i = 0; i != count; ++i) {
    Loose<FieldPrime>& product = running[i % kChains];
    before[i] = product;
    product = loose_product(product, second(i).x - first[i].x);
  }
  if (!invert<secrecy, FieldPrime>(running)) {
    return false;
  }
  std::size_t i = count;
  if (i % kChains != 0) {
    --i;
    finish_addition(first, second, sum, i, before, running[0]);
  }
  while (i != 0) {
    i -= kChains;
    finish_two_additions(first, second, sum, i, before, running);
  }
  return true;
}

// 1 if y^2 = x^3 - 3x + b, else 0.
STIRLINE_INLINE std::uint64_t is_on_curve(const Point& point) {
  constexpr FieldElement kB = element_of<FieldPrime>(shifted_modulo(kCurveB, kRadixBits, kFieldPrime));
  const FieldElement& x = point.x;
  return is_equal(squared(point.y), squared(x) * x - (x + x + x) + kB);
}

}  // namespace stirline::crypto::scalar
