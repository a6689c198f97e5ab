// Nonces lane by lane: a bit that leans, or a lane that follows another, gives keys away after some hundred signatures.
//
// All randomness is seeded, so every run counts the same.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "tests/support/p256_kernels.hpp"
#include "tests/unit/crypto_workers/p256/full_size.hpp"
#include "tests/unit/crypto_workers/p256/kernel_fixture.hpp"

namespace stirline::crypto::nonce_statistics_test {
namespace {

using Number = std::array<std::uint64_t, kWords>;

Number get(const JobWords& words, std::size_t job) {
  return {words[0][job], words[1][job], words[2][job], words[3][job]};
}

// How often each bit was one, lane by lane.
class BitCounts {
 public:
  void add(std::size_t lane, const Number& number) {
    ++numbers_[lane];
    for (std::size_t bit = 0; bit < kBits; ++bit) {
      ones_[lane][bit] += number[bit / 64] >> (bit % 64) & 1;
    }
  }

  // Bits further from one half than chance takes them: six standard deviations, once in 500 million bits.
  [[nodiscard]] std::size_t leaning() const {
    std::size_t count = 0;
    for (std::size_t lane = 0; lane < kKernelLanes; ++lane) {
      const auto numbers = static_cast<double>(numbers_[lane]);
      EXPECT_GT(numbers, 1'000.0);
      for (const std::uint64_t ones : ones_[lane]) {
        count += std::abs(2 * static_cast<double>(ones) - numbers) > 6 * std::sqrt(numbers) ? 1U : 0U;
      }
    }
    return count;
  }

 private:
  static constexpr std::size_t kBits = 256;
  std::array<std::uint64_t, kKernelLanes> numbers_{};
  std::array<std::array<std::uint64_t, kBits>, kKernelLanes> ones_{};
};

Number difference(const Number& a, const Number& b) {
  return {a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]};
}

class NonceStatistics : public testing::TestWithParam<test::P256Kernel> {
 protected:
  void SetUp() override {
    if (!GetParam().runs_here()) {
      GTEST_SKIP() << "this processor does not run " << GetParam().name;
    }
  }

  void fill(JobWords& words) {
    for (auto& word : words) {
      std::ranges::generate(word, [&] { return random(); });
    }
  }

  const KernelOperations& kernel = GetParam().operations();
  std::mt19937_64 random{17};
  std::unique_ptr<NonceBatch> batch = std::make_unique<NonceBatch>();
};
INSTANTIATE_TEST_SUITE_P(Kernels, NonceStatistics, testing::ValuesIn(test::kP256Kernels),
                         [](const auto& kernel) { return std::string(kernel.param.name); });

// One key and one digest, as in an attack; only the random words and the counter move.
TEST_P(NonceStatistics, NoBitLeansAndNoLaneFollowsAnother) {
  BitCounts alone;
  BitCounts with_next_lane;
  BitCounts with_batch_before;
  std::set<Number> seen;
  std::vector<Number> before(kKernelJobs);
  const std::size_t rounds = test::times(256, 8'192);
  for (std::size_t round = 0; round < rounds; ++round) {
    fill(batch->random);
    batch->counter = round * kKernelJobs;
    kernel.derive_nonces(*batch, kKernelJobs);
    for (std::size_t job = 0; job < kKernelJobs; ++job) {
      const Number nonce = get(batch->nonce, job);
      seen.insert(nonce);
      alone.add(job % kKernelLanes, nonce);
      with_next_lane.add(job % kKernelLanes, difference(nonce, get(batch->nonce, (job + 1) % kKernelJobs)));
      if (round != 0) {
        with_batch_before.add(job % kKernelLanes, difference(nonce, before[job]));
      }
      before[job] = nonce;
    }
  }
  EXPECT_EQ(seen.size(), rounds * kKernelJobs);
  EXPECT_EQ(alone.leaning(), 0U);
  EXPECT_EQ(with_next_lane.leaning(), 0U);
  EXPECT_EQ(with_batch_before.leaning(), 0U);
}

// The hedge: if the random words stand still, the counter, the digest and the key's prefix still part all nonces.
TEST_P(NonceStatistics, NoncesDifferThoughRandomWordsStandStill) {
  std::set<Number> seen;
  const auto derive = [&] {
    kernel.derive_nonces(*batch, kKernelJobs);
    for (std::size_t job = 0; job < kKernelJobs; ++job) {
      seen.insert(get(batch->nonce, job));
    }
  };
  derive();
  batch->counter = kKernelJobs;
  derive();
  std::ranges::fill(batch->digest[3], 1);
  derive();
  std::ranges::fill(batch->prefix[0], 1);
  derive();
  EXPECT_EQ(seen.size(), 4 * kKernelJobs);
}

// What leaves the engine, batches of every kind of end: r follows from the nonce alone.
TEST_P(NonceStatistics, NoBitOfRLeans) {
  const auto engine =
      BatchEngine::make(kernel, {.entropy = [&](std::span<std::uint8_t> out) {
                          std::ranges::generate(out, [&] { return static_cast<std::uint8_t>(random()); });
                          return true;
                        }});
  std::array<std::uint8_t, kScalarBytes> scalar{};
  scalar.fill(0x21);
  const auto key = engine->make_signing_key(scalar).value();
  BitCounts counts;
  std::set<Number> seen;
  std::size_t made = 0;
  const std::size_t rounds = test::times(160, 4'000);
  for (std::size_t round = 0; round < rounds; ++round) {
    const std::size_t count = kMaxBatch - round % (2 * kKernelLanes);
    std::vector<std::array<std::uint8_t, kSignatureBytes>> signatures(count);
    std::vector<SignRequest> requests(count);
    for (std::size_t i = 0; i < count; ++i) {
      requests[i] = {key.get(), test::octets("always the same"), signatures[i].data(), false};
    }
    engine->sign(requests);
    ASSERT_TRUE(std::ranges::all_of(requests, &SignRequest::done));
    made += count;
    for (std::size_t i = 0; i < count; ++i) {
      const Words r = words_from(std::span(signatures[i]).first<32>());
      const Number number = {r.word[0], r.word[1], r.word[2], r.word[3]};
      seen.insert(number);
      counts.add(i % kKernelLanes, number);
    }
  }
  EXPECT_EQ(seen.size(), made);
  EXPECT_EQ(counts.leaning(), 0U);
}

// The count itself is not blind: a bit that is stuck in one lane, and one that leans by a tenth, are found.
TEST(NonceCounts, FindLeaningBits) {
  std::mt19937_64 random(23);
  BitCounts counts;
  BitCounts fair;
  for (std::size_t i = 0; i < 32'768; ++i) {
    Number number = {random(), random(), random(), random()};
    fair.add(i % kKernelLanes, number);
    if (i % kKernelLanes == 5) {
      number[0] |= 8;
    }
    if (i % kKernelLanes == 2 && random() % 10 == 0) {
      number[3] &= ~(std::uint64_t{1} << 63);
    }
    counts.add(i % kKernelLanes, number);
  }
  EXPECT_EQ(fair.leaning(), 0U);
  EXPECT_EQ(counts.leaning(), 2U);
}

}  // namespace
}  // namespace stirline::crypto::nonce_statistics_test
