// One in twenty of the called users lies (SPIT-MK-03): through the desk that weighs their words and the statistics that
// count them, as in the daemons. Half of the liars complain of everybody; the others say the truth about nuisances, so
// as to be believed, and complain of a few chosen callers all together.
#include <array>
#include <cstdio>
#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "control/feedback/feedback_desk.hpp"
#include "tests/unit/policy/statistics_rig.hpp"

namespace stirline::control::poisoning_test {
namespace {

namespace policy = config::policy;
using stirline::test::StatisticsRig;

constexpr unsigned kUsers = 300;
constexpr unsigned kHonest = 60;    // callers whom nobody minds
constexpr unsigned kVictims = 4;    // of them, chosen by the liars
constexpr unsigned kNuisances = 6;  // callers whom three of ten mind, enough to say so
constexpr unsigned kDays = 10;
constexpr unsigned kCallsADay = 60;  // of each caller
constexpr std::int64_t kNow = 1'795'000'000;
constexpr std::int64_t kDay = 86'400;

enum class Sort : std::uint8_t { honest, victim, nuisance };
constexpr std::array kSorts{"honest callers", "chosen victims", "nuisances"};

struct Sums {
  double calls = 0;
  double complaints = 0;  // by number
  double weight = 0;
  double points = 0;  // of the score, the last day, the highest of the sort
};

Sort sort_of(unsigned caller) {
  return caller < kVictims ? Sort::victim : caller < kHonest ? Sort::honest : Sort::nuisance;
}

std::string user(unsigned number) {
  return std::to_string(12'155'550'000U + number);
}
std::string caller_number(unsigned number) {
  return std::to_string(12'025'550'000U + number);
}

bool complains(unsigned who, Sort of, std::mt19937_64& dice) {
  const bool is_liar = who % 20 == 0;
  if (is_liar && who % 40 == 0) {
    return true;
  }
  if (is_liar && of != Sort::nuisance) {
    return of == Sort::victim;
  }
  return of == Sort::nuisance ? dice() % 10 < 3 : dice() % 500 == 0;  // and now and then by mistake
}

float complaint_points(StatisticsRig& rig, std::string_view caller, std::int64_t now) {
  const policy::Key key = policy::identity_key(StatisticsRig::kSecret, caller);
  rig.begin({.shown = key, .claimed = key, .called = 1, .now = now});
  return policy::explain_score(rig.profile(policy::SubjectKind::caller), rig.settings())
      .contributions[static_cast<std::size_t>(policy::Feature::complaints)]
      .points;
}

TEST(FeedbackPoisoning, OneInTwentyLies) {  // SPIT-MK-03
  std::int64_t now = kNow;
  FeedbackLimits limits;
  limits.per_second = 1'000'000;
  const auto desk = FeedbackDesk::open({}, [&now] { return now; }, limits).value();
  StatisticsRig rig;
  std::mt19937_64 dice(17);
  std::map<Sort, Sums> sums;
  std::map<unsigned, double> liars_weight;  // of the last complaint of each
  for (unsigned day = 0; day < kDays; ++day) {
    for (unsigned i = 0; i < kCallsADay * (kHonest + kNuisances); ++i) {
      const unsigned caller = i % (kHonest + kNuisances);
      const unsigned who = static_cast<unsigned>(dice() % kUsers);
      const Sort sort = sort_of(caller);
      now += 2;
      const policy::Key key = policy::identity_key(StatisticsRig::kSecret, caller_number(caller));
      rig.begin({.shown = key,
                 .claimed = key,
                 .called = policy::identity_key(StatisticsRig::kSecret, user(who)),
                 .now = now});
      desk->note_call({.called = user(who), .caller = caller_number(caller), .trunk = "t", .shown = true, .at = now});
      sums[sort].calls += 1;
      if (!complains(who, sort, dice)) {
        continue;
      }
      const auto taken = desk->take({.user = user(who), .caller = caller_number(caller)});
      ASSERT_TRUE(taken) << taken.error();
      sums[sort].complaints += *taken == FeedbackDesk::Taken::taken ? 1 : 0;
      for (const PendingComplaint& each : desk->take_pending(10)) {
        const double weight = each.weight / 1'000.0;
        sums[sort].weight += weight;
        EXPECT_TRUE(rig.statistics().complain({.shown = key,
                                               .claimed = key,
                                               .called = policy::identity_key(StatisticsRig::kSecret, each.user),
                                               .weight = static_cast<float>(weight)},
                                              now));
      }
    }
    if (day + 1 == kDays) {
      for (unsigned caller = 0; caller < kHonest + kNuisances; ++caller) {
        Sums& all = sums[sort_of(caller)];
        all.points = sort_of(caller) == Sort::nuisance && all.points != 0
                         ? std::min<double>(all.points, complaint_points(rig, caller_number(caller), now))
                         : std::max<double>(all.points, complaint_points(rig, caller_number(caller), now));
      }
    }
    now = kNow + (day + 1) * kDay;
  }
  std::printf("%-16s %8s %11s %12s %12s\n", "", "calls", "complaints", "of calls", "by weight");
  for (const auto& [sort, of] : sums) {
    std::printf("%-16s %8.0f %11.0f %11.1f%% %11.1f%%   complaints give %s %.1f of 30 points\n",
                kSorts[static_cast<std::size_t>(sort)], of.calls, of.complaints, 100 * of.complaints / of.calls,
                100 * of.weight / of.calls, sort == Sort::nuisance ? "at least" : "at most", of.points);
  }
  std::printf("verdicts confirmed %llu, contradicted %llu, of no weight %llu\n",
              static_cast<unsigned long long>(desk->tallies().agreed),
              static_cast<unsigned long long>(desk->tallies().contradicted),
              static_cast<unsigned long long>(desk->tallies().weightless));
  EXPECT_LT(sums[Sort::honest].points, 1);
  EXPECT_LT(sums[Sort::victim].points, 5) << "even whom all liars have agreed upon";
  EXPECT_GT(sums[Sort::nuisance].points, 5);
  EXPECT_LT(sums[Sort::victim].weight / sums[Sort::victim].calls,
            sums[Sort::victim].complaints / sums[Sort::victim].calls / 2)
      << "weights halve what lies do";
  EXPECT_GT(desk->tallies().weightless, 100U) << "who complains of everybody is not heard";
}

}  // namespace
}  // namespace stirline::control::poisoning_test
