// How wrong the clock is known to be (INL-AV-03), from readings and times that servers told.
#include "control/clock/clock_watch.hpp"

#include <string>

#include <gtest/gtest.h>

#include "control/clock/clock_report.hpp"

namespace stirline::control::clock_watch_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTrue{1'790'000'000};  // when the steady clock stands at 1000 s
constexpr seconds kSteady{1'000};

// `later` after that, with a wall clock that is so much ahead.
ClockReading at(milliseconds later, milliseconds ahead) {
  return {.wall = kTrue + later + ahead, .steady = kSteady + later, .kernel_known = true};
}
ClockReading synchronised(milliseconds later, milliseconds ahead = {}) {
  ClockReading reading = at(later, ahead);
  reading.synchronised = true;
  reading.largest_error = milliseconds(20);
  return reading;
}

class ClockWatchTest : public testing::Test {
 protected:
  // Servers with true time, at once, `later` after the begin.
  void hear(std::size_t hosts, milliseconds later, milliseconds ahead, seconds wrong = {}) {
    for (std::size_t i = 0; i < hosts; ++i) {
      watch_.hear("host" + std::to_string(i) + ".example.org", std::chrono::floor<seconds>(kTrue + later + wrong),
                  milliseconds(100), at(later, ahead));
    }
  }
  ClockWatch watch_{config::ClockConfig{}};
};

TEST_F(ClockWatchTest, NothingIsKnownOfAClockThatNothingDisciplines) {
  watch_.take(at(seconds(0), {}));
  EXPECT_TRUE(watch_.kernel_doubts());
  EXPECT_EQ(clock_view(watch_).doubts, "nothing synchronises it");
  watch_.take(at(seconds(5), hours(1)));
  EXPECT_FALSE(watch_.offset());
  EXPECT_FALSE(watch_.signing_stopped());
  EXPECT_EQ(clock_view(watch_).offset, "");
}

TEST_F(ClockWatchTest, AKernelThatAdmitsASecondIsNotBelieved) {
  ClockReading reading = synchronised(seconds(0));
  reading.largest_error = milliseconds(999);
  watch_.take(reading);
  EXPECT_FALSE(watch_.kernel_doubts());
  reading.largest_error = milliseconds(1'000);
  watch_.take(reading);
  EXPECT_TRUE(watch_.kernel_doubts());
  EXPECT_EQ(clock_view(watch_).doubts, "its error may be 1000 ms");
}

TEST_F(ClockWatchTest, StepsCountFromWhenItWasRightLast) {
  watch_.take(synchronised(seconds(0)));
  EXPECT_EQ(watch_.offset()->distance(), milliseconds(0));
  watch_.take(at(seconds(5), milliseconds(-1'015)));
  EXPECT_FALSE(watch_.over_alarm()) << "20 ms of error are allowed for";
  watch_.take(at(seconds(10), milliseconds(-1'025)));
  EXPECT_TRUE(watch_.over_alarm());
  EXPECT_EQ(clock_view(watch_).offset, "at least 1005 ms behind, by the steps since it was synchronised");
  watch_.take(at(seconds(15), milliseconds(-30'000)));
  EXPECT_FALSE(watch_.signing_stopped());
  watch_.take(at(seconds(20), milliseconds(-30'025)));
  EXPECT_TRUE(watch_.signing_stopped());
  watch_.take(at(seconds(25), milliseconds(-16'000)));
  EXPECT_TRUE(watch_.signing_stopped()) << "it begins anew below half of the limit";
  watch_.take(at(seconds(30), milliseconds(-14'000)));
  EXPECT_FALSE(watch_.signing_stopped());
}

TEST_F(ClockWatchTest, OneThatIsSynchronisedAgainIsRight) {
  watch_.take(synchronised(seconds(0)));
  watch_.take(at(seconds(5), hours(1)));
  EXPECT_TRUE(watch_.signing_stopped());
  watch_.take(synchronised(seconds(10)));
  EXPECT_FALSE(watch_.signing_stopped());
  EXPECT_FALSE(watch_.over_alarm());
}

TEST_F(ClockWatchTest, TheMiddleOfThreeServersCounts) {
  constexpr seconds kAhead{40};
  hear(2, seconds(0), kAhead);
  watch_.take(at(seconds(5), kAhead));
  EXPECT_FALSE(watch_.offset()) << "two are not enough";
  watch_.hear("liar.example.org", kTrue + hours(5), milliseconds(100), at(seconds(0), kAhead));
  watch_.take(at(seconds(5), kAhead));
  ASSERT_TRUE(watch_.offset());
  EXPECT_EQ(watch_.offset()->by, ClockOffset::By::servers);
  EXPECT_GE(watch_.offset()->distance(), seconds(38));
  EXPECT_LE(watch_.offset()->distance(), kAhead);
  EXPECT_TRUE(watch_.signing_stopped());
  watch_.take(at(seconds(10), {}));
  EXPECT_FALSE(watch_.signing_stopped()) << "set right: what they said holds against the steady clock";
}

TEST_F(ClockWatchTest, ASecondAndTheTimeOfTheAnswerAreAllowedFor) {
  hear(3, seconds(0), milliseconds(1'000));
  watch_.take(at(seconds(1), milliseconds(1'000)));
  EXPECT_EQ(watch_.offset()->distance(), milliseconds(0));
  watch_.take(at(seconds(1), milliseconds(1'099 + 1'000)));
  EXPECT_FALSE(watch_.over_alarm());
  watch_.take(at(seconds(1), milliseconds(1'101 + 1'000)));
  EXPECT_TRUE(watch_.over_alarm());
}

TEST_F(ClockWatchTest, ServersOutweighAKernelThatFollowsAFalseClock) {
  hear(3, seconds(0), seconds(60));
  watch_.take(synchronised(seconds(5), seconds(60)));
  EXPECT_FALSE(watch_.kernel_doubts());
  EXPECT_TRUE(watch_.signing_stopped());
  watch_.take(at(seconds(10), {}));
  EXPECT_FALSE(watch_.signing_stopped()) << "set right by hand";
}

TEST_F(ClockWatchTest, WhatWasHeardADayAgoIsForgotten) {
  hear(3, seconds(0), seconds(40));
  watch_.take(at(ClockWatch::kMemory, seconds(40)));
  EXPECT_TRUE(watch_.signing_stopped());
  watch_.take(at(ClockWatch::kMemory + seconds(5), seconds(40)));
  EXPECT_EQ(watch_.hosts(), 0U);
  EXPECT_FALSE(watch_.signing_stopped()) << "nothing is known any more";
}

TEST_F(ClockWatchTest, OneHostHasOneVoiceAndTheirNumberIsBounded) {
  for (int i = 0; i < 5; ++i) {
    watch_.hear("one.example.org", kTrue + hours(1), milliseconds(10), at(seconds(i), {}));
  }
  EXPECT_EQ(watch_.hosts(), 1U);
  hear(ClockWatch::kHosts + 5, seconds(10), {});
  EXPECT_EQ(watch_.hosts(), ClockWatch::kHosts);
  watch_.take(at(seconds(15), {}));
  EXPECT_EQ(watch_.offset()->distance(), milliseconds(0));
}

TEST_F(ClockWatchTest, TheLimitsAreOptions) {
  watch_.set_limits({.alarm_ms = 200, .stop_signing_s = 0});
  watch_.take(synchronised(seconds(0)));
  watch_.take(at(seconds(5), milliseconds(221)));
  EXPECT_TRUE(watch_.over_alarm());
  watch_.take(at(seconds(5), hours(100)));
  EXPECT_FALSE(watch_.signing_stopped()) << "0: never";
}

TEST(ClockReading, OfThisMachineIsSane) {
  const ClockReading first = read_clock();
  const ClockReading second = read_clock();
  EXPECT_TRUE(first.kernel_known);
  EXPECT_GT(first.wall, seconds(1'700'000'000));
  EXPECT_GE(second.steady, first.steady);
  EXPECT_GE(first.largest_error, milliseconds(0));
}

}  // namespace
}  // namespace stirline::control::clock_watch_test
