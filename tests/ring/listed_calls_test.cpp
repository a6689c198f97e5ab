// What lists do to calls on the wire, through rules that ask for them (SPIT-CL-02, -03, -09; SPIT-FW-02; SPIT-PL-06).
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "config/policy/list_table_writer.hpp"
#include "tests/ring/ruled_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

constexpr std::string_view kLabSpc = "1234";  // of the lab's certificate

Rule list_rule(const std::string& list, Handling handling) {
  Rule rule = lab_rule(list, handling);
  rule.texts.push_back({KeyKind::list, {list}});
  return rule;
}

class ListedCalls : public RuledCalls {
 protected:
  // What an operator's common rules say about lists: the law of numbers that nobody calls from, his own of callers.
  ListedCalls() {
    rules_.legal.rules = {list_rule("do-not-originate", Handling::block), list_rule("unallocated", Handling::block)};
    rules_.operator_hard.rules = {list_rule("white", Handling::allow), list_rule("black", Handling::block)};
    Rule suspect = lab_rule("suspect", Handling::allow_marked);
    suspect.least_score = 50;
    rules_.operator_soft.rules = {suspect};
  }

  [[nodiscard]] Key number(const std::string& digits) const { return identity_key(rules_.secret, digits); }

  void publish_lists(const std::function<void(ListTableWriter& writer)>& fill, std::uint8_t claim_score = 60) {
    ListTableWriter writer(rules_.secret, {.claim_score = claim_score});
    static_cast<void>(writer.origin("test"));
    fill(writer);
    auto image = writer.take();
    ASSERT_TRUE(image) << image.error();
    rules_.lists = std::move(*image);
    publish(rules_);
  }
  void list(List list, Key subject, ListUntil until = kForEver) {
    publish_lists([&](ListTableWriter& writer) { writer.add(list, subject, until, 0); });
  }
};

TEST_F(ListedCalls, WhoIsShownToBeBlackIsRefused) {  // SPIT-CL-02, SPIT-FW-02
  const std::string known = signed_call(1);
  list(List::black, number(originator({.number = 1})));
  EXPECT_EQ(status_line(answered(known)), "SIP/2.0 603 Decline");
  EXPECT_TRUE(delivered(signed_call(2)).starts_with("INVITE ")) << "another caller";
  EXPECT_EQ(harness_.counter(Counter::listed), 1U);
}

TEST_F(ListedCalls, WhoOnlyClaimsToBeIsSuspected) {  // SPIT-CL-02: otherwise score only
  list(List::black, number(originator({.number = 1})));
  EXPECT_EQ(header_line(delivered(another(call(1), "u")), "Spam-Score: "), "Spam-Score: 60;by=stirline");
  EXPECT_EQ(delivered(another(call(2), "u")).find("Spam-Score"), std::string::npos);
  publish_lists(
      [&](ListTableWriter& writer) { writer.add(List::black, number(originator({.number = 1})), kForEver, 0); }, 0);
  EXPECT_EQ(delivered(another(call(1), "v")).find("Spam-Score"), std::string::npos);
}

// A gateway vouches for itself alone: B and C are no word on the number.
TEST_F(ListedCalls, AGatewaysWordIsNoProof) {  // SPIT-FW-02
  const std::string by_gateway = signed_call(1, 'C');
  list(List::black, number(originator({.number = 1, .attest = 'C'})));
  EXPECT_EQ(header_line(delivered(by_gateway), "Spam-Score: "), "Spam-Score: 60;by=stirline");
}

TEST_F(ListedCalls, WhoSignsMayBeBlack) {  // SPIT-CL-02: by service provider code
  const std::string known = signed_call(1);
  const std::string by_gateway = signed_call(2, 'C');
  list(List::black, text_key(rules_.secret, KeyKind::spc, kLabSpc));
  EXPECT_EQ(status_line(answered(known)), "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(by_gateway)), "SIP/2.0 603 Decline");
  EXPECT_TRUE(delivered(another(call(3), "u")).starts_with("INVITE ")) << "nobody has signed";
  list(List::black, text_key(rules_.secret, KeyKind::trunk, "peer"));
  EXPECT_EQ(status_line(answered(another(call(3), "v"))), "SIP/2.0 603 Decline") << "where it comes in is known";
}

TEST_F(ListedCalls, WhoseCertificateMayBeBlack) {  // SPIT-CL-02: by its subject
  const std::string known = signed_call(1);
  list(List::black, text_key(rules_.secret, KeyKind::certificate, kLabSubject));
  EXPECT_EQ(status_line(answered(known)), "SIP/2.0 603 Decline");
  EXPECT_TRUE(delivered(another(call(3), "u")).starts_with("INVITE ")) << "nobody has signed";
}

TEST_F(ListedCalls, NobodyCallsFromThere) {  // SPIT-CL-09
  list(List::do_not_originate, number(originator({.number = 1})));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 603 Decline") << "whether it is shown or not";
  EXPECT_EQ(status_line(answered(signed_call(1))), "SIP/2.0 603 Decline");
  publish_lists([&](ListTableWriter& writer) {
    writer.add_prefix(List::unallocated, number(originator({.number = 2}).substr(0, 9)), kForEver, 0);
  });
  EXPECT_EQ(status_line(answered(call(2))), "SIP/2.0 603 Decline");
}

TEST_F(ListedCalls, WhoeverIsCalledMayHaveOptedOut) {  // SPIT-CL-09
  rules_.legal.rules = {list_rule("do-not-call", Handling::block)};
  list(List::do_not_call, number(destination({.number = 1})));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 603 Decline");
  EXPECT_TRUE(delivered(call(2)).starts_with("INVITE "));
}

// White beats what a user says, and not the law (SPIT-CL-03, SPIT-PL-06).
TEST_F(ListedCalls, WhiteIsAboveTheUserAndBelowTheLaw) {
  const std::string known = signed_call(1);
  const std::string forbidden = signed_call(2);
  rules_.users.push_back(
      {.called = destination({.number = 1}), .rules = {.rules = {lab_rule("nobody", Handling::block)}}});
  publish_lists([&](ListTableWriter& writer) {
    writer.add(List::white, number(originator({.number = 1})), kForEver, 0);
    writer.add(List::black, number(originator({.number = 1})), kForEver, 0);
    writer.add(List::white, number(originator({.number = 2})), kForEver, 0);
    writer.add(List::do_not_originate, number(originator({.number = 2})), kForEver, 0);
  });
  EXPECT_TRUE(delivered(known).starts_with("INVITE ")) << "of one layer the kinder rule counts";
  EXPECT_EQ(status_line(answered(forbidden)), "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(another(call(1), "u"))), "SIP/2.0 603 Decline") << "white only who is shown to be";
}

TEST_F(ListedCalls, AChangeCountsAtOnceAndAnEntryEnds) {  // SPIT-CL-02: lists age out
  EXPECT_TRUE(delivered(signed_call(1)).starts_with("INVITE "));
  list(List::black, number(originator({.number = 1})), static_cast<ListUntil>(kTestNow + 20));
  EXPECT_EQ(status_line(answered(another(signed_call(1), "a"))), "SIP/2.0 603 Decline");
  harness_.clock().set(kTestNow + 20);
  EXPECT_TRUE(delivered(another(signed_call(1), "b")).starts_with("INVITE ")) << "without another table";
  list(List::black, number(originator({.number = 2})));
  EXPECT_TRUE(delivered(another(signed_call(1), "c")).starts_with("INVITE "));
  EXPECT_EQ(status_line(answered(another(signed_call(2), "d"))), "SIP/2.0 603 Decline");
}

// Other rules do not take the lists along, and lists do not come without their keys.
TEST_F(ListedCalls, ListsStayWhileRulesChange) {
  list(List::do_not_originate, number(originator({.number = 1})));
  rules_.lists.clear();
  rule_for(2, lab_rule("no", Handling::block));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 603 Decline");
  rules_.secret[0] ^= 1;
  publish(rules_);
  EXPECT_TRUE(delivered(another(call(1), "n")).starts_with("INVITE ")) << "their keys are of another time";
  LabRules wrong = rules_;
  ListTableWriter writer(KeySecret{9});
  wrong.lists = writer.take().value();
  EXPECT_THROW(publish(wrong), std::runtime_error);
}

TEST_F(ListedCalls, ManyChangesWhileCallsFlow) {  // the ledger is exact, and every call meets one table or the other
  constexpr std::uint32_t kRounds = 100;
  for (std::uint32_t i = 0; i < kRounds; ++i) {
    send(another(call(i % 20), "r" + std::to_string(i)));
    list(List::do_not_originate, number(originator({.number = i % 20})));
    send(another(call(i % 20), "s" + std::to_string(i)));
    ASSERT_TRUE(harness_.settle());
  }
  EXPECT_TRUE(harness_.ledger_balances());
  const std::uint64_t refused = harness_.counter(Counter::rules_blocked);
  EXPECT_GE(refused, kRounds);
  EXPECT_EQ(refused, harness_.counter(Counter::listed));
  EXPECT_EQ(harness_.counter(Counter::dropped_answered), refused);
}

}  // namespace
}  // namespace stirline::test
