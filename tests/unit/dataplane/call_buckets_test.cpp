// How many calls a rule is good for (SPIT-PL-03).
#include "dataplane/poll/call_buckets.hpp"

#include <gtest/gtest.h>

namespace stirline::dataplane::call_buckets_test {
namespace {

constexpr std::uint64_t kSecond = 3'000'000'000;  // cycles
constexpr std::uint64_t kStart = 1'000 * kSecond;
constexpr std::uint64_t kKey = 0x1234'5678'9ABC'DEF1;

unsigned taken(CallBuckets& buckets, std::uint64_t key, std::uint16_t per_second, std::uint64_t now) {
  unsigned count = 0;
  for (; count < 1'000 && buckets.has_call(key, per_second, now); ++count) {
    EXPECT_TRUE(buckets.take(key, per_second, now));
  }
  return count;
}

TEST(CallBuckets, HoldWhatIsAllowedInASecond) {
  for (const std::uint16_t rate : {std::uint16_t{1}, std::uint16_t{7}, std::uint16_t{300}}) {
    CallBuckets buckets(16, SOCKET_ID_ANY, kSecond);
    EXPECT_EQ(taken(buckets, kKey, rate, kStart), rate);
    EXPECT_EQ(taken(buckets, kKey, rate, kStart), 0U);
    EXPECT_EQ(taken(buckets, kKey, rate, kStart + kSecond / rate), 1U) << "they come back one by one";
    EXPECT_EQ(taken(buckets, kKey, rate, kStart + 3 * kSecond), rate) << "and never gather";
    EXPECT_EQ(taken(buckets, kKey + (std::uint64_t{1} << 32), rate, kStart + 3 * kSecond), rate) << "each has its own";
  }
}

TEST(CallBuckets, ADocumentMayChangeTheLimit) {
  CallBuckets buckets(16, SOCKET_ID_ANY, kSecond);
  EXPECT_EQ(taken(buckets, kKey, 10, kStart), 10U);
  EXPECT_EQ(taken(buckets, kKey, 2, kStart), 0U);
  EXPECT_EQ(taken(buckets, kKey, 2, kStart + kSecond), 2U);
  EXPECT_EQ(taken(buckets, kKey, 65'535, kStart + kSecond), 0U);
}

TEST(CallBuckets, OfOnePlaceWhoOwesLeastGivesWay) {
  CallBuckets buckets(4, SOCKET_ID_ANY, kSecond);  // one place
  for (std::uint64_t key = 1; key <= 4; ++key) {
    EXPECT_EQ(taken(buckets, key, static_cast<std::uint16_t>(key == 2 ? 1'000 : 2), kStart), key == 2 ? 1'000U : 2U);
  }
  EXPECT_FALSE(buckets.take(5, 2, kStart)) << "somebody still owed";
  EXPECT_TRUE(buckets.has_call(5, 2, kStart));
  EXPECT_TRUE(buckets.take(6, 2, kStart + 5 * kSecond)) << "nobody owes any more";
}

}  // namespace
}  // namespace stirline::dataplane::call_buckets_test
