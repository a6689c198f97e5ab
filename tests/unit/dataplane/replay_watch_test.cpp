// Tokens that come a second time (STIR-VS-12).
#include "dataplane/poll/replay_watch.hpp"

#include <string>

#include <gtest/gtest.h>

namespace stirline::dataplane::replay_watch_test {
namespace {

using Seen = ReplayWatch::Seen;

constexpr std::int64_t kNow = 1'795'000'000;

ReplayWatch::Sight sight(std::string_view token, std::string_view call_id = "call", std::string_view from_tag = "tag",
                         std::int64_t now = kNow) {
  return {.token = token, .call_id = call_id, .from_tag = from_tag, .now = now, .fresh_until = now + 60};
}

TEST(ReplayWatch, WithAnotherCallItIsAReplay) {
  ReplayWatch watch(8, SOCKET_ID_ANY, 1);
  EXPECT_EQ(watch.see(sight("head.load.sign")), Seen::first);
  EXPECT_EQ(watch.see(sight("head.load.sign")), Seen::again);
  EXPECT_EQ(watch.see(sight("head.load.sign", "other")), Seen::replayed);
  EXPECT_EQ(watch.see(sight("head.load.sign", "call", "other")), Seen::replayed);
  EXPECT_EQ(watch.see(sight("head.load.sign", "cal", "l tag")), Seen::replayed);
  EXPECT_EQ(watch.see(sight("head.load.sign")), Seen::again) << "the first call remains the right one";
  EXPECT_EQ(watch.see(sight("head.toad.sign", "other")), Seen::first);
}

TEST(ReplayWatch, NeitherAnotherSignatureNorFoldingHidesIt) {
  ReplayWatch watch(8, SOCKET_ID_ANY, 1);
  EXPECT_EQ(watch.see(sight("head.load.sign")), Seen::first);
  EXPECT_EQ(watch.see(sight("head.load.ngis", "other")), Seen::replayed) << "(r, n - s) is valid too";
  EXPECT_EQ(watch.see(sight("he\r\n ad.lo\r\n\tad.sign", "other")), Seen::replayed);
}

TEST(ReplayWatch, TheCompactFormIsKnownByItsSignature) {
  ReplayWatch watch(8, SOCKET_ID_ANY, 1);
  EXPECT_EQ(watch.see(sight("..sign")), Seen::first);
  EXPECT_EQ(watch.see(sight("..other", "other")), Seen::first);
  EXPECT_EQ(watch.see(sight("..sign", "other")), Seen::replayed);
}

TEST(ReplayWatch, TheOldestIsForgotten) {
  ReplayWatch watch(4, SOCKET_ID_ANY, 1);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(watch.see(sight("token" + std::to_string(i) + ".x")), Seen::first);
  }
  EXPECT_EQ(watch.see(sight("token4.x")), Seen::too_many);
  EXPECT_EQ(watch.see(sight("token1.x", "other")), Seen::replayed);
  EXPECT_EQ(watch.see(sight("token0.x", "other")), Seen::too_many) << "nobody remembers it; token1 goes";
  EXPECT_EQ(watch.see(sight("token5.x", "call", "tag", kNow + 61)), Seen::first) << "what it displaces is stale";
}

TEST(ReplayWatch, LongTokensAndNamesAreNoTrouble) {
  ReplayWatch watch(4, SOCKET_ID_ANY, 1);
  const std::string token = std::string(20'000, 'a');
  const std::string call_id = std::string(30'000, 'c');
  EXPECT_EQ(watch.see(sight(token, call_id, call_id)), Seen::first);
  EXPECT_EQ(watch.see(sight(token, call_id, call_id)), Seen::again);
  EXPECT_EQ(watch.see(sight(token, "d" + call_id, call_id)), Seen::replayed);
}

}  // namespace
}  // namespace stirline::dataplane::replay_watch_test
