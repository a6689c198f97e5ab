// The signing path of a kernel with tainted secrets.
//
// No C++ library here: it knows nothing of taint.
#pragma once

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::taint {

// Says so and ends the program with status 1.
[[noreturn]] void give_up(const char* who, const char* what);

// Numbers that look random, the same in every run.
std::uint64_t next_number(std::uint64_t& state);

struct Work {
  crypto::NonceBatch nonces;
  crypto::SignBatch sign;
};

// The kernel's memory, started; for std::free.
void* started_memory(const crypto::KernelOperations& kernel);

// Numbers below 2^255 for all jobs; those behind the last one repeat it.
void fill(crypto::JobWords& words, std::size_t jobs, std::uint64_t& state);

// Nonces from tainted prefixes and random words, then signatures with these nonces and tainted keys. Gives up unless
// the taint arrives in every word of every nonce, r and s.
void sign(const crypto::KernelOperations& kernel, void* memory, Work& work, std::size_t jobs, std::uint64_t& state);

// Batches of several sizes. The checker ends the program if a secret tells by time.
void check_signing(const crypto::KernelOperations& kernel);

}  // namespace stirline::taint
