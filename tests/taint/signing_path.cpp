#include "tests/taint/signing_path.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/taint/checker.hpp"

namespace stirline::taint {
namespace {

using namespace stirline::crypto;

// One vector of jobs and less, some, the most; around where kernels take other ways.
constexpr std::size_t kSizes[] = {1, 8, 9, 24, 25, kKernelJobs};
constexpr int kRounds = 3;  // of different secrets: what MemorySanitizer sees depends on values a little

std::size_t whole_lanes(std::size_t jobs) {
  return (jobs + kKernelLanes - 1) / kKernelLanes * kKernelLanes;
}

bool all_tainted(const JobWords& words, std::size_t jobs) {
  bool all = true;
  for (const auto& word : words) {
    for (std::size_t job = 0; job < jobs; ++job) {
      all = tainted(&word[job], sizeof word[job]) && all;
    }
  }
  return all;
}

}  // namespace

void give_up(const char* who, const char* what) {
  std::fprintf(stderr, "%s: %s\n", who, what);
  std::exit(1);
}

std::uint64_t next_number(std::uint64_t& state) {  // Vigna's splitmix64
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
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

void fill(JobWords& words, std::size_t jobs, std::uint64_t& state) {
  for (auto& word : words) {
    for (std::size_t job = 0; job < kKernelJobs; ++job) {
      word[job] = job < jobs ? next_number(state) >> 1 : word[jobs - 1];
    }
  }
}

void sign(const KernelOperations& kernel, void* memory, Work& work, std::size_t jobs, std::uint64_t& state) {
  std::memset(&work, 0, sizeof work);
  work.nonces.counter = jobs;
  fill(work.nonces.prefix, jobs, state);
  fill(work.nonces.random, jobs, state);
  fill(work.nonces.digest, jobs, state);
  taint(work.nonces.prefix, sizeof work.nonces.prefix);
  taint(work.nonces.random, sizeof work.nonces.random);
  kernel.derive_nonces(work.nonces, whole_lanes(jobs));
  if (!all_tainted(work.nonces.nonce, jobs)) {
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
  taint(work.sign.nonce, sizeof work.sign.nonce);
  taint(work.sign.scalar, sizeof work.sign.scalar);
  if (!kernel.sign(memory, work.sign, jobs)) {
    give_up(kernel.name, "refuses the batch");
  }
  if (!all_tainted(work.sign.r, jobs) || !all_tainted(work.sign.s, jobs)) {
    give_up(kernel.name, "the taint does not reach the signatures: this check is blind");
  }
}

void check_signing(const KernelOperations& kernel) {
  void* const memory = started_memory(kernel);
  static Work work;
  std::uint64_t state = 1;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::size_t jobs : kSizes) {
      sign(kernel, memory, work, jobs, state);
      // They are good ones: what was watched is what signs.
      cleanse(&work, sizeof work);
      for (std::size_t job = 0; job < jobs; ++job) {
        if ((work.sign.good[job / kKernelLanes] >> job % kKernelLanes & 1) == 0) {
          give_up(kernel.name, "signs wrongly");
        }
      }
    }
  }
  std::free(memory);
}

}  // namespace stirline::taint
