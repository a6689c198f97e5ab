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

// sum <- first + second; `inverse` is that of x2 - x1. `sum` may be `first`.
STIRLINE_INLINE void add_points(const Point& first, const Point& second, const Loose<FieldPrime>& inverse, Point& sum) {
  const FieldElement slope = inverse * (second.y - first.y);
  const FieldElement x = squared(slope) - first.x - second.x;
  sum.y = slope * (first.x - x) - first.y;
  sum.x = x;
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
  for (std::size_t i = count; i-- != 0;) {
    Loose<FieldPrime>& rest = running[i % kChains];
    const Loose<FieldPrime> inverse = loose_product(rest, before[i]);
    rest = loose_product(rest, second(i).x - first[i].x);
    add_points(first[i], second(i), inverse, sum[i]);
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
