// Rules that are good for so many calls a second (SPIT-PL-03: limit). Calls come back while a test runs, so what passes
// is bounded by the time it took, and everything else is exact.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/ring/ruled_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

class RuleLimited : public RuledCalls {
 protected:
  static Rule limited(std::string id, Handling handling, std::uint16_t per_second) {
    Rule rule = lab_rule(std::move(id), handling);
    rule.actions.limit = per_second;
    return rule;
  }
  static std::string one(std::uint32_t number, unsigned which) { return another(call(number), std::to_string(which)); }

  // Sends the call; is it marked, or not, or refused?
  enum class Fate { plain, marked, refused };
  Fate fate_of(const std::string& message) {
    send(message);
    EXPECT_TRUE(harness_.settle());
    const std::string crossed = next_payload([&] { return harness_.a().get(); });
    if (crossed.empty()) {
      EXPECT_EQ(status_line(next_payload([&] { return harness_.b().get(); })), "SIP/2.0 603 Decline");
      return Fate::refused;
    }
    return crossed.find("\r\nSpam-Score: ") != std::string::npos ? Fate::marked : Fate::plain;
  }

  void begin() { began_ = std::chrono::steady_clock::now(); }
  // How many calls a bucket of so many can have given since begin().
  [[nodiscard]] unsigned most(unsigned per_second) const {
    const auto took = std::chrono::steady_clock::now() - began_;
    const auto ms = static_cast<unsigned>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()) + 1;
    return per_second + ms * per_second / 1'000 + 1;
  }

 private:
  std::chrono::steady_clock::time_point began_;
};

TEST_F(RuleLimited, BeyondItsLimitARuleDoesNotMatch) {
  rules_.users.push_back(
      {.called = destination({.number = 1}),
       .rules = {.rules = {limited("few", Handling::allow, 5), lab_rule("others", Handling::allow_marked)}}});
  publish(rules_);
  begin();
  unsigned plain = 0;
  constexpr unsigned kCalls = 40;
  for (unsigned i = 0; i < kCalls; ++i) {
    const Fate fate = fate_of(one(1, i));
    ASSERT_NE(fate, Fate::refused) << i;
    plain += fate == Fate::plain ? 1U : 0U;
    EXPECT_TRUE(i >= 5 || fate == Fate::plain) << "five at once are fine";
  }
  EXPECT_LE(plain, most(5));
  EXPECT_EQ(harness_.counter(Counter::rules_allowed), plain);
  EXPECT_EQ(harness_.counter(Counter::rules_marked), kCalls - plain);
  EXPECT_EQ(harness_.counter(Counter::rules_used_up), kCalls - plain);
  EXPECT_EQ(fate_of(call(2)), Fate::plain) << "others have no rules";
}

// Copies go the way of the first, and are no further calls.
TEST_F(RuleLimited, CopiesAreNotCounted) {
  rules_.users.push_back(
      {.called = destination({.number = 1}),
       .rules = {.rules = {limited("few", Handling::allow, 1), lab_rule("others", Handling::allow_marked)}}});
  publish(rules_);
  begin();
  for (unsigned i = 0; i < 20; ++i) {
    ASSERT_EQ(fate_of(one(1, 0)), Fate::plain) << i;
  }
  std::vector<unsigned> beyond;
  for (unsigned i = 1; i < 30; ++i) {
    if (fate_of(one(1, i)) == Fate::marked) {
      beyond.push_back(i);
    }
  }
  ASSERT_FALSE(beyond.empty());
  const std::uint64_t used_up = harness_.counter(Counter::rules_used_up);
  EXPECT_EQ(used_up, beyond.size());
  for (const unsigned which : beyond) {
    EXPECT_EQ(fate_of(one(1, which)), Fate::marked) << "what was beyond stays so";
  }
  EXPECT_EQ(fate_of(one(1, 0)), Fate::plain) << "what was within stays so";
  EXPECT_EQ(harness_.counter(Counter::rules_used_up), used_up);
}

// Behind a crypto core it is the same, and a refusal of a rule with a limit is given once.
TEST_F(RuleLimited, SignedCallsAndRefusals) {
  const std::string known = signed_call(1);
  rules_.users.push_back(
      {.called = destination({.number = 1}), .rules = {.rules = {limited("no", Handling::block, 2)}}});
  publish(rules_);
  begin();
  unsigned refused = 0;
  for (unsigned i = 0; i < 12; ++i) {
    const Fate fate = fate_of(another(known, "n" + std::to_string(i)));
    refused += fate == Fate::refused ? 1U : 0U;
    EXPECT_EQ(fate_of(another(known, "n" + std::to_string(i))), fate) << "a copy";
    EXPECT_TRUE(i >= 2 || fate == Fate::refused);
  }
  EXPECT_LE(refused, most(2));
  EXPECT_EQ(harness_.counter(Counter::rules_blocked), refused);
}

// A rule of the operator counts the calls to all users, one of a user those to him.
TEST_F(RuleLimited, WhoseCallsAreCounted) {
  rules_.operator_soft.rules = {limited("few", Handling::allow, 4), lab_rule("more", Handling::block)};
  publish(rules_);
  begin();
  unsigned plain = 0;
  for (unsigned i = 0; i < 24; ++i) {
    plain += fate_of(one(1 + i % 3, i)) == Fate::plain ? 1U : 0U;
  }
  EXPECT_GE(plain, 4U);
  EXPECT_LE(plain, most(4));
  rules_.operator_soft = {};
  for (const std::uint32_t number : {1U, 2U}) {
    rules_.users.push_back(
        {.called = destination({.number = number}),
         .rules = {.rules = {limited("few", Handling::allow, 4), lab_rule("more", Handling::block)}}});
  }
  publish(rules_);
  for (const std::uint32_t number : {1U, 2U}) {
    for (unsigned i = 0; i < 4; ++i) {
      EXPECT_EQ(fate_of(one(number, 100 + i)), Fate::plain) << number << ' ' << i;
    }
  }
}

// Rules that say the same are counted together: the highest limit holds (SPIT-CP-06).
TEST_F(RuleLimited, TheHighestOfTwoLimitsHolds) {
  rules_.users.push_back({.called = destination({.number = 1}),
                          .rules = {.rules = {limited("few", Handling::allow, 2), limited("more", Handling::allow, 6),
                                              lab_rule("others", Handling::allow_marked)}}});
  publish(rules_);
  begin();
  unsigned plain = 0;
  for (unsigned i = 0; i < 30; ++i) {
    const Fate fate = fate_of(one(1, i));
    plain += fate == Fate::plain ? 1U : 0U;
    EXPECT_TRUE(i >= 6 || fate == Fate::plain) << i;
  }
  // A call that comes back to `few` may be one that `more` does not have yet.
  EXPECT_LE(plain, most(6) + most(2) - 2);
}

TEST_F(RuleLimited, EmergencyCallsAreNotConcerned) {  // INL-AV-02
  rules_.legal.rules = {limited("few", Handling::allow, 1), lab_rule("others", Handling::block)};
  publish(rules_);
  EXPECT_EQ(fate_of(one(1, 0)), Fate::plain);
  const std::string called = destination({.number = 1});
  for (unsigned i = 0; i < 5; ++i) {
    const std::string emergency = replaced(
        one(1, 10 + i), "sip:+" + called + "@gateway.carrier-b.example.net:5060;user=phone", "urn:service:sos");
    EXPECT_EQ(fate_of(emergency), Fate::plain) << i;
  }
  EXPECT_EQ(harness_.counter(Counter::rules_used_up), 0U);
}

}  // namespace
}  // namespace stirline::test
