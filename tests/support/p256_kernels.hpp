// All P-256 kernels: a new one is a line here, and every test, fuzzer and check that goes over kernels has it.
//
// No C++ library: the taint check reads this too.
#pragma once

#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/ifma/kernel.hpp"
#include "crypto_workers/p256/scalar/kernel.hpp"

namespace stirline::test {

struct P256Kernel {
  const char* name;
  const crypto::KernelOperations& (*operations)();
  bool (*runs_here)();
};

inline constexpr P256Kernel kP256Kernels[] = {
    {"ifma", crypto::ifma::kernel, crypto::has_ifma},
    {"scalar", crypto::scalar::kernel, [] { return true; }},
    {"scalar_without_shuffles", crypto::scalar::kernel_without_shuffles, [] { return true; }},
};

}  // namespace stirline::test
