// Window tables of points, built eight at once. For public points: the time depends on nothing, but addresses are read.
#pragma once

#include "crypto_workers/p256/ifma/scratch.hpp"
#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::ifma {

// The doublings of kTablesAtOnce points, before and after they are made affine.
struct Doublings {
  static constexpr std::size_t kCount = 256 + kLargestWindow;
  struct Jacobian {  // x = X / Z^2, y = Y / Z^3
    FieldElement<> x;
    FieldElement<> y;
    FieldElement<> z;
  };
  Jacobian point[kCount];
  RunningElement before[kCount];
  TableEntry affine[kCount][kTablesAtOnce];
};

// See KernelOperations::build_tables.
[[nodiscard]] bool build_tables(const AffinePoint* points, std::size_t count, unsigned bits, TableEntry* const* tables,
                                Doublings& doublings, Scratch& scratch);

}  // namespace stirline::crypto::ifma
