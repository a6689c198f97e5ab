// Histograms of added delay: the buckets, what quantiles read off them are worth, and when the meter counts what.
#include "dataplane/delay_histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <rte_cycles.h>

#include "dataplane/core_load.hpp"
#include "dataplane/poll/delay_meter.hpp"

namespace stirline::dataplane::delay_histogram_test {
namespace {

using config::wire::delay_bound;
using config::wire::delay_bucket;
using config::wire::delay_quantile;
using config::wire::kDelayBuckets;

constexpr std::uint64_t kShortest = 128;
constexpr std::uint64_t kLongest = std::uint64_t{1} << 34;
using Counts = std::array<std::uint64_t, kDelayBuckets>;

Counts counts_of(const DelayHistogram& histogram) {
  Counts counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = histogram.bucket(i);
  }
  return counts;
}

std::uint64_t count_of(const DelayHistogram& histogram) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts_of(histogram)) {
    sum += count;
  }
  return sum;
}

TEST(DelayBuckets, FollowOneAnotherWithoutAGap) {
  EXPECT_EQ(delay_bound(0), kShortest);
  EXPECT_EQ(delay_bound(kDelayBuckets - 2), kLongest);
  EXPECT_EQ(delay_bucket(0), 0U);
  for (std::size_t i = 0; i + 1 < kDelayBuckets; ++i) {
    EXPECT_EQ(delay_bucket(delay_bound(i)), i) << "a bound belongs to the bucket that it ends";
    EXPECT_EQ(delay_bucket(delay_bound(i) + 1), i + 1);
    if (i > 0) {
      EXPECT_LE((delay_bound(i) - delay_bound(i - 1)) * 4, delay_bound(i - 1)) << "a quarter wide at most";
    }
  }
  EXPECT_EQ(delay_bucket(UINT64_MAX), kDelayBuckets - 1);
}

TEST(DelayBuckets, EachDelayLiesWithinItsBucket) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t ns = random() >> (random() % 64);
    const std::size_t bucket = delay_bucket(ns);
    ASSERT_LT(bucket, kDelayBuckets);
    EXPECT_TRUE(bucket == 0 || ns > delay_bound(bucket - 1)) << ns;
    EXPECT_TRUE(bucket + 1 == kDelayBuckets || ns <= delay_bound(bucket)) << ns;
  }
}

// The promise: at most an eighth off what a sort of all delays says.
TEST(DelayHistogram, QuantilesAreWithinAnEighthOfAnExactSort) {
  std::mt19937_64 random(42);
  std::lognormal_distribution<double> around_50us(std::log(50'000.0), 1.2);
  std::uniform_int_distribution<std::uint64_t> anywhere(kShortest, 3'000'000);
  for (int round = 0; round < 40; ++round) {
    DelayHistogram histogram;
    std::vector<std::uint64_t> exact(1'000 + 37 * static_cast<std::size_t>(round));
    std::uint64_t sum = 0;
    for (std::uint64_t& delay : exact) {
      delay = round % 2 == 0 ? anywhere(random)
                             : std::clamp(static_cast<std::uint64_t>(around_50us(random)), kShortest, kLongest);
      histogram.add(delay);
      sum += delay;
    }
    std::ranges::sort(exact);
    EXPECT_EQ(histogram.sum_ns(), sum);
    EXPECT_EQ(count_of(histogram), exact.size());
    for (const double quantile : {0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const double rank = std::ceil(quantile * static_cast<double>(exact.size()));
      const std::uint64_t sorted = exact[static_cast<std::size_t>(rank) - 1];
      const std::uint64_t read = delay_quantile(counts_of(histogram), quantile);
      EXPECT_EQ(delay_bucket(read), delay_bucket(sorted));
      EXPECT_LE(8 * (read > sorted ? read - sorted : sorted - read), sorted) << quantile << " of " << exact.size();
    }
  }
}

TEST(DelayHistogram, NothingCountedHasNoQuantile) {
  DelayHistogram histogram;
  EXPECT_EQ(delay_quantile(counts_of(histogram), 0.5), 0U);
  histogram.add(UINT64_MAX / 2, 2);
  EXPECT_EQ(delay_quantile(counts_of(histogram), 0.5), kLongest) << "the last bucket has no middle";
  EXPECT_EQ(histogram.bucket(kDelayBuckets - 1), 2U);
}

TEST(CycleScale, IsExactToAMillionth) {
  for (const std::uint64_t hz : {1'000'000'000ULL, 2'000'000'123ULL, 2'899'998'000ULL, 5'000'000'000ULL}) {
    const CycleScale scale(hz);
    for (const std::uint64_t cycles : {0ULL, 1'000ULL, 123'456'789ULL, 1ULL << 38}) {
      const double exact = static_cast<double>(cycles) * 1e9 / static_cast<double>(hz);
      EXPECT_NEAR(static_cast<double>(scale.ns(cycles)), exact, 1 + exact * 2e-6) << hz;
    }
    EXPECT_EQ(scale.ns(UINT64_MAX), scale.ns(std::uint64_t{1} << 38));
  }
}

class Meter : public testing::Test {
 protected:
  [[nodiscard]] std::uint64_t count(DelayPath path) const { return count_of(meter_.histogram(path)); }
  [[nodiscard]] std::uint64_t sum(DelayPath path) const { return meter_.histogram(path).sum_ns(); }

  DelayMeter meter_{1'000'000'000};  // a cycle is a nanosecond
};

TEST_F(Meter, CountsAMessageWhenTheQueuesAreFlushed) {
  meter_.begin_burst(1'000);
  meter_.sent(DelayPath::passed, meter_.arrived());
  meter_.begin_burst(1'500);
  meter_.sent(DelayPath::signing, 200);
  EXPECT_EQ(count(DelayPath::passed), 0U);
  meter_.flushed(2'000);
  EXPECT_EQ(count(DelayPath::passed), 1U);
  EXPECT_EQ(sum(DelayPath::passed), 1'000U);
  EXPECT_EQ(sum(DelayPath::signing), 1'800U);
  meter_.flushed(9'000);
  EXPECT_EQ(count(DelayPath::passed) + count(DelayPath::signing), 2U) << "each once";
}

TEST_F(Meter, CountsWhatIsNotOursAsOneSumABurst) {
  meter_.begin_burst(1'000);
  meter_.bypass(1);
  meter_.bypass(3);
  EXPECT_EQ(meter_.end_burst(), 4U);
  meter_.begin_burst(1'100);
  EXPECT_EQ(meter_.end_burst(), 0U);
  meter_.flushed(1'600);
  EXPECT_EQ(count(DelayPath::bypassed), 4U);
  EXPECT_EQ(sum(DelayPath::bypassed), 4 * 600U);
}

TEST_F(Meter, LosesNothingBetweenTwoFlushes) {
  const std::uint64_t now = rte_rdtsc();
  meter_.begin_burst(now);
  for (int i = 0; i < 1'000; ++i) {
    meter_.sent(DelayPath::verifying, now);
  }
  meter_.flushed(rte_rdtsc());
  EXPECT_EQ(count(DelayPath::verifying), 1'000U);
}

TEST_F(Meter, AClockThatIsBehindCountsAsNoDelay) {
  meter_.sent(DelayPath::passed, 500);
  meter_.flushed(400);
  EXPECT_EQ(count(DelayPath::passed), 1U);
  EXPECT_EQ(sum(DelayPath::passed), 0U);
}

TEST(CoreLoad, SharesTheTimeBetweenWorkAndRest) {
  CoreLoad load;
  load.begin(1'000);
  load.end_turn(1'300, true);
  load.end_turn(1'350, false);
  load.begin(2'000);  // it slept
  load.end_turn(2'500, true);
  EXPECT_EQ(load.busy_cycles(), 800U);
  EXPECT_EQ(load.idle_cycles(), 700U);
  EXPECT_EQ(load.busy_cycles() + load.idle_cycles(), 2'500U - 1'000U) << "no cycle is lost";
}

}  // namespace
}  // namespace stirline::dataplane::delay_histogram_test
