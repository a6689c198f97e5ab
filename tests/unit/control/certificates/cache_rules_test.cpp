// STIR-CF-03: how long a fetched chain is kept. STIR-CF-04: how long a failure is remembered.
#include "control/certificates/cache_rules.hpp"

#include <string>

#include <gtest/gtest.h>

#include "control/certificates/negative_cache.hpp"

namespace stirline::control::cache_rules_test {
namespace {

constexpr std::int64_t kNow = 1'790'000'000;  // Mon, 21 Sep 2026 14:13:20 GMT
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kFarAway = kNow + 400 * kDay;

struct Case {
  CacheHeaders headers;
  std::int64_t fresh;
};

TEST(CacheRules, WhatTheDirectivesSay) {
  const Case cases[] = {
      {{}, 0},
      {{.cache_control = "max-age=172800"}, 172'800},
      {{.cache_control = "public, Max-Age = 172800"}, 172'800},
      {{.cache_control = "max-age=\"172800\""}, 172'800},
      {{.cache_control = "max-age=60"}, 60},
      {{.cache_control = "max-age=0"}, 0},
      {{.cache_control = "max-age=99999999999999999999999"}, std::int64_t{1} << 31},
      {{.cache_control = "max-age=99999999999"}, std::int64_t{1} << 31},
      {{.cache_control = "max-age=-5"}, 0},
      {{.cache_control = "max-age"}, 0},
      {{.cache_control = "max-age="}, 0},
      {{.cache_control = "max-age=1e9"}, 0},
      {{.cache_control = "max-age=7, max-age=900"}, 7},
      {{.cache_control = "no-store, max-age=172800"}, 0},
      {{.cache_control = "max-age=172800, No-Cache"}, 0},
      {{.cache_control = "s-maxage=9, private, , x=y"}, 0},
      {{.cache_control = "max-age=172800", .age = "800"}, 172'000},
      {{.cache_control = "max-age=60", .age = "61"}, 0},
      {{.cache_control = "max-age=60", .age = "rubbish"}, 60},
      {{.expires = "Wed, 23 Sep 2026 14:13:20 GMT", .date = "Mon, 21 Sep 2026 14:13:20 GMT"}, 2 * kDay},
      // Their clock may be wrong: the difference counts.
      {{.expires = "Wed, 03 Jan 2024 00:00:00 GMT", .date = "Mon, 01 Jan 2024 00:00:00 GMT"}, 2 * kDay},
      {{.expires = "Wed, 23 Sep 2026 14:13:20 GMT"}, 2 * kDay},
      {{.expires = "Wednesday, 23-Sep-26 14:13:20 GMT"}, 2 * kDay},
      {{.expires = "0"}, 0},
      {{.expires = "Mon, 01 Jan 2024 00:00:00 GMT"}, 0},
      {{.cache_control = "max-age=10", .expires = "Wed, 23 Sep 2026 14:13:20 GMT"}, 10},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(fresh_seconds(one.headers, kNow), one.fresh)
        << one.headers.cache_control << " | " << one.headers.expires << " | " << one.headers.age;
  }
}

// "max-age=60 still cached 24 h"
TEST(CacheRules, NeverLessThanADay) {
  for (const char* directive : {"", "max-age=60", "no-store", "no-cache", "max-age=86399"}) {
    const KeepTimes times = keep_times({.cache_control = directive}, kNow, kFarAway);
    EXPECT_EQ(times.keep_until, kNow + kDay) << directive;
    EXPECT_EQ(times.refresh_at, kNow + kDay / 8 * 7) << directive;
  }
  EXPECT_EQ(keep_times({.cache_control = "max-age=86401"}, kNow, kFarAway).keep_until, kNow + 86'401);
}

TEST(CacheRules, NeverBeyondTheEndOfTheLeaf) {
  const KeepTimes times = keep_times({.cache_control = "max-age=864000"}, kNow, kNow + 3'600);
  EXPECT_EQ(times.keep_until, kNow + 3'600);
  EXPECT_EQ(times.refresh_at, kNow + 3'600);
  EXPECT_EQ(keep_times({}, kNow, kNow - 5).keep_until, kNow - 5);
}

TEST(NegativeCache, PausesGrowFromTenToSixtySeconds) {
  NegativeCache cache(8);
  std::int64_t now = kNow;
  EXPECT_EQ(cache.seconds_left("u", now), 0);
  for (const std::int64_t pause : {10, 20, 40, 60, 60}) {
    cache.failed("u", now);
    EXPECT_EQ(cache.seconds_left("u", now), pause);
    EXPECT_EQ(cache.seconds_left("u", now + pause - 1), 1);
    EXPECT_EQ(cache.seconds_left("u", now + pause), 0);
    EXPECT_EQ(cache.seconds_left("v", now), 0);
    now += pause;
  }
  cache.forget("u");
  cache.failed("u", now);
  EXPECT_EQ(cache.seconds_left("u", now), 10);
  // Long ago: it begins anew.
  cache.failed("u", now + 10 + NegativeCache::kMemory + 1);
  EXPECT_EQ(cache.seconds_left("u", now + 10 + NegativeCache::kMemory + 1), 10);
}

TEST(NegativeCache, TellsWhatPausesTheNewestFirst) {
  NegativeCache cache(8);
  cache.failed("over", kNow - 10);
  cache.failed("a", kNow - 9);
  cache.failed("b", kNow);
  cache.failed("a", kNow + 1);
  std::vector<std::pair<std::string, std::int64_t>> seen;
  const auto look = [&](std::size_t most) {
    seen.clear();
    cache.each_pausing(kNow + 1, [&](const std::string& url, std::int64_t end) {
      seen.emplace_back(url, end);
      return seen.size() < most;
    });
    return seen;
  };
  EXPECT_EQ(look(9), (std::vector<std::pair<std::string, std::int64_t>>{{"a", kNow + 21}, {"b", kNow + 10}}));
  EXPECT_EQ(look(1).size(), 1U);
  EXPECT_TRUE(cache.forget("a"));
  EXPECT_FALSE(cache.forget("a"));
  EXPECT_EQ(look(9).size(), 1U);
}

TEST(NegativeCache, AClockThatIsSetBackLengthensNoPause) {
  NegativeCache cache(8);
  cache.failed("u", kNow);
  EXPECT_EQ(cache.seconds_left("u", kNow - 100'000), 10);
}

TEST(NegativeCache, IsBoundedAndTheOldestGoes) {
  NegativeCache cache(3);
  cache.failed("a", kNow);
  cache.failed("b", kNow + 1);
  cache.failed("c", kNow + 2);
  cache.failed("a", kNow + 3);
  cache.failed("d", kNow + 4);
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.seconds_left("b", kNow + 4), 0);
  EXPECT_GT(cache.seconds_left("a", kNow + 4), 0);
  for (int i = 0; i < 1'000; ++i) {
    cache.failed("url" + std::to_string(i), kNow + 5 + i);
  }
  EXPECT_EQ(cache.size(), 3U);
}

}  // namespace
}  // namespace stirline::control::cache_rules_test
