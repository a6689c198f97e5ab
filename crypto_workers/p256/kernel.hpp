// What a P-256 kernel does: whole batches of signatures, verifications, nonces and key tables, on plain arrays.
//
// The engine (batch_engine) knows keys, messages and policy; a kernel knows arithmetic only. Each tier of processors
// has one: ifma/ for AVX-512 IFMA, eight numbers in a vector; scalar/ for all others, one at a time. Arrays are laid
// out word by word, job by job (`word[i][job]`), as eight neighbouring jobs fill a vector.
//
// Plain structs only: see words.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto_workers/p256/curve.hpp"
#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kKernelJobs = 128;
inline constexpr std::size_t kKernelLanes = 8;  // jobs are worked off in groups of so many

using JobWords = std::uint64_t[kWords][kKernelJobs];
using JobBits = std::uint8_t[kKernelJobs / kKernelLanes];  // bit j % 8 of octet j / 8

// A point of a window table: affine, in the kernel's own form of field elements. One cache line.
struct alignas(64) TableEntry {
  std::uint64_t x[kWords];
  std::uint64_t y[kWords];
};

// Multiples of a point Q: entry [j][e] is (2 e + 1) 2^(w j) Q, for windows of w bits. Sums of one entry of each window,
// with signs, are all odd multiples of Q below 2^(w windows).
constexpr std::size_t windows_of(unsigned bits) {
  return (256 + bits - 1) / bits;
}
constexpr std::size_t entries_of_window(unsigned bits) {
  return std::size_t{1} << (bits - 1);
}
constexpr std::size_t table_entries(unsigned bits) {
  return windows_of(bits) * entries_of_window(bits);
}

inline constexpr std::size_t kTablesAtOnce = 8;
inline constexpr unsigned kLargestWindow = 12;  // bits
inline constexpr unsigned kSmallestKeyWindow = 5;
inline constexpr unsigned kLargestKeyWindow = 8;

// Jobs up to the next multiple of kKernelLanes must be filled: with copies of whole jobs, never with a nonce of their
// own.
struct alignas(64) SignBatch {
  JobWords nonce;   // 1..n-1; secret
  JobWords digest;  // any 256 bits
  JobWords scalar;  // of the key; secret
  JobWords r;       // out
  JobWords s;       // out
  JobBits good;     // out: r and s are not zero, R lies on the curve and s nonce = digest + r scalar
};

struct alignas(64) VerifyBatch {
  JobWords r;  // 1..n-1
  JobWords s;  // 1..n-1
  JobWords digest;
  const TableEntry* table[kKernelJobs];  // of the key; all of the same window
  JobBits valid;                         // out
  JobBits recheck;  // out: partial sums met, as whoever made the signature may arrange; the verdict is not known
};

// k = SHA-512(domain, counter, prefix, random, digest) mod n, for every job.
struct alignas(64) NonceBatch {
  JobWords prefix;  // of the key; secret
  JobWords random;  // secret
  JobWords digest;
  std::uint64_t counter;  // of the first job; counts up, below 2^40
  JobWords nonce;         // out; 0 has to be refused by the caller
};

// The entry points of a tier: plain functions, since what is built for other processors must share no inline code, not
// even a destructor, with the rest of the program. `memory` belongs to one thread at a time; `start` has prepared it.
// `jobs` is at most kKernelJobs.
struct KernelOperations {
  const char* name;
  std::size_t memory_bytes;  // zeroed, aligned to 64
  // Of it, what a full batch goes through: should fit the second-level cache. Tables of keys come on top.
  std::size_t sign_bytes;
  std::size_t verify_bytes;
  unsigned base_window;  // bits of the base point's windows in verification
  // Builds the tables of the base point. False if they fail their check: this tier must not be used then.
  bool (*start)(void* memory);
  // False if an addition had no answer: then nothing of the batch may be used. Constant time in all secrets; what it
  // wrote of them outside the tree of additions is wiped when it returns.
  bool (*sign)(void* memory, SignBatch& batch, std::size_t jobs);
  // `bits`: the window of the keys' tables, kSmallestKeyWindow..kLargestKeyWindow.
  void (*verify)(void* memory, VerifyBatch& batch, std::size_t jobs, unsigned bits);
  // Constant time.
  void (*derive_nonces)(NonceBatch& batch, std::size_t jobs);
  // Tables of up to kTablesAtOnce points of the curve, table_entries(bits) each. False if an entry came out off the
  // curve: then none may be used.
  bool (*build_tables)(void* memory, const AffinePoint* points, std::size_t count, unsigned bits,
                       TableEntry* const* tables);
  // Overwrites the tree of additions, which depends on the digits of the last nonces.
  void (*wipe)(void* memory);
};

}  // namespace stirline::crypto
