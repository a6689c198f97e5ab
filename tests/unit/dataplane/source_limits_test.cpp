// What a source may begin (INL-AV-02).
#include "dataplane/poll/source_limits.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace stirline::dataplane::source_limits_test {
namespace {

constexpr std::uint64_t kSecond = 2'000'000'000;  // TSC cycles

config::IpAddress address(const std::string& text) {
  return *config::parse_address(text);
}

config::IpAddress numbered(std::uint32_t number) {
  config::IpAddress made;
  made.octets = {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                 static_cast<std::uint8_t>(number)};
  return made;
}

struct Rate {
  std::uint32_t per_second = 1;
  std::uint32_t burst = 1;
};

SourceLimits::Taken take(SourceLimits& limits, const config::IpAddress& source, const Rate& rate, std::uint64_t now,
                         std::string_view trunk = "peer") {
  return limits.take(
      {.source = source, .trunk = trunk, .per_second = rate.per_second, .burst = rate.burst, .now_cycles = now});
}

bool passes(SourceLimits& limits, const config::IpAddress& source, const Rate& rate, std::uint64_t now,
            std::string_view trunk = "peer") {
  return !take(limits, source, rate, now, trunk).over;
}

// A bucket as the books have it: a level that rises with time and is cut off at the brim.
class Bucket {
 public:
  explicit Bucket(const Rate& rate) : cost_(kSecond / rate.per_second), brim_(cost_ * rate.burst), level_(brim_) {}
  bool take(std::uint64_t now) {
    level_ = std::min(brim_, level_ + (now - at_));
    at_ = now;
    if (level_ < cost_) {
      return false;
    }
    level_ -= cost_;
    return true;
  }

 private:
  std::uint64_t cost_;
  std::uint64_t brim_;
  std::uint64_t level_;
  std::uint64_t at_ = 0;
};

TEST(SourceLimits, ABucketIsWhatTheBooksSay) {
  std::mt19937_64 random(1);
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 200; ++round) {
    const Rate rate{.per_second = 1 + static_cast<std::uint32_t>(random() % (round % 2 == 0 ? 20 : 1'000'000)),
                    .burst = 1 + static_cast<std::uint32_t>(random() % 30)};
    SourceLimits limits(16, SOCKET_ID_ANY, 1, kSecond);
    Bucket bucket(rate);
    std::uint64_t now = 1 + random() % kSecond;
    const std::uint64_t stride = 1 + 2 * kSecond / rate.per_second;
    for (int i = 0; i < 500; ++i) {
      now += random() % 50 == 0 ? random() % (stride * 40) : random() % stride / 2;
      const bool expected = bucket.take(now);
      ASSERT_EQ(passes(limits, address("192.0.2.1"), rate, now), expected) << round << " " << i;
      ++(expected ? taken : refused);
    }
  }
  EXPECT_GT(taken, 10'000U);
  EXPECT_GT(refused, 10'000U);
}

TEST(SourceLimits, AFloodGetsItsRateAndNobodyElseLosesAnything) {
  const Rate rate{.per_second = 10, .burst = 5};
  SourceLimits limits(1'024, SOCKET_ID_ANY, 1, kSecond);
  std::uint32_t flooded = 0;
  std::uint64_t now = kSecond;
  for (int i = 0; i < 100'000; ++i, now += kSecond / 10'000) {  // ten seconds of it
    flooded += passes(limits, address("198.51.100.20"), rate, now) ? 1U : 0U;
    if (i % 1'000 == 0) {
      EXPECT_TRUE(passes(limits, address("198.51.100.21"), rate, now)) << "just its rate";
    }
    if (i % 100 == 0) {
      EXPECT_TRUE(passes(limits, numbered(static_cast<std::uint32_t>(i)), rate, now)) << "never heard of before";
    }
  }
  EXPECT_GE(flooded, 5U + 10U * 10U - 1U);
  EXPECT_LE(flooded, 5U + 10U * 10U + 1U);
}

TEST(SourceLimits, ASourceIsAnAddressOrASlash64OnOneTrunk) {
  const Rate once;
  SourceLimits limits(1'024, SOCKET_ID_ANY, 1, kSecond);
  EXPECT_TRUE(passes(limits, address("198.51.100.20"), once, kSecond));
  EXPECT_FALSE(passes(limits, address("198.51.100.20"), once, kSecond));
  EXPECT_TRUE(passes(limits, address("198.51.100.21"), once, kSecond));
  EXPECT_TRUE(passes(limits, address("198.51.100.20"), once, kSecond, "other"));
  EXPECT_TRUE(passes(limits, address("2001:db8:1:2::1"), once, kSecond));
  EXPECT_FALSE(passes(limits, address("2001:db8:1:2:ffff::9"), once, kSecond)) << "the same /64";
  EXPECT_TRUE(passes(limits, address("2001:db8:1:3::1"), once, kSecond));
  EXPECT_TRUE(passes(limits, address("0:0:c633:6414::1"), once, kSecond)) << "198.51.100.20 by its octets";
  EXPECT_EQ(limits.used(), 6U);
  EXPECT_EQ(to_string(source_prefix(address("2001:db8:1:2:ffff::9"))), "2001:db8:1:2::/64");
}

TEST(SourceLimits, WhoWasNotHeardOfForLongestMakesWay) {
  const Rate rate{.per_second = 1, .burst = 2};
  SourceLimits limits(4, SOCKET_ID_ANY, 1, kSecond);
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(passes(limits, numbered(i), rate, kSecond));
  }
  EXPECT_TRUE(passes(limits, numbered(0), rate, kSecond));
  EXPECT_FALSE(passes(limits, numbered(0), rate, kSecond)) << "a refusal is heard too";
  const std::uint64_t later = kSecond + kSecond / 2;
  EXPECT_TRUE(take(limits, numbered(4), rate, later).forgot) << "1 goes, and owes for half a second more";
  EXPECT_FALSE(passes(limits, numbered(0), rate, later)) << "it is still known";
  EXPECT_FALSE(take(limits, numbered(9), rate, 10 * kSecond).forgot) << "2 has paid by then";
  EXPECT_EQ(limits.used(), 4U);
}

// Nobody gets a fresh bucket by having himself pushed out: the newcomer has the debt of whom he pushes out.
TEST(SourceLimits, PushingOutResetsNoBucket) {
  const Rate rate{.per_second = 1, .burst = 3};
  constexpr std::uint32_t kPlaces = 8;
  SourceLimits limits(kPlaces, SOCKET_ID_ANY, 1, kSecond);
  std::mt19937 random(1);
  std::uint32_t passed = 0;
  for (int i = 0; i < 20'000; ++i) {  // all at one moment
    passed += passes(limits, numbered(static_cast<std::uint32_t>(random() % 5'000)), rate, kSecond) ? 1U : 0U;
  }
  EXPECT_EQ(passed, kPlaces * rate.burst);

  // Through the whole table and back, each time with a message from everybody else.
  std::uint64_t now = 100 * kSecond;
  passed = 0;
  for (std::uint32_t round = 0; round < 100; ++round) {
    for (std::uint32_t each = 0; each <= kPlaces; ++each, now += kSecond / 1'000) {
      passed += passes(limits, numbered(each), rate, now) ? 1U : 0U;
    }
  }
  EXPECT_LE(passed, kPlaces * (rate.burst + 1)) << "0.9 seconds: one token more for each place at most";
}

TEST(SourceLimits, ASmallerBucketCountsAtOnce) {
  SourceLimits limits(4, SOCKET_ID_ANY, 1, kSecond);
  const Rate large{.per_second = 1, .burst = 100};
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(passes(limits, numbered(1), large, kSecond));
  }
  EXPECT_FALSE(passes(limits, numbered(1), {.per_second = 1, .burst = 2}, kSecond));
  EXPECT_TRUE(passes(limits, numbered(1), {.per_second = 1, .burst = 2}, 2 * kSecond)) << "not in a hundred seconds";
}

std::vector<std::uint64_t> told(SourceLimits& limits) {
  std::vector<std::uint64_t> counts;
  limits.take_shed([&](const ShedSource& source) {
    EXPECT_EQ(to_string(source.prefix), to_string(source_prefix(numbered(1))));
    EXPECT_EQ(source.trunk(), "peer");
    counts.push_back(source.shed);
  });
  return counts;
}

TEST(SourceLimits, AreToldNowAndThen) {
  const Rate once;
  SourceLimits limits(4, SOCKET_ID_ANY, 1, kSecond);
  for (int i = 0; i < 1 + 20; ++i) {
    take(limits, numbered(1), once, 3 * kSecond);
  }
  EXPECT_EQ(told(limits), (std::vector<std::uint64_t>{1, 2, 4, 8, 16}));
  EXPECT_TRUE(passes(limits, numbered(1), once, 4 * kSecond));
  EXPECT_FALSE(passes(limits, numbered(1), once, 4 * kSecond));
  EXPECT_FALSE(passes(limits, numbered(1), once, 4 * kSecond));
  EXPECT_EQ(told(limits), (std::vector<std::uint64_t>{21})) << "once a second";
}

TEST(SourceLimits, WhatFindsNoRoomIsToldLater) {
  const Rate once;
  SourceLimits limits(8'192, SOCKET_ID_ANY, 1, kSecond);
  for (std::uint32_t i = 0; i < 4'000; ++i) {
    take(limits, numbered(i + 2), once, kSecond);
    take(limits, numbered(i + 2), once, kSecond);
  }
  for (int i = 0; i < 4; ++i) {
    take(limits, numbered(1), once, kSecond);
  }
  std::size_t queued = 0;
  limits.take_shed([&](const ShedSource&) { ++queued; });
  EXPECT_GT(queued, 0U);
  EXPECT_LT(queued, 4'000U);
  take(limits, numbered(1), once, kSecond + kSecond / 2);
  EXPECT_EQ(told(limits), (std::vector<std::uint64_t>{4}));
}

}  // namespace
}  // namespace stirline::dataplane::source_limits_test
