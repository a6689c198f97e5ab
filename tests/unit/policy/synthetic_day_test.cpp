// What statistics find on a day of which is known who is a nuisance (SPIT-CL-14): detection and false alarms for every
// score, and the false alarms at 95 % detection.
#include "tests/support/policy/synthetic_day.hpp"

#include <array>
#include <cstdio>
#include <map>

#include <gtest/gtest.h>

#include "tests/unit/policy/statistics_rig.hpp"

namespace stirline::test::synthetic_day_test {
namespace {

using namespace config::policy;

constexpr std::int64_t kMidnight = 1'794'960'000;  // 2026-11-18
constexpr std::size_t kScores = 101;

// How many there are of each score.
struct Histogram {
  std::array<std::uint32_t, kScores> unwanted{};
  std::array<std::uint32_t, kScores> wanted{};

  void add(std::uint8_t score, bool nuisance) { ++(nuisance ? unwanted : wanted)[score]; }
};

struct Rates {
  double detected = 0;
  double false_alarms = 0;
};

// With that score and above taken for a nuisance.
Rates rates_at(const Histogram& histogram, std::size_t threshold) {
  const auto share = [threshold](const std::array<std::uint32_t, kScores>& counts) {
    double all = 0;
    double above = 0;
    for (std::size_t score = 0; score < kScores; ++score) {
      all += counts[score];
      above += score >= threshold ? counts[score] : 0;
    }
    return above / all;
  };
  return {share(histogram.unwanted), share(histogram.wanted)};
}

// The highest score that still finds so many.
std::size_t threshold_for(const Histogram& histogram, double detection) {
  std::size_t threshold = kScores - 1;
  while (threshold > 0 && rates_at(histogram, threshold).detected < detection) {
    --threshold;
  }
  return threshold;
}

double area_under_curve(const Histogram& histogram) {
  double area = 0;
  Rates before{0, 0};
  for (std::size_t threshold = kScores; threshold-- > 0;) {
    const Rates now = rates_at(histogram, threshold);
    area += (now.false_alarms - before.false_alarms) * (now.detected + before.detected) / 2;
    before = now;
  }
  return area;
}

void print(const char* what, const Histogram& histogram) {
  std::printf("%s\n  score  detected  false alarms\n", what);
  for (std::size_t threshold = 5; threshold < kScores; threshold += 5) {
    const Rates rates = rates_at(histogram, threshold);
    std::printf("  %5zu  %7.3f%%  %11.4f%%\n", threshold, 100 * rates.detected, 100 * rates.false_alarms);
  }
  const std::size_t at = threshold_for(histogram, 0.95);
  std::printf("  at 95 %% detection: score %zu, false alarms %.4f%%; area under the curve %.5f\n", at,
              100 * rates_at(histogram, at).false_alarms, area_under_curve(histogram));
}

struct Found {
  Histogram calls;    // as each call's called user sees it, first ones of a nuisance included
  Histogram callers;  // by the highest score that any of somebody's calls had
};

Found watch(std::uint64_t seed) {
  const SyntheticDay day = synthetic_day(seed, kMidnight);
  StatisticsRig rig;
  Found found;
  std::map<std::uint32_t, std::uint8_t> highest;
  std::array<std::array<double, 3>, kTrades> by_trade{};  // calls, sum of scores, highest
  std::map<std::uint32_t, Trade> trades;
  for (const DayEvent& event : day.events) {
    const DayCall& call = day.calls[event.call];
    switch (event.kind) {
      case DayEvent::Kind::begin: {
        const std::uint8_t score = rig.begin(call.begun);
        found.calls.add(score, is_nuisance(call.trade));
        highest[call.caller] = std::max(highest[call.caller], score);
        trades[call.caller] = call.trade;
        auto& row = by_trade[static_cast<std::size_t>(call.trade)];
        row[0] += 1;
        row[1] += score;
        row[2] = std::max<double>(row[2], score);
        break;
      }
      case DayEvent::Kind::answer:
        rig.statistics().answer(call.begun.name, event.status, event.at);
        break;
      case DayEvent::Kind::end:
        rig.statistics().end(call.begun.name, event.at, rig.settings());
        break;
    }
  }
  for (const auto& [caller, score] : highest) {
    found.callers.add(score, is_nuisance(trades[caller]));
  }
  for (std::size_t trade = 0; trade < kTrades; ++trade) {
    const auto& row = by_trade[trade];
    std::printf("  %-12s %7.0f calls, score %5.1f on average, %3.0f at most\n", to_string(static_cast<Trade>(trade)),
                row[0], row[1] / row[0], row[2]);
  }
  return found;
}

TEST(SyntheticDay, RobocallersAreFoundAndOthersAreNot) {  // SPIT-CL-14
  for (const std::uint64_t seed : {11U, 12U, 13U}) {
    std::printf("seed %u\n", static_cast<unsigned>(seed));
    const Found found = watch(seed);
    print("by call", found.calls);
    print("by caller", found.callers);
    EXPECT_LT(rates_at(found.calls, threshold_for(found.calls, 0.95)).false_alarms, 0.02);
    EXPECT_LT(rates_at(found.callers, threshold_for(found.callers, 0.95)).false_alarms, 0.03);
    EXPECT_GT(area_under_curve(found.calls), 0.99);
  }
}

TEST(SyntheticDay, IsTheSameForTheSameSeed) {
  const SyntheticDay one = synthetic_day(5, kMidnight);
  const SyntheticDay other = synthetic_day(5, kMidnight);
  ASSERT_EQ(one.events.size(), other.events.size());
  for (std::size_t i = 0; i < one.events.size(); ++i) {
    ASSERT_EQ(one.events[i].at, other.events[i].at);
    ASSERT_EQ(one.events[i].call, other.events[i].call);
  }
  EXPECT_NE(synthetic_day(6, kMidnight).events.size(), one.events.size());
}

}  // namespace
}  // namespace stirline::test::synthetic_day_test
