// The tag of our own answers (INL-TX-05): known again, and nobody else's.
#include "crypto_workers/stir/answer_tag.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace stirline::crypto::answer_tag_test {
namespace {

constexpr std::array<std::uint8_t, kOrigidKeyBytes> kKey = {1, 2, 3};

std::string make(AnswerTag& tags, const AnsweredRequest& request) {
  AnswerTagText tag{};
  EXPECT_TRUE(tags.make(request, tag));
  return {tag.data(), tag.size()};
}

TEST(AnswerTag, IsTheSameForCopiesOnEveryNode) {
  const AnsweredRequest request{.call_id = "call-1", .from_tag = "from", .branch = "z9hG4bK1", .cseq = 1};
  AnswerTag tags(kKey);
  const std::string first = make(tags, request);
  EXPECT_TRUE(std::ranges::all_of(first, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }));
  make(tags, {.call_id = "call-2", .from_tag = "from", .branch = "z9hG4bK1", .cseq = 1});
  EXPECT_EQ(make(tags, request), first);
  AnswerTag other_node(kKey);
  EXPECT_EQ(make(other_node, request), first);
}

TEST(AnswerTag, EverythingCounts) {
  AnswerTag tags(kKey);
  std::set<std::string> seen;
  seen.insert(make(tags, {.call_id = "ab", .from_tag = "c", .branch = "d", .cseq = 1}));
  seen.insert(make(tags, {.call_id = "a", .from_tag = "bc", .branch = "d", .cseq = 1}));
  seen.insert(make(tags, {.call_id = "ab", .from_tag = "", .branch = "cd", .cseq = 1}));
  seen.insert(make(tags, {.call_id = "ab", .from_tag = "c", .branch = "d", .cseq = 2}));
  seen.insert(make(tags, {.call_id = "", .from_tag = "", .branch = "", .cseq = 1}));
  std::array<std::uint8_t, kOrigidKeyBytes> other_key = kKey;
  other_key[31] = 1;
  AnswerTag others(other_key);
  seen.insert(make(others, {.call_id = "ab", .from_tag = "c", .branch = "d", .cseq = 1}));
  EXPECT_EQ(seen.size(), 6U);
}

TEST(AnswerTag, OfManyCallsNoneIsAnothers) {
  AnswerTag tags(kKey);
  std::set<std::string> seen;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    const std::string call = "call-" + std::to_string(i);
    seen.insert(make(tags, {.call_id = call, .from_tag = "t", .branch = "b", .cseq = 1}));
  }
  EXPECT_EQ(seen.size(), 10'000U);
}

}  // namespace
}  // namespace stirline::crypto::answer_tag_test
