// Each request is decided about once (INL-TX-09).
#include "dataplane/poll/decided_requests.hpp"

#include <gtest/gtest.h>

namespace stirline::dataplane::decided_requests_test {
namespace {

using config::tables::Answer;
using Course = Decided::Course;

constexpr std::uint64_t kSecond = std::uint64_t{1} << 31;  // cycles
constexpr std::uint64_t kStart = 1'000 * kSecond;
constexpr std::uint64_t kMemory = 32 * kSecond;
constexpr Decided kRefused{.course = Course::answered, .answer = Answer::declined};

TEST(DecidedRequests, TheFirstDecisionStays) {
  DecidedRequests decided(64, SOCKET_ID_ANY, kMemory);
  EXPECT_EQ(decided.find(7, kStart), std::nullopt);
  EXPECT_TRUE(decided.remember(7, kRefused, kStart));
  EXPECT_EQ(decided.find(7, kStart), kRefused);
  EXPECT_EQ(decided.find(8, kStart), std::nullopt);
  EXPECT_TRUE(decided.remember(7, {.course = Course::forwarded}, kStart + kSecond));
  EXPECT_EQ(decided.find(7, kStart + kSecond), kRefused);
}

TEST(DecidedRequests, WhatRangIsAnsweredOnce) {  // SPIT-PL-04
  DecidedRequests decided(4, SOCKET_ID_ANY, kMemory);
  for (std::uint64_t key = 1; key <= 4; ++key) {
    EXPECT_TRUE(decided.remember(key, {.course = Course::answered, .answer = Answer::ringing}, kStart));
  }
  EXPECT_TRUE(decided.replace(3, kRefused, kStart + 20 * kSecond)) << "nobody makes way for it";
  EXPECT_EQ(decided.find(3, kStart + 50 * kSecond), kRefused) << "its time begins anew";
  EXPECT_EQ(decided.find(2, kStart + 20 * kSecond)->answer, Answer::ringing);
}

TEST(DecidedRequests, AreForgottenAfterTheirTime) {
  DecidedRequests decided(64, SOCKET_ID_ANY, kMemory);
  EXPECT_TRUE(decided.remember(7, kRefused, kStart));
  EXPECT_EQ(decided.find(7, kStart + kMemory), kRefused);
  EXPECT_EQ(decided.find(7, kStart + kMemory + kSecond), std::nullopt);
  EXPECT_TRUE(decided.remember(7, {.course = Course::undecided}, kStart + kMemory + kSecond));
  EXPECT_EQ(decided.find(7, kStart + kMemory + kSecond), (Decided{.course = Course::undecided}));
}

TEST(DecidedRequests, OfOnePlaceTheOldestGivesWay) {
  DecidedRequests decided(4, SOCKET_ID_ANY, kMemory);
  for (std::uint64_t key = 1; key <= 4; ++key) {
    EXPECT_TRUE(decided.remember(key, kRefused, kStart + key * kSecond));
  }
  EXPECT_FALSE(decided.remember(5, kRefused, kStart + 5 * kSecond));
  EXPECT_EQ(decided.find(1, kStart + 5 * kSecond), std::nullopt);
  for (std::uint64_t key = 2; key <= 5; ++key) {
    EXPECT_EQ(decided.find(key, kStart + 5 * kSecond), kRefused) << key;
  }
  EXPECT_TRUE(decided.remember(6, kRefused, kStart + 35 * kSecond)) << "what nobody needs any more goes first";
}

TEST(DecidedRequests, ManyAreKeptApart) {
  DecidedRequests decided(1'024, SOCKET_ID_ANY, kMemory);
  const auto key = [](std::uint64_t n) { return n * 0x9E37'79B9'7F4A'7C15; };
  std::uint64_t lost = 0;
  for (std::uint64_t n = 1; n <= 256; ++n) {
    lost += decided.remember(key(n), {.course = n % 2 == 0 ? Course::forwarded : Course::undecided}, kStart) ? 0U : 1U;
  }
  EXPECT_EQ(lost, 0U);
  for (std::uint64_t n = 1; n <= 256; ++n) {
    decided.prefetch(key(n));
    const auto found = decided.find(key(n), kStart);
    ASSERT_TRUE(found) << n;
    EXPECT_EQ(found->course, n % 2 == 0 ? Course::forwarded : Course::undecided);
  }
}

}  // namespace
}  // namespace stirline::dataplane::decided_requests_test
