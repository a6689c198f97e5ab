// Verification of whole batches with window tables (FIPS 186-5 6.4.2). Everything here is public: time and addresses
// may depend on it.
#pragma once

#include "crypto_workers/p256/scalar/scratch.hpp"

namespace stirline::crypto::scalar {

// See KernelOperations::verify. `base` is the base point's table of kBaseWindow bits.
void verify(VerifyBatch& batch, std::size_t jobs, unsigned bits, const TableEntry* base, Scratch& scratch);

}  // namespace stirline::crypto::scalar
