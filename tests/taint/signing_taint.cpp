// Runs the signing path of every kernel with tainted secrets under MemorySanitizer, which ends the program with a
// report as soon as a branch or an address depends on one.
//
//   signing_taint             nonces and signatures of all kernels this processor runs; 77 if it runs none
//   signing_taint CONTROL     must be reported: `branch` on a bit of s, `table` read by a digit of a nonce, `kernel`:
//                             a verification (which looks up tables by what it verifies) of a tainted digest
//
// No C++ library here: it is not instrumented.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sanitizer/msan_interface.h>

#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/ifma/kernel.hpp"
#include "crypto_workers/p256/kernel.hpp"

namespace stirline::taint {
namespace {

using namespace stirline::crypto;

constexpr int kSkipped = 77;  // what meson takes for a skipped test
constexpr std::size_t kSizes[] = {1, 8, 9, 24, 25, kKernelJobs};
constexpr int kRounds = 3;  // of different secrets: what MemorySanitizer sees depends on values a little

struct Kernel {
  const KernelOperations* operations;
  bool runs;
};

struct Work {
  NonceBatch nonces;
  SignBatch sign;
};

[[noreturn]] void give_up(const char* kernel, const char* what) {
  std::fprintf(stderr, "%s: %s\n", kernel, what);
  std::exit(1);
}

// Numbers that look random, the same in every run (Vigna's splitmix64).
std::uint64_t next_number(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

std::size_t whole_lanes(std::size_t jobs) {
  return (jobs + kKernelLanes - 1) / kKernelLanes * kKernelLanes;
}

// Jobs behind the last one repeat it, as the engine has it.
void fill(JobWords& words, std::size_t jobs, std::uint64_t& state) {
  for (auto& word : words) {
    for (std::size_t job = 0; job < kKernelJobs; ++job) {
      word[job] = job < jobs ? next_number(state) >> 1 : word[jobs - 1];
    }
  }
}

bool tainted(const JobWords& words, std::size_t jobs) {
  bool all = true;
  for (const auto& word : words) {
    for (std::size_t job = 0; job < jobs; ++job) {
      all = all && __msan_test_shadow(&word[job], sizeof word[job]) == 0;
    }
  }
  return all;
}

void* started_memory(const KernelOperations& kernel) {
  void* const memory = std::aligned_alloc(64, (kernel.memory_bytes + 63) / 64 * 64);
  if (memory == nullptr) {
    give_up(kernel.name, "no memory");
  }
  std::memset(memory, 0, kernel.memory_bytes);
  if (!kernel.start(memory)) {
    give_up(kernel.name, "does not start");
  }
  return memory;
}

// Nonces from tainted prefixes and random words, then signatures with these nonces and tainted keys.
void sign(const KernelOperations& kernel, void* memory, Work& work, std::size_t jobs, std::uint64_t& state) {
  std::memset(&work, 0, sizeof work);
  work.nonces.counter = jobs;
  fill(work.nonces.prefix, jobs, state);
  fill(work.nonces.random, jobs, state);
  fill(work.nonces.digest, jobs, state);
  __msan_poison(work.nonces.prefix, sizeof work.nonces.prefix);
  __msan_poison(work.nonces.random, sizeof work.nonces.random);
  kernel.derive_nonces(work.nonces, whole_lanes(jobs));
  if (!tainted(work.nonces.nonce, jobs)) {
    give_up(kernel.name, "the taint does not reach the nonces: this check is blind");
  }
  std::memcpy(work.sign.nonce, work.nonces.nonce, sizeof work.sign.nonce);
  std::memcpy(work.sign.digest, work.nonces.digest, sizeof work.sign.digest);
  fill(work.sign.scalar, jobs, state);
  for (auto& word : work.sign.nonce) {
    for (std::size_t job = jobs; job < kKernelJobs; ++job) {
      word[job] = word[jobs - 1];
    }
  }
  __msan_poison(work.sign.nonce, sizeof work.sign.nonce);
  __msan_poison(work.sign.scalar, sizeof work.sign.scalar);
  if (!kernel.sign(memory, work.sign, jobs)) {
    give_up(kernel.name, "refuses the batch");
  }
  if (!tainted(work.sign.r, jobs) || !tainted(work.sign.s, jobs)) {
    give_up(kernel.name, "the taint does not reach the signatures: this check is blind");
  }
}

void check(const KernelOperations& kernel) {
  void* const memory = started_memory(kernel);
  static Work work;
  std::uint64_t state = 1;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::size_t jobs : kSizes) {
      sign(kernel, memory, work, jobs, state);
    }
  }
  // The signatures were good ones: what was watched is what signs.
  __msan_unpoison(&work, sizeof work);
  for (const std::uint8_t good : work.sign.good) {
    if (good != 0xff) {
      give_up(kernel.name, "signs wrongly");
    }
  }
  std::free(memory);
  std::printf("%s: no branch and no address depends on a secret\n", kernel.name);
}

// Each of these must end the program.
void control(const KernelOperations& kernel, const char* which) {
  void* const memory = started_memory(kernel);
  static Work work;
  std::uint64_t state = 1;
  sign(kernel, memory, work, kKernelLanes, state);
  if (std::strcmp(which, "branch") == 0) {
    if ((work.sign.s[0][3] & 4) != 0) {
      std::puts("a bit of s is set");
    }
  } else if (std::strcmp(which, "table") == 0) {
    static volatile std::uint8_t table[256];
    static_cast<void>(table[work.sign.nonce[1][5] & 0xff]);
  } else if (std::strcmp(which, "kernel") == 0) {
    static TableEntry entries[table_entries(5)];
    static VerifyBatch verify;
    TableEntry* const tables[] = {entries};
    const AffinePoint base_point = {{{0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247}},
                                    {{0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b}}};
    if (!kernel.build_tables(memory, &base_point, 1, 5, tables)) {
      give_up(kernel.name, "builds no table");
    }
    fill(verify.r, kKernelLanes, state);
    fill(verify.s, kKernelLanes, state);
    for (const TableEntry*& table : verify.table) {
      table = entries;
    }
    __msan_poison(verify.digest, sizeof verify.digest);
    kernel.verify(memory, verify, kKernelLanes, 5);
  }
  std::free(memory);
}

}  // namespace

}  // namespace stirline::taint

int main(int argc, char** argv) {
  using namespace stirline;
  const taint::Kernel kernels[] = {{&crypto::ifma::kernel(), crypto::has_ifma()}};
  bool checked = false;
  for (const auto& [operations, runs] : kernels) {
    if (!runs) {
      std::printf("%s: not on this processor\n", operations->name);
    } else if (argc > 1) {
      taint::control(*operations, argv[1]);
      checked = true;
    } else {
      taint::check(*operations);
      checked = true;
    }
  }
  return checked ? 0 : taint::kSkipped;
}
