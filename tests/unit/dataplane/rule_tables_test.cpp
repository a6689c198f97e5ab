// Rules about calls in the data plane: what a commit may bring, and what it refuses (SPIT-PL-07).
#include "dataplane/state/rule_tables.hpp"

#include <span>

#include <gtest/gtest.h>

#include "config/policy/facts.hpp"
#include "config/policy/rule_set_writer.hpp"
#include "config/wire/channel.hpp"

namespace stirline::dataplane::rule_tables_test {
namespace {

using namespace config::policy;
using config::wire::MappedImage;

constexpr KeySecret kSecret{1, 2, 3};
constexpr KeySecret kForeign{9, 9, 9};
constexpr std::string_view kBob = "12155550121";
constexpr std::string_view kCarol = "sip:carol@example.com";

// As it comes over the wire.
MappedImage sent(const config::tables::Image& image) {
  const auto memfd = config::wire::make_sealed_memfd("table", image);
  EXPECT_TRUE(memfd);
  auto mapped = MappedImage::map(*memfd, image.size());
  EXPECT_TRUE(mapped) << (mapped ? "" : mapped.error().text);
  return mapped ? std::move(*mapped) : MappedImage();
}

std::vector<std::byte> always(Handling handling) {
  Rule rule;
  rule.id = "r";
  rule.actions.handling = handling;
  return write_rule_set({.rules = {rule}}, kSecret).value();
}

MappedImage common(const KeySecret& secret = kSecret) {
  return sent(encode_common_rules({}, secret));
}

MappedImage shard_with(std::string_view called, Handling handling, const KeySecret& secret = kSecret) {
  const Key key = identity_key(secret, called);
  UserShardWriter writer(shard_of(key), secret);
  const std::vector<std::byte> rules = always(handling);
  writer.add(key, facts_of_a_stranger(), rules);
  return sent(writer.take());
}

MappedImage empty_shard(std::string_view called, const KeySecret& secret = kSecret) {
  return sent(UserShardWriter(shard_of(identity_key(secret, called)), secret).take());
}

template <typename... Shards>
StagedRules staged(MappedImage common_rules, Shards... shards) {
  StagedRules rules;
  rules.common = std::move(common_rules);
  (rules.users.push_back(std::move(shards)), ...);
  return rules;
}

Handling handling_of(const RuleTables& rules, std::string_view called) {
  CallFacts call;
  for (std::size_t i = 0; i < kCallFacts; ++i) {
    call.facts |= fact_bits(static_cast<Fact>(i), 1);
  }
  return judge(rules.view(), identity_key(kSecret, called), call).outcome.handling;
}

std::unique_ptr<const RuleTables> good(std::uint64_t number, StagedRules rules, const RuleTables* before) {
  auto built = RuleTables::build(number, std::move(rules), before);
  EXPECT_TRUE(built) << (built ? "" : built.error());
  return built ? std::move(*built) : nullptr;
}

std::string refusal(StagedRules rules, const RuleTables* before) {
  const auto built = RuleTables::build(9, std::move(rules), before);
  EXPECT_FALSE(built);
  return built ? std::string() : built.error();
}

TEST(RuleTables, AChangeReplacesOneShardAndLeavesTheOthers) {
  const auto first =
      good(1, staged(common(), shard_with(kBob, Handling::block), shard_with(kCarol, Handling::block)), nullptr);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->number(), 1U);
  EXPECT_EQ(first->users(), 2U);
  EXPECT_GT(first->loaded_at(), 0);
  const auto second = good(2, staged({}, shard_with(kBob, Handling::allow)), first.get());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->number(), 2U);
  EXPECT_EQ(second->users(), 2U);
  EXPECT_EQ(second->octets(), first->octets());
  EXPECT_EQ(handling_of(*second, kBob), Handling::allow);
  EXPECT_EQ(handling_of(*second, kCarol), Handling::block);
  EXPECT_EQ(handling_of(*first, kBob), Handling::block) << "who still uses it sees no change";
  const auto third = good(3, staged({}, empty_shard(kBob)), second.get());
  ASSERT_TRUE(third);
  EXPECT_EQ(third->users(), 1U);
  EXPECT_EQ(handling_of(*third, kBob), Handling::none);
}

TEST(RuleTables, OtherCommonRulesLeaveTheUsers) {
  const auto first = good(1, staged(common(), shard_with(kBob, Handling::block)), nullptr);
  ASSERT_TRUE(first);
  const std::vector<std::byte> allow = always(Handling::allow);
  const auto second = good(2, staged(sent(encode_common_rules({.legal = allow}, kSecret))), first.get());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->users(), 1U);
  EXPECT_EQ(handling_of(*second, kBob), Handling::allow);
  EXPECT_GT(second->octets(), first->octets());
}

TEST(RuleTables, SettingsOfScoresTravelWithTheCommonRules) {  // SPIT-CL-14
  ScoreSettings settings;
  settings.half_life_minutes = 45;
  settings.features[0] = {.threshold = 1, .full = 2, .weight = 3};
  const auto tables = good(1, staged(sent(encode_common_rules({}, kSecret, settings))), nullptr);
  ASSERT_TRUE(tables);
  EXPECT_EQ(tables->view().common.score_settings(), settings);
  settings.half_life_minutes = 0;
  EXPECT_EQ(refusal(staged(sent(encode_common_rules({}, kSecret, settings))), nullptr),
            "common rules: score settings cannot be used: the half-life is none");
}

TEST(RuleTables, WhatIsRefused) {
  EXPECT_EQ(refusal(staged({}, shard_with(kBob, Handling::block)), nullptr), "the common rules were never sent");
  EXPECT_EQ(refusal({}, nullptr), "the common rules were never sent");
  EXPECT_EQ(refusal(staged(common(), shard_with(kBob, Handling::block), shard_with(kBob, Handling::allow)), nullptr),
            "a shard of users was sent twice");
  const auto before = good(1, staged(common(), shard_with(kBob, Handling::block)), nullptr);
  ASSERT_TRUE(before);
  const std::string foreign = "the shards do not have the secret of the common rules: their keys are of another time";
  EXPECT_EQ(refusal(staged(common(kForeign)), before.get()), foreign) << "shards in use are of the old secret";
  EXPECT_EQ(refusal(staged({}, shard_with(kCarol, Handling::block, kForeign)), before.get()), foreign);
  EXPECT_FALSE(refusal(staged(shard_with(kBob, Handling::block)), nullptr).empty()) << "users where all should be";
  EXPECT_FALSE(refusal(staged(common(), common()), nullptr).empty()) << "and the other way round";
  EXPECT_EQ(handling_of(*before, kBob), Handling::block);
}

// Control's database is another one: everything comes anew, and empty shards take the place of those in use.
TEST(RuleTables, AnotherSecretComesWithEveryShard) {
  const auto before = good(1, staged(common(), shard_with(kBob, Handling::block)), nullptr);
  ASSERT_TRUE(before);
  const auto after = good(2, staged(common(kForeign), empty_shard(kBob, kForeign)), before.get());
  ASSERT_TRUE(after);
  EXPECT_EQ(after->users(), 0U);
  EXPECT_EQ(handling_of(*after, kBob), Handling::none);
}

}  // namespace
}  // namespace stirline::dataplane::rule_tables_test
