// Whose rules decide, for whom (SPIT-FW-08, SPIT-PL-06, SPIT-PL-07).
#include "config/policy/judge.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::config::policy::judge_test {
namespace {

using test::kSecret;
using test::opened;
using test::plain_call;
using test::rule;

FactWord user_facts(UserGroup group) {
  return fact_bit(Fact::group, group) | fact_bit(Fact::presence, Presence::open) |
         fact_bit(Fact::call_state, CallState::idle);
}

// Tables with one user, and the images they look at.
struct Tables {
  std::vector<tables::Image> images;
  PolicyTables view;
};

// Rules with a limit as they are asked about; those of `used_up` have no call left.
class Asked final : public RuleLimits {
 public:
  bool admits(const LimitedRule& rule) override {
    asked.push_back(std::string(to_string(rule.layer)) + ' ' + std::string(rule.id) + ' ' +
                    std::to_string(rule.per_second));
    groups.push_back(rule.group);
    return !used_up.contains(rule.layer);
  }
  std::set<Layer> used_up;
  std::vector<std::string> asked;
  std::vector<UserGroup> groups;
};

struct Wanted {
  std::map<Layer, Handling> layers;  // what a rule without conditions there says
  std::set<Layer> told = {};         // in whose rules is a second one, which wants the user to be told
  UserGroup group = UserGroup::none;
  std::uint16_t limit = 0;  // of all of them
};

constexpr std::string_view kBob = "12155550100";

Tables make(const Wanted& wanted) {
  std::map<Layer, std::vector<std::byte>> sets;
  for (const auto& [layer, handling] : wanted.layers) {
    Rules rules{.rules = {rule(std::string(to_string(layer)), handling)}};
    rules.rules[0].actions.limit = wanted.limit;
    if (handling == Handling::challenge) {
      rules.rules[0].actions.component = Component::consent;
    }
    if (wanted.told.contains(layer)) {
      rules.rules.push_back(rule("told", Handling::none));
      rules.rules.back().actions.notify = true;
    }
    sets[layer] = opened(rules).octets;
  }
  CommonSets common{.legal = sets[Layer::legal],
                    .operator_hard = sets[Layer::operator_hard],
                    .group_default = {},
                    .operator_soft = sets[Layer::operator_soft]};
  common.group_default[static_cast<std::size_t>(wanted.group)] = sets[Layer::group_default];
  Tables made;
  made.images.push_back(encode_common_rules(common, kSecret));
  const auto opened_common = CommonRules::open(made.images.back());
  EXPECT_TRUE(opened_common.has_value()) << (opened_common ? "" : opened_common.error().text);
  made.view.common = opened_common.value_or(CommonRules());
  const Key bob = identity_key(kSecret, kBob);
  UserShardWriter writer(shard_of(bob), kSecret);
  writer.add(bob, user_facts(wanted.group), sets[Layer::user]);
  made.images.push_back(writer.take());
  const auto shard = UserShard::open(made.images.back());
  EXPECT_TRUE(shard.has_value()) << (shard ? "" : shard.error().text);
  made.view.users[shard_of(bob)] = shard.value_or(UserShard());
  return made;
}

Judgement judged(const Tables& tables) {
  return judge(tables.view, identity_key(kSecret, kBob), plain_call());
}

TEST(Judge, TheFirstLayerThatSpeaksDecides) {  // SPIT-PL-06: every pair of layers, each allowing what the other blocks
  for (std::size_t first = 0; first < kLayers; ++first) {
    for (std::size_t second = 0; second < kLayers; ++second) {
      if (first == second) {
        continue;
      }
      const Tables tables =
          make({.layers = {{static_cast<Layer>(first), Handling::allow}, {static_cast<Layer>(second), Handling::block}},
                .group = UserGroup::closed});
      const Judgement judgement = judged(tables);
      EXPECT_EQ(judgement.layer, static_cast<Layer>(std::min(first, second)));
      EXPECT_EQ(judgement.outcome.handling, first < second ? Handling::allow : Handling::block);
      EXPECT_EQ(judgement.rules.text(judgement.outcome.rule, RuleText::id),
                to_string(static_cast<Layer>(std::min(first, second))));
    }
  }
}

TEST(Judge, WhereNobodySpeaksNothingIsDecided) {  // SPIT-FW-04
  const Tables tables = make({});
  EXPECT_EQ(judged(tables).layer, Layer::none);
  EXPECT_EQ(judged(tables).outcome.handling, Handling::none);
  const PolicyTables empty;
  EXPECT_EQ(judge(empty, identity_key(kSecret, kBob), plain_call()).layer, Layer::none);
}

TEST(Judge, ARuleWhoseCallsAreUsedUpDoesNotMatch) {  // SPIT-PL-03: the next layer decides
  const Tables tables = make({.layers = {{Layer::legal, Handling::allow},
                                         {Layer::user, Handling::block},
                                         {Layer::group_default, Handling::allow_marked}},
                              .group = UserGroup::closed,
                              .limit = 7});
  const CalledUser bob = find_user(tables.view, identity_key(kSecret, kBob));
  Asked limits;
  EXPECT_EQ(judge(tables.view, bob, plain_call(), &limits).layer, Layer::legal);
  EXPECT_EQ(limits.asked, std::vector<std::string>{"legal legal 7"});
  limits.used_up = {Layer::legal, Layer::user};
  limits.asked.clear();
  limits.groups.clear();
  EXPECT_EQ(judge(tables.view, bob, plain_call(), &limits).layer, Layer::group_default);
  EXPECT_EQ(limits.asked, (std::vector<std::string>{"legal legal 7", "user user 7", "group-default group-default 7"}));
  EXPECT_EQ(limits.groups, (std::vector<UserGroup>{UserGroup::none, UserGroup::none, UserGroup::closed}));
  limits.used_up.insert(Layer::group_default);
  EXPECT_EQ(judge(tables.view, bob, plain_call(), &limits).outcome.handling, Handling::none);
  EXPECT_EQ(judge(tables.view, bob, plain_call()).layer, Layer::legal) << "without limits none is used up";
}

TEST(Judge, WhoWantsToBeToldIsToldWhoeverDecides) {  // SPIT-PL-03
  for (const Layer decides : {Layer::legal, Layer::operator_hard, Layer::group_default, Layer::operator_soft}) {
    const Tables tables = make({.layers = {{decides, Handling::block}, {Layer::user, Handling::none}},
                                .told = {Layer::user},
                                .group = UserGroup::closed});
    EXPECT_EQ(judged(tables).layer, decides);
    EXPECT_EQ(judged(tables).outcome.handling, Handling::block);
    EXPECT_TRUE(judged(tables).notify) << to_string(decides);
  }
  const Tables own = make({.layers = {{Layer::user, Handling::allow}}, .told = {Layer::user}});
  EXPECT_EQ(judged(own).layer, Layer::user);
  EXPECT_TRUE(judged(own).notify);
  const Tables nothing_else = make({.layers = {{Layer::user, Handling::none}}, .told = {Layer::user}});
  EXPECT_EQ(judged(nothing_else).layer, Layer::none);
  EXPECT_EQ(judged(nothing_else).outcome.handling, Handling::none);
  EXPECT_TRUE(judged(nothing_else).notify);
}

TEST(Judge, OnlyRulesOfHisOwnWantHimToBeTold) {  // SPIT-PL-03
  const Layer all[] = {Layer::legal, Layer::operator_hard, Layer::group_default, Layer::operator_soft};
  for (const Layer layer : all) {
    const Tables tables = make({.layers = {{layer, Handling::block}, {Layer::user, Handling::allow}},
                                .told = {layer},
                                .group = UserGroup::closed});
    EXPECT_FALSE(judged(tables).notify) << to_string(layer);
  }
}

// Whoever decides above him uses up none of his limits.
TEST(Judge, ToldWithoutALimitOfHisBeingAsked) {  // SPIT-PL-03
  const Tables tables = make(
      {.layers = {{Layer::legal, Handling::block}, {Layer::user, Handling::allow}}, .told = {Layer::user}, .limit = 7});
  Asked limits;
  EXPECT_TRUE(judge(tables.view, find_user(tables.view, identity_key(kSecret, kBob)), plain_call(), &limits).notify);
  EXPECT_EQ(limits.asked, std::vector<std::string>{"legal legal 7"});
}

TEST(Judge, OpenHouseTurnsNobodyAway) {  // SPIT-FW-08
  for (const Handling handling : {Handling::block, Handling::polite_block, Handling::challenge}) {
    for (const Layer layer : {Layer::user, Layer::group_default, Layer::operator_soft}) {
      const Tables open = make({.layers = {{layer, handling}}, .group = UserGroup::open});
      EXPECT_EQ(judged(open).outcome.handling, Handling::allow_marked);
      EXPECT_EQ(judged(open).outcome.component, Component::none);
      EXPECT_TRUE(judged(open).is_softened);
      const Tables closed = make({.layers = {{layer, handling}}, .group = UserGroup::closed});
      EXPECT_EQ(judged(closed).outcome.handling, handling);
    }
    for (const Layer layer : {Layer::legal, Layer::operator_hard}) {
      const Tables open = make({.layers = {{layer, handling}}, .group = UserGroup::open});
      EXPECT_EQ(judged(open).outcome.handling, handling);
    }
  }
}

TEST(Judge, ThreeCalledUsersThreeAnswersToOneCaller) {  // SPIT-FW-08: the group is a profile of the called one
  for (const UserGroup group : {UserGroup::closed, UserGroup::semi_open, UserGroup::open}) {
    const Tables tables = make({.layers = {{Layer::group_default, Handling::block}}, .group = group});
    EXPECT_EQ(judged(tables).outcome.handling, group == UserGroup::open ? Handling::allow_marked : Handling::block);
    // The rules of one group are not those of another.
    const Judgement stranger = judge(tables.view, identity_key(kSecret, "12155550101"), plain_call());
    EXPECT_EQ(stranger.outcome.handling, Handling::none);
  }
}

TEST(UserShard, FindsEachOfManyAndNobodyElse) {  // SPIT-PL-07
  std::vector<UserShardWriter> writers;
  for (std::size_t i = 0; i < kUserShards; ++i) {
    writers.emplace_back(i, kSecret);
  }
  const std::vector<std::byte> block = opened({.rules = {rule("b", Handling::block)}}).octets;
  const std::vector<std::byte> allow = opened({.rules = {rule("a", Handling::allow)}}).octets;
  constexpr int kUsers = 20'000;
  const auto name = [](int i) {
    return i % 2 == 0 ? std::to_string(12'155'500'000 + i) : "sip:user" + std::to_string(i) + "@example.com";
  };
  for (int i = 0; i < kUsers; ++i) {
    const Key key = identity_key(kSecret, name(i));
    writers[shard_of(key)].add(key, user_facts(UserGroup::none), i % 3 == 0 ? block : allow);
  }
  std::vector<tables::Image> images;
  PolicyTables policy;
  std::size_t users = 0;
  for (std::size_t i = 0; i < kUserShards; ++i) {
    images.push_back(writers[i].take());
    const auto shard = UserShard::open(images.back());
    ASSERT_TRUE(shard) << shard.error().text;
    EXPECT_EQ(shard->number(), i);
    policy.users[i] = *shard;
    users += shard->users();
    EXPECT_LT(images.back().size(), 10'000U);  // equal rules are kept once
  }
  EXPECT_EQ(users, std::size_t{kUsers});
  for (int i = 0; i < 2 * kUsers; ++i) {
    const Judgement judgement = judge(policy, identity_key(kSecret, name(i)), plain_call());
    EXPECT_EQ(judgement.outcome.handling, i >= kUsers  ? Handling::none
                                          : i % 3 == 0 ? Handling::block
                                                       : Handling::allow)
        << name(i);
  }
  EXPECT_FALSE(policy.users[0].find(kNoKey));
}

template <typename Open>
void mutate(const tables::Image& good, std::size_t least, Open&& open) {
  ASSERT_TRUE(open(good)) << open(good).error().text;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      tables::Image image = good;
      image[i] = static_cast<std::byte>(value);
      const auto opened_image = open(image);
      if (!opened_image) {
        EXPECT_FALSE(opened_image.error().text.empty());
        ++refused;
        continue;
      }
      PolicyTables policy;
      if constexpr (std::is_same_v<std::decay_t<decltype(*opened_image)>, UserShard>) {
        policy.users[opened_image->number()] = *opened_image;
      } else {
        policy.common = *opened_image;
      }
      static_cast<void>(judge(policy, identity_key(kSecret, kBob), plain_call()));
    }
  }
  EXPECT_GT(refused, least);
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(open(tables::Image(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)))) << length;
  }
}

TEST(PolicyImages, EveryOctetChanged) {
  const Tables tables = make({.layers = {{Layer::legal, Handling::block},
                                         {Layer::user, Handling::allow},
                                         {Layer::group_default, Handling::polite_block}},
                              .group = UserGroup::semi_open});
  mutate(tables.images[0], tables.images[0].size() * 100, CommonRules::open);
  mutate(tables.images[1], tables.images[1].size() * 100, UserShard::open);
}

}  // namespace
}  // namespace stirline::config::policy::judge_test
