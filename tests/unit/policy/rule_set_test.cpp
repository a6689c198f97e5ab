// Rules laid out and asked (SPIT-CP-02 to -07, SPIT-FW-02, SPIT-FW-06).
#include <gtest/gtest.h>

#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::config::policy::rule_set_test {
namespace {

using test::call_from;
using test::kNow;
using test::opened;
using test::plain_call;
using test::rule;
using test::to_stranger;
using test::with;

Handling verdict(const Rules& rules, const CallFacts& call) {
  const test::OpenedRules set = opened(rules);
  return set.set.evaluate(to_stranger(call)).handling;
}

TEST(RuleSet, WithoutConditionsMatchesEveryCall) {  // SPIT-CP-02
  EXPECT_EQ(verdict({.rules = {rule("all", Handling::block)}}, plain_call()), Handling::block);
  EXPECT_EQ(verdict({}, plain_call()), Handling::none);
  EXPECT_EQ(RuleSet().evaluate(to_stranger(plain_call())).handling, Handling::none);
}

TEST(RuleSet, AnUnknownConditionDisablesItsRuleOnly) {  // SPIT-CP-02
  Rules rules{.rules = {rule("odd", Handling::allow), rule("all", Handling::block)}};
  rules.rules[0].never = true;
  EXPECT_EQ(verdict(rules, plain_call()), Handling::block);
}

TEST(RuleSet, OnlyAnAuthenticatedIdentityIsAnIdentity) {  // SPIT-FW-02, SPIT-CP-03
  Rules rules{.rules = {rule("friend", Handling::allow)}};
  rules.rules[0].identities.push_back({{"12155550112"}, {}});
  EXPECT_EQ(verdict(rules, call_from("12155550112")), Handling::allow);
  EXPECT_EQ(verdict(rules, call_from("12155550113")), Handling::none);
  EXPECT_EQ(verdict(rules, call_from("0012155550112")), Handling::none);  // other digits
  EXPECT_EQ(verdict(rules, plain_call()), Handling::none);                // whatever its From says
  rules.rules[0].identities = {{{}, {Many{}}}};
  EXPECT_EQ(verdict(rules, call_from("12155550113")), Handling::allow);
  EXPECT_EQ(verdict(rules, plain_call()), Handling::none);
}

TEST(RuleSet, ManyOfADomainButNotThese) {  // SPIT-CP-03
  const test::OpenedRules rules = opened(test::rich_rules());
  const auto handling = [&](const CallFacts& call) { return rules.set.matches(1, to_stranger(call)); };
  EXPECT_TRUE(handling(call_from("sip:bob@company-example.com", "company-example.com")));
  // Excepted from the first, but not from the second.
  EXPECT_TRUE(handling(call_from("sip:mallory@company-example.com", "company-example.com")));
  EXPECT_TRUE(handling(call_from("12155550100")));
  EXPECT_FALSE(handling(call_from("12155550113")));
  EXPECT_FALSE(handling(call_from("sip:x@spam.example", "spam.example")));
  CallFacts later = call_from("12155550100");
  later.now = kNow + 10;
  EXPECT_FALSE(handling(later));
}

TEST(RuleSet, TimeHasBorders) {  // SPIT-CP-05: from <= now < until
  Rules rules{.rules = {rule("then", Handling::allow)}};
  rules.rules[0].times = {{{100, 200}, {300, 400}}};
  const std::vector<std::pair<std::int64_t, bool>> expected{{99, false},  {100, true}, {199, true}, {200, false},
                                                            {299, false}, {300, true}, {399, true}, {400, false}};
  for (const auto& [now, holds] : expected) {
    CallFacts call = plain_call();
    call.now = now;
    EXPECT_EQ(verdict(rules, call), holds ? Handling::allow : Handling::none) << now;
  }
  rules.rules[0].times = {{}};
  EXPECT_EQ(verdict(rules, plain_call()), Handling::none);  // a validity without any time
}

TEST(RuleSet, TheHighestOfTheRulesThatMatchWins) {  // SPIT-CP-06, SPIT-CP-07
  for (std::size_t a = 0; a < kHandlings; ++a) {
    for (std::size_t b = 0; b < kHandlings; ++b) {
      Rules rules{.rules = {rule("a", static_cast<Handling>(a)), rule("b", static_cast<Handling>(b))}};
      for (Rule& one : rules.rules) {
        if (one.actions.handling == Handling::challenge) {
          one.actions.component = Component::hashcash;
        }
      }
      const test::OpenedRules set = opened(rules);
      const Outcome outcome = set.set.evaluate(to_stranger(plain_call()));
      EXPECT_EQ(outcome.handling, static_cast<Handling>(std::max(a, b)));
      if (std::max(a, b) != 0) {
        EXPECT_EQ(outcome.rule, a >= b ? 0 : 1);
      }
      if (a != 0) {
        rules.first_match = true;
        EXPECT_EQ(verdict(rules, plain_call()), static_cast<Handling>(a));
      }
    }
  }
}

TEST(RuleSet, NumbersCombineByTheHighestAndFlagsByOr) {  // SPIT-CP-06
  Rules rules{.rules = {rule("a", Handling::challenge), rule("b", Handling::challenge), rule("c", Handling::block)}};
  rules.rules[0].actions.component = Component::hashcash;
  rules.rules[0].actions.work = 12;
  rules.rules[1].actions.component = Component::hashcash;
  rules.rules[1].actions.work = 18;
  rules.rules[2].actions.notify = true;
  const auto set = opened(rules);
  const Outcome outcome = set.set.evaluate(to_stranger(plain_call()));
  EXPECT_EQ(outcome.work, 18);
  EXPECT_TRUE(outcome.notify);
  EXPECT_EQ(set.set.text(outcome.rule, RuleText::id), "a");
}

TEST(RuleSet, EveryFactIsAskedAndNoOther) {  // SPIT-PL-01
  for (std::size_t i = 0; i < kFacts; ++i) {
    const auto fact = static_cast<Fact>(i);
    for (unsigned value = 0; value < kFactBits[i]; ++value) {
      Rules rules{.rules = {rule("one", Handling::allow)}};
      rules.rules[0].facts = (kAnything & ~all_of(fact)) | fact_bit(fact, value);
      const test::OpenedRules set = opened(rules);
      for (unsigned other = 0; other < kFactBits[i]; ++other) {
        const CallFacts call = with(to_stranger(plain_call()), fact, other);
        EXPECT_TRUE(is_complete(call.facts, kAnything));
        EXPECT_EQ(set.set.evaluate(call).handling, value == other ? Handling::allow : Handling::none);
      }
    }
  }
  EXPECT_FALSE(is_complete(to_stranger(plain_call()).facts, kAnyCall));
  EXPECT_FALSE(is_complete(plain_call().facts | kAnyCall, kAnyCall));
}

TEST(RuleSet, AWordMayStandForSeveralValues) {
  EXPECT_EQ(find_word(Fact::authentication, "verified-B"), fact_bit(Fact::authentication, Authentication::verified_b));
  EXPECT_NE(find_word(Fact::authentication, "signed") & fact_bit(Fact::authentication, Authentication::verified_a), 0U);
  EXPECT_EQ(find_word(Fact::authentication, "signed") & fact_bit(Fact::authentication, Authentication::failed), 0U);
  EXPECT_EQ(find_word(Fact::method, "invite"), 0U);  // methods are case-sensitive (RFC 3261 7.1)
}

TEST(RuleSet, ScoreAndTexts) {  // SPIT-PL-01
  const auto set = opened(test::rich_rules());
  CallFacts call = with(to_stranger(plain_call()), Fact::method, CallMethod::message);
  call.score = 10;
  ASSERT_TRUE(call.texts[static_cast<std::size_t>(KeyKind::body_type)].push(
      text_key(test::kSecret, KeyKind::body_type, "image/*")));
  EXPECT_FALSE(set.set.matches(3, call));  // no trunk
  ASSERT_TRUE(
      call.texts[static_cast<std::size_t>(KeyKind::trunk)].push(text_key(test::kSecret, KeyKind::trunk, "carrier")));
  EXPECT_TRUE(set.set.matches(3, call));
  for (const auto& [score, holds] : {std::pair{9, false}, {10, true}, {90, true}, {91, false}}) {
    call.score = static_cast<std::uint8_t>(score);
    EXPECT_EQ(set.set.matches(3, call), holds) << score;
  }
  call.score = 50;
  EXPECT_FALSE(set.set.matches(3, with(call, Fact::method, CallMethod::invite)));
}

TEST(RuleSet, TextsOfARule) {
  const auto with_octets = opened(test::rich_rules());
  EXPECT_EQ(with_octets.set.text(3, RuleText::phrase), "Unwanted");
  EXPECT_EQ(with_octets.set.text(3, RuleText::display_prefix), "[Spam?] ");
  EXPECT_EQ(with_octets.set.text(3, RuleText::strip_header), "subject");
  EXPECT_EQ(with_octets.set.text(3, RuleText::strip_header, 1), "call-info");
  EXPECT_EQ(with_octets.set.text(3, RuleText::strip_header, 2), "");
  EXPECT_EQ(with_octets.set.text(0, RuleText::phrase), "");
  EXPECT_EQ(with_octets.set.rules(), 4U);
}

TEST(RuleSet, AContactIsAllowedAsLongAsItLasts) {  // SPIT-FW-10
  const auto set = opened(test::rich_rules());
  const auto asked = [&](CallFacts call, std::int64_t now) {
    call.now = now;
    return set.set.evaluate(to_stranger(call));
  };
  EXPECT_EQ(asked(call_from("12155550199"), kNow + 49).rule, Outcome::kContact);
  EXPECT_EQ(asked(call_from("sip:carol@example.org", "example.org"), kNow + 20).handling, Handling::none);
  EXPECT_EQ(asked(call_from("12155550199"), kNow + 50).handling, Handling::none);
  EXPECT_EQ(asked(plain_call(), kNow).rule, 2);  // who is not authenticated is no contact: he gets the puzzle
}

TEST(RuleSet, AContactMayBringTheResultOfAChallenge) {  // SPIT-PL-05, SPIT-CO-01, SPIT-PY-02
  const auto set = opened(test::rich_rules());
  const auto facts_of = [&](CallFacts call, std::int64_t now) {
    call.now = now;
    call = to_stranger(call);
    return set.set.with_results(call, call.facts);
  };
  const auto asked = [&](CallFacts call, std::int64_t now) {
    call.now = now;
    return set.set.evaluate(to_stranger(call)).rule;
  };
  const auto has = [](FactWord facts, Fact fact, Result value) {
    return (facts & all_of(fact)) == fact_bit(fact, value);
  };
  const CallFacts failed = call_from("12155550177");
  EXPECT_TRUE(has(facts_of(failed, kNow), Fact::consent, Result::failure));
  EXPECT_TRUE(has(facts_of(failed, kNow), Fact::turing, Result::none));
  EXPECT_TRUE(is_complete(facts_of(failed, kNow), kAnything));
  EXPECT_TRUE(has(facts_of(failed, kNow + 50), Fact::consent, Result::none)) << "it has ended";
  EXPECT_NE(asked(failed, kNow), Outcome::kContact) << "who has failed is no friend";
  EXPECT_EQ(asked(call_from("12155550178"), kNow + 49), Outcome::kContact) << "who has passed is one";
  EXPECT_TRUE(has(facts_of(call_from("12155550178"), kNow), Fact::turing, Result::success));
  EXPECT_TRUE(has(facts_of(call_from("12155550178"), kNow), Fact::consent, Result::failure));
  EXPECT_NE(asked(call_from("12155550178"), kNow + 50), Outcome::kContact);
  EXPECT_EQ(facts_of(call_from("12155550199"), kNow), to_stranger(call_from("12155550199")).facts);
  EXPECT_EQ(facts_of(plain_call(), kNow), to_stranger(plain_call()).facts) << "nobody known";
  EXPECT_EQ(RuleSet().with_results(failed, failed.facts), failed.facts);
  // What the call itself shows counts for more than a failure from before.
  EXPECT_TRUE(has(facts_of(test::with(failed, Fact::consent, Result::success), kNow), Fact::consent, Result::success));
}

TEST(RuleSet, AContactHasAtMostOneResult) {  // SPIT-FW-06
  const auto accepted = [](FactWord result) {
    const auto octets = write_rule_set({.contacts = {{"12155550177", kNow, result}}}, test::kSecret);
    return octets && RuleSet::open(*octets).has_value();
  };
  EXPECT_TRUE(accepted(0));
  EXPECT_TRUE(accepted(fact_bit(Fact::payment, Result::success)));
  EXPECT_FALSE(accepted(all_of(Fact::consent)));
  EXPECT_FALSE(accepted(fact_bit(Fact::consent, Result::success) | fact_bit(Fact::turing, Result::success)));
  EXPECT_FALSE(accepted(fact_bit(Fact::method, CallMethod::invite)));
  EXPECT_FALSE(accepted(FactWord{1} << 63));
}

TEST(RuleSet, MoreThanIsAllowedIsRefused) {  // SPIT-FW-06
  Rules rules;
  rules.rules.assign(kMaxRules, rule("r", Handling::allow));
  EXPECT_TRUE(write_rule_set(rules, test::kSecret));
  rules.rules.push_back(rule("r", Handling::allow));
  EXPECT_FALSE(write_rule_set(rules, test::kSecret));
  Rules texts{.rules = {rule(std::string(kMaxTextBytes + 1, 'x'), Handling::allow)}};
  EXPECT_FALSE(write_rule_set(texts, test::kSecret));
  Rules names{.rules = {rule("r", Handling::allow)}};
  names.rules[0].identities.push_back({std::vector<std::string>(kMaxConditionKeys + 1, "1"), {}});
  EXPECT_EQ(write_rule_set(names, test::kSecret).error(), "rule r names too many in one condition");
  Rules times{.rules = {rule("r", Handling::allow)}};
  times.rules[0].times.emplace_back(kMaxIntervals + 1);
  EXPECT_FALSE(write_rule_set(times, test::kSecret));
}

// SPIT-PL-03: no text of an image breaks a message, whoever has made the image.
TEST(RuleSet, TextsThatAreNotAllowed) {
  const auto refused = [](auto&& change) {
    Rule bad = rule("r", Handling::block);
    change(bad.actions);
    const auto octets = write_rule_set({.rules = {bad}}, test::kSecret);
    const auto set = octets ? RuleSet::open(*octets) : std::unexpected(octets.error());
    return !set && set.error().ends_with("has a text that is not allowed");
  };
  for (const char* const phrase : {"a\r\nVia: b", "a\nb", "a\tb", "100%", "\xc3\xbc", "\x7f"}) {
    EXPECT_TRUE(refused([&](Actions& actions) { actions.phrase = phrase; })) << phrase;
  }
  for (const char* const prefix : {"\"", "a\\", "a\r\nb"}) {
    EXPECT_TRUE(refused([&](Actions& actions) { actions.display_prefix = prefix; })) << prefix;
  }
  for (const char* const name : {"via", "Subject", "s", "privacy"}) {
    EXPECT_TRUE(refused([&](Actions& actions) { actions.strip_headers = {"x-note", name}; })) << name;
  }
  for (const char* const type : {"image", "Image/png", "application/sdp"}) {
    EXPECT_TRUE(refused([&](Actions& actions) { actions.remove_body_parts = {type}; })) << type;
  }
  for (const char* const target : {"http://example.com", "sip:a@b>", "sip:a b", "sip:a\r\n"}) {
    EXPECT_TRUE(refused([&](Actions& actions) { actions.target = target; })) << target;
  }
}

// SPIT-FW-06: whoever sends a table can make the evaluation neither crash nor read elsewhere (sanitizers watch).
TEST(RuleSet, EveryOctetChanged) {
  const std::vector<std::byte> good = opened(test::rich_rules()).octets;
  CallFacts call = to_stranger(call_from("sip:alice@foo.example.com", "foo.example.com"));
  for (auto& keys : call.texts) {
    ASSERT_TRUE(keys.push(text_key(test::kSecret, KeyKind::trunk, "carrier")));
  }
  std::size_t refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::vector<std::byte> octets = good;
      octets[i] = static_cast<std::byte>(value);
      const auto set = RuleSet::open(octets);
      if (!set) {
        ++refused;
        continue;
      }
      EXPECT_EQ(set->octets(), good.size());
      for (std::size_t index = 0; index < set->rules(); ++index) {
        static_cast<void>(set->matches(index, call));
        static_cast<void>(set->text(index, RuleText::remove_body_part, 3));
      }
      static_cast<void>(set->evaluate(call));
    }
  }
  EXPECT_GT(refused, good.size() * 100);
  for (std::size_t length = 0; length < good.size(); ++length) {
    const std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(RuleSet::open(cut)) << length;
  }
}

}  // namespace
}  // namespace stirline::config::policy::rule_set_test
