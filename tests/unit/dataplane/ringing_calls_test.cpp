// Calls that ring before they are told that nobody is there (SPIT-PL-04), by a clock of the test's own.
#include "dataplane/poll/ringing_calls.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rte_memory.h>

namespace stirline::dataplane::ringing_calls_test {
namespace {

using config::tables::Answer;

constexpr std::uint64_t kHz = 1'000;  // so that a cycle is a millisecond

class RingingCallsTest : public testing::Test {
 protected:
  bool add(std::uint64_t key, std::uint64_t until, const std::string& rest = "rest") {
    return calls_.add(key, {}, rest, until);
  }
  // Keys of those that are due; who rings is answered.
  std::vector<std::uint64_t> due(std::uint64_t now) {
    std::vector<std::uint64_t> keys;
    calls_.take_due(now, [&](RingingCalls::Call& call) {
      keys.push_back(call.key);
      if (call.given == Answer::forward) {
        calls_.answered(call, Answer::unavailable, now);
      }
    });
    return keys;
  }

  RingingCalls calls_{SOCKET_ID_ANY, kHz};
};

using Keys = std::vector<std::uint64_t>;

TEST_F(RingingCallsTest, AreDueEachAtItsTime) {
  EXPECT_EQ(due(0), Keys{});
  ASSERT_TRUE(add(1, 5'000));
  ASSERT_TRUE(add(2, 4'000));
  EXPECT_EQ(due(3'999), Keys{});
  EXPECT_EQ(due(4'000), Keys{2});
  EXPECT_EQ(due(4'001), Keys{});
  calls_.remove(*calls_.find(2));
  EXPECT_EQ(due(5'000), Keys{1});
  EXPECT_EQ(calls_.find(1)->rest(), "rest");
  EXPECT_EQ(calls_.find(1)->given, Answer::unavailable);
  EXPECT_EQ(calls_.used(), 1U);
}

TEST_F(RingingCallsTest, AnswersAreRepeatedByTimersGAndH) {  // RFC 3261 17.2.1
  ASSERT_TRUE(add(1, 1'000));
  std::vector<std::uint64_t> times;
  for (std::uint64_t now = 0; calls_.used() != 0; ++now) {
    ASSERT_LT(now, 100'000U);
    if (!due(now).empty()) {
      times.push_back(now);
    }
  }
  EXPECT_EQ(times, (std::vector<std::uint64_t>{1'000, 1'500, 2'500, 4'500, 8'500, 12'500, 16'500, 20'500, 24'500,
                                               28'500, 32'500}));
}

TEST_F(RingingCallsTest, APlaceIsTakenAgain) {
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < RingingCalls::kPlaces; ++i) {
      ASSERT_TRUE(add((i << 32) | round, 10));
    }
    EXPECT_FALSE(add(0xFFFF'FFFF, 10)) << "all are taken";
    for (std::uint64_t i = 0; i < RingingCalls::kPlaces; ++i) {
      RingingCalls::Call* const call = calls_.find((i << 32) | round);
      ASSERT_NE(call, nullptr) << "keys with one hash are told apart";
      calls_.remove(*call);
    }
    EXPECT_EQ(calls_.used(), 0U);
  }
  EXPECT_EQ(due(10), Keys{});
}

TEST_F(RingingCallsTest, ALongAnswerHasNoPlace) {
  EXPECT_TRUE(add(1, 10, std::string(RingingCalls::kMaxRest, 'x')));
  EXPECT_FALSE(add(2, 10, std::string(RingingCalls::kMaxRest + 1, 'x')));
  EXPECT_EQ(calls_.find(2), nullptr);
  EXPECT_EQ(calls_.used(), 1U);
}

}  // namespace
}  // namespace stirline::dataplane::ringing_calls_test
