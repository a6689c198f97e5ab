// What signing and verifying in batches share: the kernel with its memory, the tables of keys, the hash, the refuge,
// and the record of what went wrong. One crypto core owns it; the counters may be read by any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/batch_keys.hpp"
#include "crypto_workers/p256/kernel.hpp"
#include "crypto_workers/p256/key_tables.hpp"
#include "crypto_workers/p256/locked_memory.hpp"
#include "crypto_workers/p256/message_hash.hpp"

namespace stirline::crypto {

inline constexpr unsigned kSmallTable = kSmallestKeyWindow;
inline constexpr unsigned kLargeTable = kLargestKeyWindow;

inline void set(JobWords& words, std::size_t job, const Words& value) {
  for (std::size_t i = 0; i < kWords; ++i) {
    words[i][job] = value.word[i];
  }
}

inline Words get(const JobWords& words, std::size_t job) {
  return {{words[0][job], words[1][job], words[2][job], words[3][job]}};
}

inline bool bit_of(const JobBits& bits, std::size_t job) {
  return (bits[job / kKernelLanes] >> (job % kKernelLanes) & 1U) != 0;
}

inline std::size_t whole_lanes(std::size_t jobs) {
  return (jobs + kKernelLanes - 1) / kKernelLanes * kKernelLanes;
}

// What a verification is about, apart from the key.
struct SignatureClaim {
  Words r{};
  Words s{};
  Words digest{};
};

// A claim known to be good, and its key, which should get a table.
struct Candidate {
  PublicPart* key = nullptr;
  SignatureClaim claim;
};

// At most kTablesAtOnce different keys.
class Candidates {
 public:
  void add(const Candidate& candidate, std::size_t limit);
  [[nodiscard]] std::span<const Candidate> all() const { return std::span(list_).first(count_); }

 private:
  std::array<Candidate, kTablesAtOnce> list_{};
  std::size_t count_ = 0;
};

class BatchContext {
 public:
  BatchContext(const KernelOperations& the_kernel, BatchEngineOptions the_options);

  // At the start of every batch.
  void next_batch() { ++batch_number; }
  // A result of the kernel was wrong. The third time it is not used again.
  void fault();
  void distrust() { trusted.store(false, std::memory_order_relaxed); }
  [[nodiscard]] bool trusts_kernel() const { return trusted.load(std::memory_order_relaxed); }

  void set_claim(std::size_t job, const SignatureClaim& claim, const TableEntry* table);
  // Has the kernel judge claims 0 .. jobs - 1: see claims.valid and .recheck.
  void judge_claims(std::size_t jobs, unsigned bits);

  // A table is published only if it finds the candidate's claim good. False: the kernel has erred.
  [[nodiscard]] bool build_tables(const Candidates& candidates, unsigned bits);

  const KernelOperations& kernel;
  const BatchEngineOptions options;
  LockedMemory kernel_memory;
  VerifyBatch claims{};
  KeyTables tables;
  MessageHash hash;
  std::array<HashJob, kKernelJobs> hash_jobs{};
  std::unique_ptr<Engine> refuge;
  std::uint64_t batch_number = 0;

  // EngineCounters, told under their names there.
  std::atomic<std::uint64_t> faults{0};
  std::atomic<std::uint64_t> met_sums{0};
  std::atomic<std::uint64_t> barred{0};
  std::atomic<std::uint64_t> cold{0};
  std::atomic<std::uint64_t> tables_built{0};
  std::atomic<std::uint64_t> nonce_failures{0};
  std::atomic<bool> trusted{true};
};

}  // namespace stirline::crypto
