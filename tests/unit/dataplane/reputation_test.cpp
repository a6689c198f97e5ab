// What all poll cores have counted about somebody, put together (SPIT-CL-14).
#include "dataplane/reputation.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace stirline::dataplane::reputation_test {
namespace {

using namespace config::policy;

constexpr std::int64_t kNow = 1'795'000'000;
const ScoreSettings kSettings;

class Reputations : public testing::Test {
 protected:
  Reputations() { reputation_.begin(kSettings, kNow); }

  static Profile profile(Key subject, float calls, float unallocated = 0, SubjectKind kind = SubjectKind::caller) {
    Profile profile;
    profile.subject = subject;
    profile.kind = kind;
    profile.minute = kNow / 60;
    profile.step = decay_minute(kNow / 60, Decay(kSettings.half_life_minutes)).step;
    profile.add(Figure::calls, calls);
    profile.add(Figure::attested_a, calls);
    profile.add(Figure::resolved, calls);
    profile.add(Figure::answered, calls - unallocated);
    profile.add(Figure::unallocated, unallocated);
    profile.set_name(std::to_string(subject));
    return profile;
  }

  Reputation reputation_;
};

TEST_F(Reputations, CoresAreAddedUp) {
  std::mt19937_64 dice(1);
  Profile one = profile(7, 20, 5);
  Profile other = profile(7, 30, 5);
  for (int i = 0; i < 20; ++i) {
    one.called.add(dice());
    other.called.add(dice());
  }
  reputation_.see(one, 0);
  reputation_.see(profile(7, 1), 1);
  reputation_.see(other, 1);  // in place of what that core has told before
  const auto rows = reputation_.worst_first();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FLOAT_EQ(rows[0].profile.of(Figure::calls), 50);
  EXPECT_FLOAT_EQ(rows[0].profile.of(Figure::unallocated), 10);
  EXPECT_NEAR(rows[0].profile.called.estimate(), 40, 10);
  EXPECT_EQ(rows[0].score.score, explain_score(rows[0].profile, kSettings).score);
  EXPECT_GT(rows[0].score.score, 0);
}

TEST_F(Reputations, TheWorstOfEachKindStandFirst) {
  for (Key subject = 1; subject <= 100; ++subject) {
    reputation_.see(profile(subject, 100, static_cast<float>(subject % 30)), 0);
    reputation_.see(profile(subject, 50, 0, SubjectKind::trunk), 0);
  }
  const auto rows = reputation_.worst_first();
  ASSERT_EQ(rows.size(), 2 * Reputation::kShownOfKind);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_LE(rows[i - 1].profile.kind, rows[i].profile.kind);
    if (rows[i - 1].profile.kind == rows[i].profile.kind) {
      EXPECT_GE(rows[i - 1].score.score, rows[i].score.score);
    }
  }
  EXPECT_EQ(rows.back().profile.kind, SubjectKind::trunk);
}

TEST_F(Reputations, WhoHasCalledLeastMakesWay) {
  reputation_.see(profile(1, 2), 0);
  for (Key subject = 2; subject <= Reputation::kMostOfKind + 1; ++subject) {
    reputation_.see(profile(subject, 40, 20), 0);
  }
  reputation_.see(profile(1, 90, 60), 0);  // and comes back
  EXPECT_EQ(reputation_.worst_first().front().profile.subject, 1U);
}

TEST_F(Reputations, WhatHasDecayedIsForgotten) {
  reputation_.see(profile(1, 8), 0);
  const std::int64_t half_life = std::int64_t{kSettings.half_life_minutes} * 60;
  reputation_.begin(kSettings, kNow + 2 * half_life);
  ASSERT_EQ(reputation_.worst_first().size(), 1U);
  EXPECT_NEAR(reputation_.worst_first()[0].profile.of(Figure::calls), 2, 0.05);
  reputation_.begin(kSettings, kNow + 5 * half_life);
  EXPECT_TRUE(reputation_.worst_first().empty());
}

TEST_F(Reputations, ANameIsPlainText) {  // it stands in JSON and on terminals
  Profile hostile = profile(1, 9);
  hostile.set_name("sip:\xff\x1b[2J@example.net" + std::string(200, 'x'));
  reputation_.see(hostile, 0);
  const auto rows = reputation_.worst_first();
  const std::string_view name = rows.at(0).profile.name();
  EXPECT_TRUE(name.starts_with("sip:??[2J@example.net"));
  EXPECT_EQ(name.size(), Profile::kMaxName);
}

}  // namespace
}  // namespace stirline::dataplane::reputation_test
