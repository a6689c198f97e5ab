// Signatures of whole batches, nonces given (FIPS 186-5 6.4.1), in constant time.
#pragma once

#include "crypto_workers/p256/ifma/scratch.hpp"
#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::ifma {

inline constexpr unsigned kSignWindow = 8;  // bits

// The base point's window table, cut into words: word i of all entries of a window lie together, so that a window is
// read whole, whatever the digit. 256 KB.
struct alignas(64) SignTable {
  std::uint64_t word[windows_of(kSignWindow)][2 * kWords][entries_of_window(kSignWindow)];
};

void cut_sign_table(const TableEntry* entries, SignTable& table);

// See KernelOperations::sign.
[[nodiscard]] bool sign(SignBatch& batch, std::size_t jobs, const SignTable& table, Scratch& scratch);

}  // namespace stirline::crypto::ifma
