// Three steps. The points are doubled 255 times and more, lane = point. All doublings are made affine with one
// inversion. Then the windows are filled, lane = one window of one point: entries below 2^t give those below 2^(t+1) by
// adding 2^t times the window's base, a level of affine additions with one inversion. The multiples added are odd and
// smaller than what they are added to, so no addition meets its own operand.
#include "crypto_workers/p256/ifma/tables.hpp"

#include "crypto_workers/p256/ifma/memory_layout.hpp"

namespace stirline::crypto::ifma {
namespace {

using Jacobian = Doublings::Jacobian;

// dbl-2001-b of the Explicit-Formulas Database, for a = -3.
STIRLINE_INLINE Jacobian doubled(const Jacobian& p) {
  const auto delta = p.z * p.z;
  const auto gamma = p.y * p.y;
  const auto beta = p.x * gamma;
  const auto product = (p.x - delta) * (p.x + delta);
  const auto alpha = tightened(product + product + product);
  const auto beta2 = tightened(beta + beta);
  const auto beta4 = tightened(beta2 + beta2);
  const auto x = tightened(alpha * alpha - (beta4 + beta4));
  const auto sum = p.y + p.z;
  const auto z = tightened((sum * sum - gamma) - delta);
  const auto gamma2 = tightened(gamma + gamma);
  const auto square2 = gamma2 * gamma2;
  const auto y = tightened(alpha * (beta4 - x) - (square2 + square2));
  return {x, y, z};
}

void double_points(const AffinePoint* points, std::size_t count, std::size_t doublings, Doublings& work) {
  std::uint64_t x[kWords][kLanes];
  std::uint64_t y[kWords][kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const AffinePoint& point = points[lane < count ? lane : 0];
    for (std::size_t i = 0; i < kWords; ++i) {
      x[i][lane] = point.x.word[i];
      y[i][lane] = point.y.word[i];
    }
  }
  const auto to_montgomery = broadcast<FieldPrime, kOneModulus>(kConstants.p.r2);
  Jacobian point = {
      tightened(element_of_words<FieldPrime, kTight>(load(x[0]), load(x[1]), load(x[2]), load(x[3])) * to_montgomery),
      tightened(element_of_words<FieldPrime, kTight>(load(y[0]), load(y[1]), load(y[2]), load(y[3])) * to_montgomery),
      widened<kTight>(broadcast<FieldPrime, kOneModulus>(kConstants.p.one))};
  work.point[0] = point;
  for (std::size_t i = 1; i < doublings; ++i) {
    point = doubled(point);
    work.point[i] = point;
  }
}

bool make_affine(std::size_t doublings, Doublings& work) {
  FieldProducts running;
  start_products<FieldPrime>(running);
  for (std::size_t i = 0; i < doublings; ++i) {
    work.before[i] = running[i % kChains];
    running[i % kChains] = widened<kRunningBound>(running[i % kChains] * work.point[i].z);
  }
  if (!invert<Secrecy::open, FieldPrime>(running)) {
    return false;
  }
  for (std::size_t i = doublings; i-- != 0;) {
    auto& rest = running[i % kChains];
    const auto inverse = rest * work.before[i];
    rest = widened<kRunningBound>(rest * work.point[i].z);
    const auto square = inverse * inverse;
    const auto cube = square * inverse;
    TableEntry* entries[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      entries[lane] = &work.affine[i][lane];
    }
    store_entries(entries, canonical(work.point[i].x * square), canonical(work.point[i].y * cube));
  }
  return true;
}

struct Plan {
  std::size_t points;
  unsigned bits;
  std::size_t items;  // windows of all points; item = window * points + point
  const Doublings* doublings;
  TableEntry* const* tables;

  // Item of a lane; the lanes behind the last item repeat it.
  [[nodiscard]] std::size_t item(std::size_t vector, std::size_t lane) const {
    const std::size_t wanted = vector * kLanes + lane;
    return wanted < items ? wanted : items - 1;
  }
};

// 2^t times the base of each window.
STIRLINE_INLINE Point power(const Plan& plan, std::size_t vector, std::size_t t) {
  const TableEntry* entries[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::size_t item = plan.item(vector, lane);
    entries[lane] = &plan.doublings->affine[item / plan.points * plan.bits + t][item % plan.points];
  }
  return load_entries(entries, 0);
}

// The same second operand for all entries of a vector's windows.
struct PowerOfVector {
  const Point* powers;
  std::size_t vectors;
  const Point& operator()(std::size_t i) const { return powers[i % vectors]; }
};

// False if a point is off the curve.
bool store_windows(const Plan& plan, std::size_t vector, std::size_t row, const Point& point) {
  TableEntry* entries[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::size_t item = plan.item(vector, lane);
    entries[lane] = plan.tables[item % plan.points] + item / plan.points * entries_of_window(plan.bits) + row;
  }
  store_entries(entries, canonical(point.x), canonical(point.y));
  return lanes_on_curve(point.x, point.y) == 0xff;
}

// The windows of `vectors` vectors, beginning with `first`.
bool fill_windows(const Plan& plan, std::size_t first, std::size_t vectors, Scratch& scratch) {
  Point powers[kVectors];
  for (std::size_t v = 0; v < vectors; ++v) {
    scratch.nodes[v] = power(plan, first + v, 0);
  }
  for (unsigned t = 1; t < plan.bits; ++t) {
    for (std::size_t v = 0; v < vectors; ++v) {
      powers[v] = power(plan, first + v, t);
    }
    const std::size_t count = (std::size_t{1} << (t - 1)) * vectors;
    if (!add_level<Secrecy::open>(scratch.nodes, PowerOfVector{powers, vectors}, scratch.nodes + count, count,
                                  scratch.before)) {
      return false;
    }
  }
  bool good = true;
  for (std::size_t row = 0; row < entries_of_window(plan.bits); ++row) {
    for (std::size_t v = 0; v < vectors; ++v) {
      good = store_windows(plan, first + v, row, scratch.nodes[row * vectors + v]) && good;
    }
  }
  return good;
}

}  // namespace

bool build_tables(const AffinePoint* points, std::size_t count, unsigned bits, TableEntry* const* tables,
                  Doublings& doublings, Scratch& scratch) {
  const std::size_t windows = windows_of(bits);
  double_points(points, count, windows * bits, doublings);
  if (!make_affine(windows * bits, doublings)) {
    return false;
  }
  const Plan plan = {count, bits, windows * count, &doublings, tables};
  const std::size_t vectors = (plan.items + kLanes - 1) / kLanes;
  std::size_t at_once = kNodes / entries_of_window(bits);
  at_once = at_once < kVectors ? at_once : kVectors;
  for (std::size_t first = 0; first < vectors; first += at_once) {
    const std::size_t left = vectors - first;
    if (!fill_windows(plan, first, left < at_once ? left : at_once, scratch)) {
      return false;
    }
  }
  return true;
}

}  // namespace stirline::crypto::ifma
