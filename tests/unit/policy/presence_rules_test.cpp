// Who may watch a user: what pres-rules say about subscriptions to his presence (SPIT-CL-16, SPIT-XC-10).
#include "control/policy/presence_rules.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/policy/rule_set.hpp"
#include "control/policy/rule_compiler.hpp"
#include "tests/unit/policy/documents.hpp"

namespace stirline::control::policy::presence_rules_test {
namespace {

using namespace config::policy;
using config::policy::test::call_from;
using config::policy::test::kNow;
using config::policy::test::kSecret;
using config::policy::test::with;
using test::always;
using test::rule;
using test::ruleset;

const std::string kBob = "sip:bob@example.com";
const std::string kAlice = "<identity><one id=\"sip:alice@example.org\"/></identity>";

std::string presence(const std::string& rules) {
  return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\" "
         "xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\">" +
         rules + "</ruleset>";
}
std::string watcher(const std::string& id, const std::string& conditions, const std::string& sub_handling) {
  return "<rule id=\"" + id + "\"><conditions>" + conditions + "</conditions><actions><pr:sub-handling>" +
         sub_handling +
         "</pr:sub-handling></actions><transformations><pr:provide-all-attributes/></transformations></rule>";
}

CallFacts watch(std::string_view identity) {
  return with(with(call_from(identity), Fact::method, CallMethod::subscribe), Fact::watch, Truth::yes);
}

class PresenceRules : public ::testing::Test {
 protected:
  // Bob's: his rules of calls, his documents of pres-rules, whom he knows.
  void compile(std::optional<std::string> rules, std::vector<std::string> documents,
               std::vector<Contact> contacts = {}) {
    auto user = compile_user({.owner = kBob,
                              .rules = std::move(rules),
                              .profile = {},
                              .presence = std::move(documents),
                              .contacts = std::move(contacts)},
                             kNow, kSecret);
    ASSERT_TRUE(user) << user.error();
    user_ = std::move(*user);
    const auto set = RuleSet::open(user_.rules);
    ASSERT_TRUE(set) << set.error();
    set_ = *set;
  }
  [[nodiscard]] Outcome ask(CallFacts call) const {
    call.facts = set_.with_results(call, call.facts | user_.facts);
    return set_.evaluate(call);
  }
  [[nodiscard]] std::string rule_of(const CallFacts& call) const {
    return std::string(set_.text(ask(call).rule, RuleText::id));
  }

  CompiledUser user_;
  RuleSet set_;
};

TEST_F(PresenceRules, EachSubHandling) {
  compile({}, {presence(watcher("a", kAlice, "allow"))});
  EXPECT_EQ(ask(watch("sip:alice@example.org")).handling, Handling::allow);
  EXPECT_EQ(rule_of(watch("sip:alice@example.org")), "pres-rules/a");
  EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::none) << "others may have something to say";
  compile({}, {presence(watcher("b", "", "block"))});
  EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::block);
  compile({}, {presence(watcher("p", "", " polite-block\n"))});
  EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::polite_block);
  compile({}, {presence(watcher("c", "", "confirm"))});
  EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::challenge);
  EXPECT_EQ(ask(watch("sip:eve@example.net")).component, Component::consent);
}

TEST_F(PresenceRules, AreAboutNothingElse) {
  compile({}, {presence(watcher("b", "", "block"))});
  EXPECT_EQ(ask(call_from("sip:eve@example.net")).handling, Handling::none) << "a call";
  EXPECT_EQ(ask(with(call_from("sip:eve@example.net"), Fact::method, CallMethod::subscribe)).handling, Handling::none)
      << "a subscription to something else";
}

// RFC 5025 3.2.1: to be blocked politely is more than to be waiting for an answer.
TEST_F(PresenceRules, TheMostThatIsPermittedCounts) {
  compile({}, {presence(watcher("c", "", "confirm") + watcher("b", "", "block") + watcher("p", "", "polite-block"))});
  EXPECT_EQ(rule_of(watch("sip:alice@example.org")), "pres-rules/p");
  compile({},
          {presence(watcher("c", "", "confirm")), presence(watcher("a", kAlice, "allow") + watcher("b", "", "block"))});
  EXPECT_EQ(rule_of(watch("sip:alice@example.org")), "pres-rules/a") << "all documents of his count";
  EXPECT_EQ(rule_of(watch("sip:eve@example.net")), "pres-rules/c");
  compile({}, {presence("<rule id=\"r\"><actions><pr:sub-handling>polite-block</pr:sub-handling>"
                        "<pr:sub-handling>confirm</pr:sub-handling></actions></rule>")});
  EXPECT_EQ(ask(watch("sip:alice@example.org")).handling, Handling::polite_block);
  EXPECT_EQ(ask(watch("sip:alice@example.org")).component, Component::none);
}

TEST_F(PresenceRules, ComeBeforeWhatHeSaysAboutCalls) {
  for (const char* evaluation : {"", " sp:evaluation=\"first-match\""}) {
    std::string calls = ruleset(rule("calls", "", "allow"));
    calls.replace(calls.find("<ruleset "), 9, "<ruleset" + std::string(evaluation) + " ");
    compile(calls, {presence(watcher("a", kAlice, "block"))});
    EXPECT_EQ(ask(watch("sip:alice@example.org")).handling, Handling::block);
    EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::allow) << "nothing is said of him";
    EXPECT_EQ(ask(call_from("sip:alice@example.org")).handling, Handling::allow);
  }
}

TEST_F(PresenceRules, WhoeverWasGrantedConsentWatches) {
  const Contact granted{
      .identity = "sip:eve@example.net", .until = kNow + 100, .result = fact_bit(Fact::consent, Result::success)};
  compile({}, {presence(watcher("c", "", "confirm"))}, {granted});
  EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::allow);
  EXPECT_EQ(ask(watch("sip:mallory@example.net")).handling, Handling::challenge);
  const Contact denied{
      .identity = "sip:eve@example.net", .until = kNow + 100, .result = fact_bit(Fact::consent, Result::failure)};
  compile({}, {presence(watcher("c", "", "confirm"))}, {denied});
  EXPECT_EQ(ask(watch("sip:eve@example.net")).handling, Handling::challenge);
}

// Whom he has called is not yet somebody who may see where he is.
TEST_F(PresenceRules, ContactsWatchOnlyWhereNothingIsSaid) {
  const Contact alice{.identity = "sip:alice@example.org", .until = kNow + 100, .result = 0};
  compile({}, {presence(watcher("p", kAlice, "polite-block"))}, {alice});
  EXPECT_EQ(ask(watch("sip:alice@example.org")).handling, Handling::polite_block);
  EXPECT_EQ(ask(call_from("sip:alice@example.org")).handling, Handling::allow) << "and calls as before";
}

TEST_F(PresenceRules, ActionsOfTheOtherUsageSayNothing) {
  const std::string blocks = "<rule id=\"r\"><actions><sp:handling>block</sp:handling></actions></rule>";
  compile(always("allow"), {presence(blocks)});
  EXPECT_EQ(ask(watch("sip:alice@example.org")).handling, Handling::allow);
  compile(presence(watcher("a", "", "block")), {});
  EXPECT_EQ(ask(watch("sip:alice@example.org")).handling, Handling::none);
}

TEST_F(PresenceRules, Mistakes) {
  const auto refused = [](std::vector<std::string> documents) {
    const auto user = compile_user(
        {.owner = kBob, .rules = {}, .profile = {}, .presence = std::move(documents), .contacts = {}}, kNow, kSecret);
    EXPECT_FALSE(user);
    return user ? std::string() : user.error();
  };
  EXPECT_EQ(refused({presence(watcher("r", "", "perhaps"))}),
            "pres-rules: rule r: sub-handling: is block, confirm, polite-block or allow");
  EXPECT_TRUE(refused({"<ruleset"}).starts_with("pres-rules: line 1"));
  std::string many;
  for (int i = 0; i < 600; ++i) {
    many += watcher("r" + std::to_string(i), "", "block");
  }
  EXPECT_EQ(refused({presence(many), presence(many)}), "more than 1,000 rules");
}

}  // namespace
}  // namespace stirline::control::policy::presence_rules_test
