// The kernel for processors with AVX-512 F, DQ, BW, VL, IFMA, VBMI and VBMI2. Whoever calls into it has asked
// cpu_features first.
#pragma once

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::ifma {

[[nodiscard]] const KernelOperations& kernel();

}  // namespace stirline::crypto::ifma
