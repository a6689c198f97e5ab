// The kernel for processors without vectors to speak of: any x86-64.
#pragma once

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::scalar {

// Reads its tables by shuffles where the processor has SSSE3, as all made since 2011.
[[nodiscard]] const KernelOperations& kernel();

// The same for processors that have not, and for tests.
[[nodiscard]] const KernelOperations& kernel_without_shuffles();

}  // namespace stirline::crypto::scalar
