// Nonces of whole batches: hedged, in constant time.
#pragma once

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::scalar {

// See KernelOperations::derive_nonces.
void derive_nonces(NonceBatch& batch, std::size_t jobs);

}  // namespace stirline::crypto::scalar
