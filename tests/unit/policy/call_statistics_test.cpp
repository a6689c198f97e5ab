// Figures of callers, signers, trunks and prefixes, and the score that they come to (SPIT-CL-14, SPIT-FW-02).
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/policy/statistics_rig.hpp"

namespace stirline::test::call_statistics_test {
namespace {

using namespace config::policy;

constexpr std::int64_t kNoon = 1'795'003'200;  // 2026-11-18, 12:00 UTC
constexpr KeySecret kNames{1};

Key number(const std::string& digits) {
  return identity_key(kNames, digits);
}

// A call of somebody who is known; the calls of one test have different names.
BegunCall call_to(std::uint64_t called, std::uint64_t name, std::int64_t now = kNoon) {
  return {.shown = number("12155550100"),
          .claimed = number("12155550100"),
          .called = number(std::to_string(called)),
          .signer = text_key(kNames, KeyKind::spc, "709J"),
          .trunk = text_key(kNames, KeyKind::trunk, "east"),
          .authentication = Authentication::verified_a,
          .now = now,
          .name = name};
}

constexpr std::uint64_t kCalled = 13'035'550'000;

float of(StatisticsRig& rig, Figure figure, SubjectKind kind = SubjectKind::caller) {
  return rig.profile(kind).of(figure);
}

TEST(DistinctSketch, CountsWhatDiffers) {
  std::mt19937_64 dice(3);
  DistinctSketch sketch;
  EXPECT_EQ(sketch.estimate(), 0);
  std::vector<std::uint64_t> seen;
  for (const std::size_t count : {1UZ, 10UZ, 40UZ, 100UZ, 1'000UZ, 20'000UZ}) {
    while (seen.size() < count) {
      seen.push_back(dice());
      sketch.add(seen.back());
    }
    std::ranges::for_each(seen, [&](std::uint64_t hash) { sketch.add(hash); });
    EXPECT_NEAR(sketch.estimate(), static_cast<double>(count), 0.35 * static_cast<double>(count)) << count;
  }
}

TEST(DistinctSketch, FadesByHalfInAHalfLife) {
  std::mt19937_64 dice(4);
  DistinctSketch sketch;
  for (int i = 0; i < 5'000; ++i) {
    sketch.add(dice());
  }
  const float before = sketch.estimate();
  sketch.fade(1'000, 1'000 + DistinctSketch::kStepsInHalfLife);
  EXPECT_NEAR(sketch.estimate(), before / 2, before / 50);
  sketch.fade(2'000, 1'000);  // a clock that went back
  EXPECT_NEAR(sketch.estimate(), before / 2, before / 50);
  sketch.fade(2'000, 0xffff'ffff);
  EXPECT_EQ(sketch.estimate(), 0);
}

TEST(CallStatistics, EverythingDecays) {
  StatisticsRig rig;
  for (std::uint64_t i = 0; i < 64; ++i) {
    rig.begin(call_to(kCalled + 100 * i, i + 1));
  }
  EXPECT_EQ(of(rig, Figure::calls), 64);
  const std::int64_t half_life = std::int64_t{rig.settings().half_life_minutes} * 60;
  rig.begin(call_to(kCalled, 100, kNoon + half_life));
  EXPECT_NEAR(of(rig, Figure::calls), 33, 0.1);
  EXPECT_NEAR(of(rig, Figure::calls, SubjectKind::trunk), 33, 0.1);
  rig.begin(call_to(kCalled, 101, kNoon + 400 * 86'400));
  EXPECT_EQ(of(rig, Figure::calls), 1);
  rig.begin(call_to(kCalled, 102, kNoon));  // the clock was set back
  EXPECT_EQ(of(rig, Figure::calls), 2);
}

TEST(CallStatistics, AnswersAndEndsBelongToTheirCall) {
  StatisticsRig rig;
  rig.begin(call_to(kCalled, 1));
  rig.statistics().answer(1, 180, kNoon + 1);
  EXPECT_EQ(of(rig, Figure::resolved), 0);
  rig.statistics().answer(1, 200, kNoon + 5);
  rig.statistics().answer(1, 200, kNoon + 6);  // a copy
  rig.statistics().end(1, kNoon + 9, rig.settings());
  rig.statistics().end(1, kNoon + 9, rig.settings());
  rig.begin(call_to(kCalled, 2));
  rig.statistics().answer(2, 200, kNoon);
  rig.statistics().end(2, kNoon + 60, rig.settings());
  rig.begin(call_to(kCalled, 3));
  rig.statistics().answer(3, 404, kNoon);
  rig.begin(call_to(kCalled, 4));
  rig.statistics().answer(4, 486, kNoon);
  rig.begin(call_to(kCalled, 5));
  rig.statistics().answer(5, 419, kNoon);  // he is to try again
  rig.statistics().answer(5, 486, kNoon);
  rig.statistics().answer(77, 200, kNoon);  // a call that nobody has seen
  rig.statistics().end(77, kNoon, rig.settings());
  for (const SubjectKind kind : {SubjectKind::caller, SubjectKind::signer, SubjectKind::trunk, SubjectKind::prefix}) {
    EXPECT_EQ(of(rig, Figure::calls, kind), 5);
    EXPECT_EQ(of(rig, Figure::resolved, kind), 4);
    EXPECT_EQ(of(rig, Figure::answered, kind), 2);
    EXPECT_EQ(of(rig, Figure::short_calls, kind), 1);
    EXPECT_EQ(of(rig, Figure::unallocated, kind), 1);
  }
}

TEST(CallStatistics, WhoGivesAllCallsOneNameIsCountedAllTheSame) {
  StatisticsRig rig;
  for (std::uint64_t i = 0; i < 10; ++i) {
    rig.begin(call_to(kCalled + i * 50, 9));
  }
  rig.statistics().answer(9, 486, kNoon);
  EXPECT_EQ(of(rig, Figure::calls), 10);
  EXPECT_EQ(of(rig, Figure::resolved), 1);
}

TEST(CallStatistics, DialsOneNumberAfterTheOther) {
  StatisticsRig rig;
  for (std::uint64_t i = 0; i < 10; ++i) {
    rig.begin(call_to(kCalled + i, i + 1));
  }
  EXPECT_EQ(of(rig, Figure::sequential), 9);
  rig.begin(call_to(kCalled + 9, 20));  // the same again is no dialling
  rig.begin(call_to(kCalled + 900, 21));
  EXPECT_EQ(of(rig, Figure::sequential), 9);
}

TEST(CallStatistics, AClaimIsAnotherSubjectThanHeWhoProvesIt) {  // SPIT-FW-02
  StatisticsRig rig;
  BegunCall forged = call_to(kCalled, 0);
  forged.shown = forged.signer = kNoKey;
  forged.authentication = Authentication::none;
  std::uint8_t score = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    forged.called = number(std::to_string(kCalled + i));
    score = rig.begin(forged);
  }
  EXPECT_GT(score, 40);
  EXPECT_EQ(of(rig, Figure::unsigned_calls), 500);
  BegunCall elsewhere = forged;
  elsewhere.trunk = text_key(kNames, KeyKind::trunk, "west");
  EXPECT_EQ(rig.begin(elsewhere), 0) << "a lie on one trunk is none on another";
  BegunCall honest = call_to(kCalled, 0);
  honest.trunk = elsewhere.trunk;
  EXPECT_EQ(rig.begin(honest), 0);
  EXPECT_EQ(of(rig, Figure::calls), 1);
}

TEST(CallStatistics, NextDoorIsSuspectOnlyIfNobodyProvesIt) {
  StatisticsRig rig;
  BegunCall call = call_to(12'155'550'123, 0);
  rig.begin(call);
  EXPECT_EQ(of(rig, Figure::neighbour, SubjectKind::trunk), 0);
  call.shown = kNoKey;
  call.authentication = Authentication::verified_c;
  rig.begin(call);
  EXPECT_EQ(of(rig, Figure::neighbour, SubjectKind::trunk), 1);
  call.called = call.claimed;
  rig.begin(call);
  EXPECT_EQ(of(rig, Figure::neighbour, SubjectKind::trunk), 1) << "his own number is not next door";
}

TEST(CallStatistics, NightIsWhatTheSettingsSay) {
  StatisticsRig rig;
  const std::int64_t midnight = kNoon + 12 * 3'600;
  rig.begin(call_to(kCalled, 0, kNoon));
  EXPECT_EQ(of(rig, Figure::night), 0);
  rig.begin(call_to(kCalled, 0, midnight));
  EXPECT_GT(of(rig, Figure::night), 0.9);
  rig.settings().night_from = rig.settings().night_to = 0;
  const float before = of(rig, Figure::night);
  rig.begin(call_to(kCalled, 0, midnight));
  EXPECT_EQ(of(rig, Figure::night), before);
}

// A flood of callers who call once pushes out others of that kind, and not whoever calls much.
TEST(CallStatistics, WhoDoesLeastMakesWay) {
  StatisticsRig rig({.callers = 700, .prefixes = 70, .signers = 7, .trunks = 7, .open_calls = 64});
  for (std::uint64_t i = 0; i < 200; ++i) {
    rig.begin(call_to(kCalled + 100 * i, i + 1));
  }
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    BegunCall flood = call_to(kCalled, 1'000 + i);
    flood.shown = kNoKey;
    flood.claimed = number(std::to_string(19'000'000'000 + 7 * i));
    rig.begin(flood);
  }
  const ProfileTable& callers = rig.statistics().table(SubjectKind::caller);
  EXPECT_LE(callers.used(), callers.size());
  EXPECT_GT(callers.displaced(), 15'000U);
  EXPECT_GT(rig.statistics().calls_forgotten(), 15'000U);
  rig.begin(call_to(kCalled, 0));
  EXPECT_EQ(of(rig, Figure::calls), 201);
  // When he has been silent for long he is as cold as others.
  const std::int64_t later = kNoon + 20LL * rig.settings().half_life_minutes * 60;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    BegunCall flood = call_to(kCalled, 0, later);
    flood.shown = kNoKey;
    flood.claimed = number(std::to_string(18'000'000'000 + 7 * i));
    rig.begin(flood);
  }
  rig.begin(call_to(kCalled, 0, later));
  EXPECT_EQ(of(rig, Figure::calls), 1);
}

// Whose place was taken by somebody else: the end of his call is not the other's.
TEST(CallStatistics, AnEndIsNeverSomebodyElses) {
  StatisticsRig rig({.callers = 7, .prefixes = 7, .signers = 7, .trunks = 7, .open_calls = 4'096});
  const auto name = [](std::uint64_t i) { return (i + 1) * 0x9E37'79B9'7F4A'7C15; };  // all over the table
  for (std::uint64_t i = 0; i < 200; ++i) {
    BegunCall call = call_to(kCalled, name(i));
    call.shown = number(std::to_string(14'000'000'000 + i));
    rig.begin(call);
  }
  for (std::uint64_t i = 0; i < 199; ++i) {
    rig.statistics().answer(name(i), 404, kNoon);
  }
  EXPECT_EQ(of(rig, Figure::calls), 1);
  EXPECT_EQ(of(rig, Figure::unallocated), 0);
  EXPECT_EQ(of(rig, Figure::unallocated, SubjectKind::trunk), 199);
}

TEST(CallStatistics, StaysInItsMemory) {  // whatever comes
  const CallStatistics::Limits limits{.callers = 20, .prefixes = 1, .signers = 1, .trunks = 1, .open_calls = 1};
  constexpr std::size_t kGuard = 4;
  std::vector<Profile> memory(CallStatistics::octets_for(limits) / sizeof(Profile) + 1 + kGuard);
  const std::span octets = std::as_writable_bytes(std::span(memory));
  const std::size_t used = CallStatistics::octets_for(limits);
  std::ranges::fill(octets.subspan(used), std::byte{0xa5});
  const ScoreSettings settings;
  CallStatistics statistics(limits, octets.first(used), KeySecret{5}, settings.half_life_minutes);
  std::mt19937_64 dice(8);
  for (int i = 0; i < 50'000; ++i) {
    const auto key = [&] { return dice() % 5 == 0 ? kNoKey : dice() >> (dice() % 2); };
    const BegunCall call{.shown = key(),
                         .claimed = key(),
                         .called = key(),
                         .signer = key(),
                         .trunk = key(),
                         .authentication = static_cast<Authentication>(dice() % 7),
                         .now = static_cast<std::int64_t>(dice()),
                         .name = dice()};
    CallSubjects subjects;
    statistics.prepare(call, subjects);
    statistics.locate(subjects, call);
    statistics.count(subjects, call, settings);
    EXPECT_LE(statistics.score(subjects, settings), 100);
    statistics.answer(dice() % 2 == 0 ? call.name : dice(), static_cast<std::uint16_t>(dice() % 700), call.now);
    statistics.end(call.name, static_cast<std::int64_t>(dice()), settings);
  }
  EXPECT_TRUE(std::ranges::all_of(octets.subspan(used), [](std::byte each) { return each == std::byte{0xa5}; }));
}

TEST(Complaints, CountOnceADayAndLessEachTime) {  // SPIT-MK-03
  std::vector<ComplaintLine> lines(64);
  Complaints complaints(lines);
  constexpr std::uint64_t kReporter = 0x1234'5678'9abc'def0;
  EXPECT_EQ(complaints.weigh(kReporter, 1, 7), 1.0F);
  EXPECT_EQ(complaints.weigh(kReporter, 1, 7), 0.0F);
  EXPECT_EQ(complaints.weigh(kReporter, 2, 7), 0.5F);
  EXPECT_EQ(complaints.weigh(kReporter + 1, 1, 7), 1.0F);
  EXPECT_EQ(complaints.weigh(kReporter, 1, 8), 1.0F) << "tomorrow is another day";
}

// One in twenty of the called complains of everybody who calls, as often as he can: no ordinary caller comes to points
// by that. A nuisance does, though only some of those he calls say so.
TEST(Complaints, PoisoningByOneInTwenty) {  // SPIT-MK-03
  constexpr std::uint64_t kUsers = 2'000;
  constexpr std::uint64_t kCallers = 200;
  constexpr std::uint64_t kNuisance = kCallers;
  StatisticsRig rig;
  std::mt19937_64 dice(31);
  const auto points_of = [&](std::uint64_t caller) {
    BegunCall call = call_to(kCalled, 0, kNoon + 3'600);
    call.shown = number(std::to_string(12'155'000'000 + 31 * caller));
    rig.begin(call);
    const auto explained = explain_score(rig.profile(SubjectKind::caller), rig.settings());
    return explained.contributions[static_cast<std::size_t>(Feature::complaints)].points;
  };
  std::uint64_t name = 0;
  for (int round = 0; round < 40; ++round) {
    for (std::uint64_t caller = 0; caller <= kNuisance; ++caller) {
      const std::uint64_t user = dice() % kUsers;
      BegunCall call = call_to(kCalled + 17 * user, ++name * 0x9E37'79B9'7F4A'7C15, kNoon + 60 * round);
      call.shown = number(std::to_string(12'155'000'000 + 31 * caller));
      rig.begin(call);
      const bool is_malicious = user % 20 == 0;
      const bool minds = caller == kNuisance && user % 5 == 1;
      rig.statistics().answer(call.name, is_malicious || minds ? 607 : 200, call.now + 5);
    }
  }
  float sum = 0;
  for (std::uint64_t caller = 0; caller < kCallers; ++caller) {
    const float points = points_of(caller);
    EXPECT_LT(points, 8) << caller;  // of 30; whom chance has led to call many of the malicious
    sum += points;
  }
  EXPECT_LT(sum / kCallers, 0.5F);
  EXPECT_GT(points_of(kNuisance), 10);
}

// Whoever has a thousand telephones that complain of one caller: he comes to the weight of complaints and no further.
TEST(Complaints, ABotnetCannotSinkACaller) {  // SPIT-MK-03
  StatisticsRig rig;
  std::uint8_t score = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const BegunCall call =
        call_to(kCalled + 17 * i, (i + 1) * 0x9E37'79B9'7F4A'7C15, kNoon + static_cast<std::int64_t>(i));
    score = rig.begin(call);
    rig.statistics().answer(call.name, i % 2 == 0 ? 607 : 200, call.now + 5);
  }
  const auto explained = explain_score(rig.profile(SubjectKind::caller), rig.settings());
  const auto kWeight = static_cast<float>(rig.settings().feature(Feature::complaints).weight);
  EXPECT_EQ(explained.contributions[static_cast<std::size_t>(Feature::complaints)].points, kWeight);
  EXPECT_LT(score, 90);
  EXPECT_EQ(explain_score(rig.profile(SubjectKind::trunk), rig.settings())
                .contributions[static_cast<std::size_t>(Feature::complaints)]
                .points,
            0);
}

TEST(SpamScore, WhoHasDoneNothingHasNone) {
  EXPECT_EQ(score_of(Profile{}, {}), 0);
  StatisticsRig rig;
  EXPECT_EQ(rig.begin(call_to(kCalled, 1)), 0) << "a first call is no pattern";
}

// A figure that rises never lowers the score (SPIT-CL-14: monotonic), and the score is the sum of what is listed.
TEST(SpamScore, IsMonotonicAndExplained) {
  constexpr std::array kSuspect{Figure::short_calls, Figure::unallocated, Figure::sequential, Figure::neighbour,
                                Figure::failed,      Figure::night,       Figure::complaints};
  std::mt19937_64 dice(21);
  for (int round = 0; round < 2'000; ++round) {
    Profile profile;
    profile.kind = static_cast<SubjectKind>(dice() % kStatisticsSubjects);
    const auto calls = static_cast<float>(dice() % 300);
    profile.add(Figure::calls, calls);
    profile.add(Figure::resolved, calls * 0.9F);
    profile.add(Figure::answered, calls * 0.5F);
    for (std::uint64_t i = dice() % 100; i > 0; --i) {
      profile.called.add(dice());
    }
    for (const Figure figure : kSuspect) {
      profile.add(figure, calls * static_cast<float>(dice() % 100) / 300);
    }
    const SpamScore explained = explain_score(profile, {});
    float sum = 0;
    for (std::size_t i = 0; i < kFeatures; ++i) {
      const Contribution& part = explained.contributions[i];
      sum += part.points;
      EXPECT_GE(part.points, 0);
      EXPECT_LE(part.points, static_cast<float>(ScoreSettings{}.features[i].weight));
      EXPECT_TRUE(applies(static_cast<Feature>(i), profile.kind) || part.points == 0);
    }
    EXPECT_EQ(explained.score, std::lround(std::min(sum, 100.0F)));
    EXPECT_EQ(explained.score, score_of(profile, {}));
    for (const Figure figure : kSuspect) {
      Profile worse = profile;
      worse.add(figure, 5);
      EXPECT_LE(explained.score, score_of(worse, {}));
    }
  }
}

TEST(SpamScore, AnHonestCallerDoesNotAnswerForHisCarrier) {
  const ScoreSettings settings;
  CallScores scores;
  scores.of[static_cast<std::size_t>(SubjectKind::signer)] = 80;
  EXPECT_EQ(combined_score(scores, false, settings), 40);
  scores.of[static_cast<std::size_t>(SubjectKind::caller)] = 41;
  EXPECT_EQ(combined_score(scores, false, settings), 41);
  scores.neighbours = 30;
  EXPECT_EQ(combined_score(scores, false, settings), 41);
  EXPECT_EQ(combined_score(scores, true, settings), 71);
}

TEST(ScoreSettings, MistakesAreFound) {
  EXPECT_EQ(mistake_in(ScoreSettings()), "");
  ScoreSettings settings;
  settings.features[3] = {.threshold = 90, .full = 90, .weight = 1};
  EXPECT_NE(mistake_in(settings), "");
  settings = {};
  settings.half_life_minutes = 0;
  EXPECT_NE(mistake_in(settings), "");
  settings = {};
  settings.night_to = 1'440;
  EXPECT_NE(mistake_in(settings), "");
}

}  // namespace
}  // namespace stirline::test::call_statistics_test
