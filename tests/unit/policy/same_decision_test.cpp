// Compiled rules decide as a plain reading of the document does, on 100,000 pairs of a document and a call by chance
// (SPIT-CP-02 to -07, SPIT-PL-01, SPIT-PL-03, SPIT-PL-07).
#include <map>

#include <gtest/gtest.h>

#include "config/policy/rule_set_writer.hpp"
#include "control/policy/rule_reader.hpp"
#include "tests/support/policy/plain_reading.hpp"
#include "tests/support/policy/random_rules.hpp"

namespace stirline::test::same_decision_test {
namespace {

using namespace config::policy;

constexpr KeySecret kSecret{7, 1, 7, 2, 7, 3, 7, 4};
constexpr std::int64_t kNow = 1'800'000'000;

PlainVerdict compiled_verdict(const RuleSet& set, const SpokenCall& call) {
  const Outcome outcome = set.evaluate(facts_of(call, kSecret));
  PlainVerdict verdict{.handling = std::string(to_string(outcome.handling)), .notify = outcome.notify};
  if (outcome.handling != Handling::none) {
    verdict.rule = set.text(outcome.rule, RuleText::id);
    verdict.work = outcome.work;
  }
  return verdict;
}

TEST(SameDecision, OnAHundredThousandPairs) {
  constexpr int kDocuments = 2'000;
  constexpr int kCalls = 50;
  RandomRules random(20'261'122);
  std::map<std::string, int> seen;
  for (int i = 0; i < kDocuments; ++i) {
    const std::string text = random.document(1 + static_cast<std::size_t>(i) % 12);
    const auto document = control::XmlDocument::parse(text);
    ASSERT_TRUE(document) << document.error().text << text;
    const ReadingContext context = random.context();
    const auto rules = control::policy::read_rules(
        document->root(),
        {.sphere = context.sphere, .activities = context.activities, .window = {kNow - 86'400, kNow + 86'400}});
    ASSERT_TRUE(rules) << rules.error().text << text;
    const auto octets = write_rule_set(*rules, kSecret);
    ASSERT_TRUE(octets) << octets.error();
    const auto set = RuleSet::open(*octets);
    ASSERT_TRUE(set) << set.error();
    for (int j = 0; j < kCalls; ++j) {
      const SpokenCall call = random.call();
      const PlainVerdict plain = read_plainly(document->root(), context, call);
      ASSERT_EQ(compiled_verdict(*set, call), plain) << "caller " << call.caller << " at " << call.now << "\n" << text;
      ++seen[plain.handling];
    }
  }
  for (const char* const handling :
       {"none", "block", "polite-block", "challenge", "forward", "allow-marked", "allow"}) {
    EXPECT_GT(seen[handling], 1'000) << handling;  // chance has tried them all
  }
}

}  // namespace
}  // namespace stirline::test::same_decision_test
