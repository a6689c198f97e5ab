// Partial sums that meet, in every addition of a verification: the lane is flagged, nobody else's is touched.
#include <array>
#include <memory>
#include <random>
#include <vector>

#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "tests/support/p256_adversary.hpp"
#include "tests/support/p256_kernels.hpp"
#include "tests/unit/crypto_workers/p256/kernel_fixture.hpp"

namespace stirline::crypto::meeting_sums_test {
namespace {

class MeetingSums : public testing::TestWithParam<std::tuple<test::P256Kernel, unsigned>> {
 protected:
  void SetUp() override {
    if (!std::get<0>(GetParam()).runs_here()) {
      GTEST_SKIP() << "this processor does not run " << std::get<0>(GetParam()).name;
    }
    memory = std::make_unique<LockedMemory>(kernel.memory_bytes);
    ASSERT_TRUE(kernel.start(memory->data()));
  }

  Words random_words() { return {{random(), random(), random(), random() >> 1}}; }

  void put(std::size_t job, const test::ChosenSignature& signature, const TableEntry* table) {
    test::put(batch->r, job, signature.r);
    test::put(batch->s, job, signature.s);
    test::put(batch->digest, job, signature.digest);
    batch->table[job] = table;
  }

  const KernelOperations& kernel = std::get<0>(GetParam()).operations();
  unsigned bits = std::get<1>(GetParam());
  test::Windows windows = {kernel.base_window, bits};
  std::unique_ptr<LockedMemory> memory;
  std::unique_ptr<VerifyBatch> batch = std::make_unique<VerifyBatch>();
  std::mt19937_64 random{29};
};
INSTANTIATE_TEST_SUITE_P(Kernels, MeetingSums,
                         testing::Combine(testing::ValuesIn(test::kP256Kernels), testing::Values(5U, 6U, 7U, 8U)),
                         [](const auto& suite) {
                           return std::get<0>(suite.param).name + std::string("_") +
                                  std::to_string(std::get<1>(suite.param)) + "bits";
                         });

TEST_P(MeetingSums, AreFlaggedInEveryAdditionAndDisturbNobody) {
  constexpr std::size_t kJobs = 2 * kKernelLanes;
  const auto made = test::signature_of(random_words(), random_words(), random_words());
  if (!made) {
    FAIL() << "these numbers make no signature";
  }
  const test::ChosenSignature& honest = *made;
  std::vector<TableEntry> honest_table(table_entries(bits));
  std::vector<TableEntry> hostile_table(table_entries(bits));
  std::size_t met = 0;
  for (std::size_t addition = 0; addition < test::additions_of(windows); ++addition) {
    for (const test::Meeting meeting : {test::Meeting::equal, test::Meeting::opposite}) {
      const Words u1 = random_words();
      const Words u2 = random_words();
      const auto scalar = test::scalar_that_meets(u1, u2, windows, addition, meeting);
      if (!scalar) {
        continue;  // both sums are of one table alone
      }
      const auto hostile = test::signature_of(*scalar, u1, u2);
      const bool last = addition + 1 == test::additions_of(windows);
      ASSERT_EQ(hostile.has_value(), !last || meeting == test::Meeting::equal);  // else it leads to infinity
      if (!hostile) {
        continue;
      }
      const std::array<AffinePoint, 2> points = {honest.point, hostile->point};
      const std::array<TableEntry*, 2> tables = {honest_table.data(), hostile_table.data()};
      ASSERT_TRUE(kernel.build_tables(memory->data(), points.data(), points.size(), bits, tables.data()));
      for (std::size_t job = 0; job < kJobs; ++job) {
        put(job, honest, honest_table.data());
      }
      const std::size_t place = (addition * 2 + met) % kJobs;
      put(place, *hostile, hostile_table.data());
      kernel.verify(memory->data(), *batch, kJobs, bits);
      for (std::size_t job = 0; job < kJobs; ++job) {
        EXPECT_EQ(test::bit(batch->recheck, job), job == place) << addition << " " << job;
        EXPECT_EQ(test::bit(batch->valid, job), job != place) << addition << " " << job;
      }
      ++met;
    }
  }
  EXPECT_GT(met, test::additions_of(windows));  // most additions, in both ways
}

}  // namespace
}  // namespace stirline::crypto::meeting_sums_test
