// The action sp:notify on the wire: the record of the call says that the called user is to be told, once, whoever
// decides, and that a caller wants to stay unknown (SPIT-PL-03, RFC 3323 4.2).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/call_record.hpp"
#include "tests/ring/ruled_calls.hpp"
#include "tests/ring/told_records.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using config::wire::CallRecord;
using config::wire::Decision;

class Notified : public RuledCalls {
 protected:
  static Rule telling(Handling handling) {
    Rule rule = lab_rule("tell", handling);
    rule.actions.notify = true;
    return rule;
  }
  // Of the one request since the last time; views lie in batch_.
  CallRecord record() {
    const std::vector<CallRecord> all = told_records(harness_, batch_);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? CallRecord() : all.front();
  }
  void forget_records() { told_records(harness_, batch_); }

  std::string batch_;
};

TEST_F(Notified, OfWhatIsAnswered) {  // SPIT-PL-03
  rule_for(1, telling(Handling::block));
  answered(call(1));
  const CallRecord told = record();
  EXPECT_TRUE(told.notify);
  EXPECT_FALSE(told.withheld);
  EXPECT_FALSE(told.challenged);
  EXPECT_FALSE(told.known_caller);
  EXPECT_EQ(told.decision, Decision::answered);
  EXPECT_EQ(told.status, 603);
  EXPECT_EQ(told.handling, Handling::block);
  EXPECT_EQ(told.rule, "user:tell");
  EXPECT_EQ(told.orig, originator({.number = 1}));
  EXPECT_EQ(told.target, destination({.number = 1}));
}

TEST_F(Notified, OfWhatGoesOn) {  // SPIT-PL-03: without and behind a crypto core
  const std::string sent = signed_call(1);
  rule_for(1, telling(Handling::allow_marked));
  forget_records();
  EXPECT_TRUE(delivered(call(1)).starts_with("INVITE "));
  CallRecord told = record();
  EXPECT_TRUE(told.notify);
  EXPECT_EQ(told.handling, Handling::allow_marked);
  EXPECT_EQ(told.target, destination({.number = 1}));
  EXPECT_TRUE(delivered(another(sent, "2")).starts_with("INVITE "));
  told = record();
  EXPECT_TRUE(told.notify);
  EXPECT_TRUE(told.known_caller);
  EXPECT_EQ(told.verdict, crypto::Verdict::valid);
  EXPECT_EQ(told.handling, Handling::allow_marked);
  EXPECT_EQ(told.target, destination({.number = 1}));
}

TEST_F(Notified, ByARuleThatSaysNothingElse) {  // SPIT-PL-03
  rule_for(1, telling(Handling::none));
  EXPECT_TRUE(delivered(call(1)).starts_with("INVITE "));
  CallRecord told = record();
  EXPECT_TRUE(told.notify);
  EXPECT_EQ(told.handling, Handling::none);
  EXPECT_EQ(told.rule, "");
  EXPECT_EQ(told.target, destination({.number = 1}));
  rules_.legal = {.rules = {lab_rule("law", Handling::block)}};
  publish(rules_);
  answered(another(call(1), "2"));
  told = record();
  EXPECT_TRUE(told.notify) << "whoever decides";
  EXPECT_EQ(told.rule, "legal:law");
}

TEST_F(Notified, OnceHoweverOftenItIsSent) {  // SPIT-PL-03: copies of what went on
  rule_for(1, telling(Handling::allow));
  delivered(call(1));
  EXPECT_TRUE(record().notify);
  delivered(call(1));
  for (const CallRecord& copy : told_records(harness_, batch_)) {
    EXPECT_FALSE(copy.notify);
  }
}

TEST_F(Notified, NotByRulesOfOthers) {
  Rule law = telling(Handling::block);
  rules_.operator_soft = {.rules = {law}};
  publish(rules_);
  answered(call(1));
  EXPECT_FALSE(record().notify);
  rule_for(2, lab_rule("no", Handling::block));
  answered(call(2));
  const CallRecord told = record();
  EXPECT_FALSE(told.notify);
  EXPECT_EQ(told.handling, Handling::block);
}

TEST_F(Notified, WhoWantsToStayUnknownStaysSo) {  // RFC 3323 4.2, RFC 3325 9.3
  rule_for(1, telling(Handling::block));
  unsigned number = 0;
  for (const char* asked :
       {"id", "user", "header", "session", "critical;id", "id;user;header", "something", "none;id", "id id", ""}) {
    answered(another(with_line(call(1), "Privacy: " + std::string(asked)), "w" + std::to_string(number++)));
    const CallRecord told = record();
    EXPECT_TRUE(told.notify) << asked;
    EXPECT_TRUE(told.withheld) << asked;
  }
  answered(another(with_line(call(1), "Privacy: none"), "none"));
  EXPECT_FALSE(record().withheld);
  const std::string from = header_line(call(1), "From: ");
  const std::string nameless = replaced(
      call(1), from, "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>" + from.substr(from.find(";tag=")));
  answered(another(nameless, "nameless"));
  const CallRecord told = record();
  EXPECT_TRUE(told.notify);
  EXPECT_TRUE(told.withheld);
}

TEST_F(Notified, AKnownCallerMayStayUnknownToo) {  // behind a crypto core
  const std::string sent = signed_call(1);
  rule_for(1, telling(Handling::allow));
  forget_records();
  delivered(another(with_line(sent, "Privacy: user"), "2"));
  const CallRecord told = record();
  EXPECT_TRUE(told.notify);
  EXPECT_TRUE(told.known_caller);
  EXPECT_TRUE(told.withheld);
}

}  // namespace
}  // namespace stirline::test
