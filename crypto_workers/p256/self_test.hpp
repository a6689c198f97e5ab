// Known answers for a kernel: run before it is trusted, and again and again while it works, as a processor can go bad.
#pragma once

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto {

// Signs with known nonces in all lanes, builds a table, verifies good and spoilt signatures, and lets two partial sums
// meet. False: the kernel must not be used. `memory` has been started; about a third of a millisecond.
[[nodiscard]] bool kernel_self_test(const KernelOperations& kernel, void* memory);

}  // namespace stirline::crypto
