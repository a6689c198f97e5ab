// Signatures of whole batches, nonces given (FIPS 186-5 6.4.1), in constant time.
#pragma once

#include "crypto_workers/p256/scalar/scratch.hpp"

namespace stirline::crypto::scalar {

// See KernelOperations::sign.
[[nodiscard]] bool sign(SignBatch& batch, std::size_t jobs, const SignTable& table, LookUp look_up, Scratch& scratch);

}  // namespace stirline::crypto::scalar
