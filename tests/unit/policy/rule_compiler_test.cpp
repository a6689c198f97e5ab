// From a user's documents to what packet cores read (SPIT-PL-07, SPIT-FW-07, SPIT-FW-09).
#include "control/policy/rule_compiler.hpp"

#include <gtest/gtest.h>

#include "config/policy/rule_set.hpp"
#include "tests/unit/policy/documents.hpp"

namespace stirline::control::policy::rule_compiler_test {
namespace {

using namespace config::policy;
using config::policy::test::kNow;
using config::policy::test::kSecret;
using config::policy::test::plain_call;
using test::always;
using test::profile;
using test::rule;
using test::ruleset;

constexpr std::int64_t kDay = 86'400;

CompiledUser good(const UserDocuments& documents, std::int64_t now = kNow) {
  auto user = compile_user(documents, now, kSecret);
  EXPECT_TRUE(user) << (user ? "" : user.error());
  return user.value_or(CompiledUser());
}

Handling ask(const CompiledUser& user, std::int64_t when = kNow) {
  const auto set = RuleSet::open(user.rules);
  EXPECT_TRUE(set) << (set ? "" : set.error());
  CallFacts call = plain_call();
  call.facts |= user.facts;
  call.now = when;
  return set.value_or(RuleSet()).evaluate(call).handling;
}

TEST(RuleCompiler, ADocumentAloneAProfileAloneAndBoth) {
  const CompiledUser both = good({"sip:bob@example.com", ruleset(rule("r", "<sp:group>closed</sp:group>", "block")),
                                  profile("<group>closed</group>")});
  EXPECT_EQ(ask(both), Handling::block);
  EXPECT_FALSE(both.recurs);
  const CompiledUser rules = good({"sip:bob@example.com", always("allow"), std::nullopt});
  EXPECT_EQ(ask(rules), Handling::allow);
  EXPECT_EQ(rules.called, both.called);
  const CompiledUser profiled = good({"sip:bob@example.com", std::nullopt, profile("<group>open</group>")});
  EXPECT_TRUE(profiled.rules.empty());
  EXPECT_EQ(profiled.facts & all_of(Fact::group), fact_bit(Fact::group, UserGroup::open));
}

TEST(RuleCompiler, TheSphereOfTheProfileSwitchesRules) {  // SPIT-FW-09
  const std::string rules = ruleset(rule("w", "<sphere value=\"work\"/>", "block") +
                                    rule("m", "<sphere value=\"meeting\"/>", "polite-block"));
  EXPECT_EQ(ask(good({"sip:b@x.example", rules, profile("<sphere>work</sphere>")})), Handling::block);
  EXPECT_EQ(ask(good({"sip:b@x.example", rules, profile("<sphere>meeting</sphere>")})), Handling::polite_block);
  EXPECT_EQ(ask(good({"sip:b@x.example", rules, std::nullopt})), Handling::none);
  const std::string doing = ruleset(rule("p", "<sp:presence>meeting</sp:presence>", "block"));
  EXPECT_EQ(ask(good({"sip:b@x.example", doing, profile("<activities>meeting</activities>")})), Handling::block);
  EXPECT_EQ(ask(good({"sip:b@x.example", doing, profile("<activities>lunch</activities>")})), Handling::none);
}

// SPIT-FW-07: nobody installs rules for anybody but himself.
TEST(RuleCompiler, TheCalledOneIsTheUserHimself) {
  EXPECT_EQ(good({"tel:+1-215-555-0121", always("block"), std::nullopt}).called, identity_key(kSecret, "12155550121"));
  EXPECT_EQ(good({"sip:bob@EXAMPLE.com", always("block"), std::nullopt}).called,
            identity_key(kSecret, "sip:bob@example.com"));
  for (const char* nobody : {"bob", "mailto:bob@example.com", "", "sip:"}) {
    EXPECT_FALSE(compile_user({nobody, always("block"), std::nullopt}, kNow, kSecret)) << nobody;
    EXPECT_EQ(called_key(nobody, kSecret), kNoKey) << nobody;
  }
}

TEST(RuleCompiler, PeriodsReachFromADayBeforeToMoreThanAMonthBehind) {
  const std::string rules =
      ruleset(rule("t", "<sp:time-period dtstart=\"20260101T080000Z\" duration=\"PT1H\" freq=\"daily\"/>", "block"));
  const CompiledUser user = good({"sip:b@x.example", rules, std::nullopt});
  EXPECT_TRUE(user.recurs);
  const std::int64_t eight = kNow - kNow % kDay + 8 * 3'600;
  for (int day = -1; day <= 31; ++day) {
    EXPECT_EQ(ask(user, eight + day * kDay), Handling::block) << day;
    EXPECT_EQ(ask(user, eight + day * kDay - 1), Handling::none) << day;
  }
  EXPECT_EQ(ask(user, eight + 40 * kDay), Handling::none) << "until it is compiled anew";
  EXPECT_EQ(ask(good({"sip:b@x.example", rules, std::nullopt}, kNow + 40 * kDay), eight + 40 * kDay), Handling::block);
  EXPECT_TRUE(good({"sip:b@x.example",
                    ruleset(rule("v",
                                 "<validity><from>2026-01-01T00:00:00Z</from><until>2027-01-01T00:00:00Z</until>"
                                 "</validity>",
                                 "block")),
                    std::nullopt})
                  .recurs);
}

TEST(RuleCompiler, Mistakes) {
  const auto refused = [](const UserDocuments& documents) {
    const auto user = compile_user(documents, kNow, kSecret);
    EXPECT_FALSE(user);
    return user ? std::string() : user.error();
  };
  EXPECT_TRUE(refused({"sip:b@x.example", "<ruleset", std::nullopt}).contains("line 1"));
  EXPECT_EQ(refused({"sip:b@x.example", always("perhaps"), std::nullopt}),
            "rule r: handling: is block, polite-block, allow-marked or allow");
  EXPECT_TRUE(refused({"sip:b@x.example", always("allow"), profile("<group>x</group>")}).starts_with("profile: group"));
  EXPECT_TRUE(refused({"sip:b@x.example", std::nullopt, "<profile"}).starts_with("profile: line 1"));
}

// SPIT-XC-07: what is too much is told to its writer, in whatever sphere he is.
TEST(RuleCompiler, ChecksRulesOfOtherSpheres) {
  std::string conditions = "<sphere value=\"work\"/>";
  for (std::size_t i = 0; i <= kMaxConditions; ++i) {
    conditions += "<sp:trunk>t" + std::to_string(i) + "</sp:trunk>";
  }
  const auto check = [](const std::string& text) {
    const auto document = XmlDocument::parse(text);
    EXPECT_TRUE(document);
    return check_rules(document->root(), kNow);
  };
  EXPECT_FALSE(check(ruleset(rule("r", conditions, "block"))));
  EXPECT_FALSE(check(always("perhaps")));
  EXPECT_TRUE(check(always("block")));
}

}  // namespace
}  // namespace stirline::control::policy::rule_compiler_test
