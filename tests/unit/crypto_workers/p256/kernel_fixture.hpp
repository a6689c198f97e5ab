// A started kernel with its memory, and numbers in and out of its batches.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/p256/locked_memory.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "tests/support/p256_kernels.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::test {

// The number that `hex` spells; of a longer one the leftmost 256 bits, as ECDSA takes digests (FIPS 186-5 6.4.1).
inline crypto::Words words_of(std::string hex) {
  hex = hex.size() > 64 ? hex.substr(0, 64) : std::string(64 - hex.size(), '0') + hex;
  std::array<std::uint8_t, 32> octets{};
  std::ranges::copy(from_hex(hex), octets.begin());
  return crypto::words_from(octets);
}

inline void put(crypto::JobWords& words, std::size_t job, const crypto::Words& value) {
  for (std::size_t i = 0; i < crypto::kWords; ++i) {
    words[i][job] = value.word[i];
  }
}

inline bool holds(const crypto::JobWords& words, std::size_t job, const crypto::Words& value) {
  bool same = true;
  for (std::size_t i = 0; i < crypto::kWords; ++i) {
    same = same && words[i][job] == value.word[i];
  }
  return same;
}

inline bool bit(const crypto::JobBits& bits, std::size_t job) {
  return (bits[job / 8] >> (job % 8) & 1U) != 0;
}

inline std::string name_of(const testing::TestParamInfo<P256Kernel>& info) {
  return info.param.name;
}

class KernelTest : public testing::TestWithParam<P256Kernel> {
 protected:
  void SetUp() override {
    if (!GetParam().runs_here()) {
      GTEST_SKIP() << "this processor cannot run " << GetParam().name;
    }
    memory = std::make_unique<crypto::LockedMemory>(kernel.memory_bytes);
    ASSERT_TRUE(kernel.start(memory->data()));
  }

  const crypto::KernelOperations& kernel = GetParam().operations();
  std::unique_ptr<crypto::LockedMemory> memory;
};

}  // namespace stirline::test
