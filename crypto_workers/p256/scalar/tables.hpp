// Window tables of points. For public points: time and addresses may depend on them.
#pragma once

#include "crypto_workers/p256/scalar/scratch.hpp"

namespace stirline::crypto::scalar {

// The doublings of a point, before and after they are made affine.
struct Doublings {
  static constexpr std::size_t kCount = 256 + kLargestWindow;
  struct Jacobian {  // x = X / Z^2, y = Y / Z^3
    FieldElement x;
    FieldElement y;
    FieldElement z;
  };
  Jacobian point[kCount];
  Loose<FieldPrime> before[kCount];
  Point affine[kCount];
};

// The table of one point: see KernelOperations::build_tables.
[[nodiscard]] bool build_table(const AffinePoint& point, unsigned bits, TableEntry* table, Doublings& doublings,
                               Scratch& scratch);

}  // namespace stirline::crypto::scalar
