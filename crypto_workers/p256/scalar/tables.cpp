// Three steps. The point is doubled 255 times and more. All doublings are made affine with one inversion. Then the
// windows are filled: entries below 2^t give those below 2^(t+1) by adding 2^t times the window's base, a level of
// affine additions with one inversion. The multiples added are odd and smaller than what they are added to, so no
// addition meets its own operand.
#include "crypto_workers/p256/scalar/tables.hpp"

namespace stirline::crypto::scalar {
namespace {

using Jacobian = Doublings::Jacobian;

constexpr std::size_t kWindowsAtOnce = 64;  // an inversion for so many is cheap enough

// dbl-2001-b of the Explicit-Formulas Database, for a = -3.
Jacobian doubled(const Jacobian& p) {
  const FieldElement delta = squared(p.z);
  const FieldElement gamma = squared(p.y);
  const FieldElement beta = p.x * gamma;
  const FieldElement product = (p.x - delta) * (p.x + delta);
  const FieldElement alpha = product + product + product;
  const FieldElement beta2 = beta + beta;
  const FieldElement beta4 = beta2 + beta2;
  const FieldElement x = squared(alpha) - (beta4 + beta4);
  const FieldElement z = squared(p.y + p.z) - gamma - delta;
  const FieldElement square2 = squared(gamma + gamma);
  const FieldElement y = alpha * (beta4 - x) - (square2 + square2);
  return {x, y, z};
}

void double_point(const AffinePoint& point, std::size_t count, Doublings& work) {
  work.point[0] = {to_montgomery(element_of<FieldPrime>(point.x)), to_montgomery(element_of<FieldPrime>(point.y)),
                   element_of<FieldPrime>(FieldPrime::kConstants.one)};
  for (std::size_t i = 1; i < count; ++i) {
    work.point[i] = doubled(work.point[i - 1]);
  }
}

bool make_affine(std::size_t count, Doublings& work) {
  RunningProducts<FieldPrime> running;
  start_products<FieldPrime>(running);
  for (std::size_t i = 0; i < count; ++i) {
    Loose<FieldPrime>& product = running[i % kChains];
    work.before[i] = product;
    product = loose_product(product, work.point[i].z);
  }
  if (!invert<Secrecy::open, FieldPrime>(running)) {
    return false;
  }
  for (std::size_t i = count; i-- != 0;) {
    Loose<FieldPrime>& rest = running[i % kChains];
    const Jacobian& point = work.point[i];
    const FieldElement inverse = reduced(loose_product(rest, work.before[i]));
    rest = loose_product(rest, point.z);
    const FieldElement square = squared(inverse);
    work.affine[i] = {point.x * square, point.y * (square * inverse)};
  }
  return true;
}

// The same second operand for all entries of a window: 2^t times its base.
struct PowerOfWindow {
  const Point* base;  // of the first window
  std::size_t windows;
  unsigned bits;
  const Point& operator()(std::size_t i) const { return base[i % windows * bits]; }
};

// `windows` of them, beginning with `first`. False if an entry came out off the curve.
bool fill_windows(std::size_t first, std::size_t windows, unsigned bits, const Doublings& doublings, TableEntry* table,
                  Scratch& scratch) {
  const Point* const base = doublings.affine + first * bits;
  for (std::size_t w = 0; w < windows; ++w) {
    scratch.nodes[w] = base[w * bits];
  }
  for (unsigned t = 1; t < bits; ++t) {
    const std::size_t count = (std::size_t{1} << (t - 1)) * windows;
    if (!add_level<Secrecy::open>(scratch.nodes, PowerOfWindow{base + t, windows, bits}, scratch.nodes + count, count,
                                  scratch.before)) {
      return false;
    }
  }
  std::uint64_t good = 1;
  for (std::size_t i = 0; i < entries_of_window(bits) * windows; ++i) {
    const Point& point = scratch.nodes[i];
    TableEntry& entry = table[(first + i % windows) * entries_of_window(bits) + i / windows];
    for (std::size_t word = 0; word < kWords; ++word) {
      entry.x[word] = point.x.word[word];
      entry.y[word] = point.y.word[word];
    }
    good &= is_on_curve(point);
  }
  return good != 0;
}

}  // namespace

bool build_table(const AffinePoint& point, unsigned bits, TableEntry* table, Doublings& doublings, Scratch& scratch) {
  const std::size_t windows = windows_of(bits);
  double_point(point, windows * bits, doublings);
  if (!make_affine(windows * bits, doublings)) {
    return false;
  }
  std::size_t at_once = kNodes / entries_of_window(bits);
  at_once = at_once < kWindowsAtOnce ? at_once : kWindowsAtOnce;
  for (std::size_t first = 0; first < windows; first += at_once) {
    const std::size_t left = windows - first;
    if (!fill_windows(first, left < at_once ? left : at_once, bits, doublings, table, scratch)) {
      return false;
    }
  }
  return true;
}

}  // namespace stirline::crypto::scalar
