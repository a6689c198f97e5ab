// Challenges on the wire, both passes: consent of the called user (SPIT-CO-01, -05), a test whether a person calls
// (SPIT-PY-02, SPIT-CL-05, -06), redirection by rewriting and by 302 (SPIT-MK-04); the second pass with its result
// (SPIT-PL-05), and nothing kept about whoever was challenged (SPIT-MK-05).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/call_record.hpp"
#include "config/wire/protocol.hpp"
#include "dataplane/poll/answer_texts.hpp"
#include "tests/ring/ruled_calls.hpp"
#include "tests/ring/told_records.hpp"
#include "tests/ring/usual_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using config::wire::CallRecord;
using dataplane::Counter;

std::string request_uri(const std::string& message) {
  const std::size_t begin = message.find(' ') + 1;
  return message.substr(begin, message.find(' ', begin) - begin);
}

std::string to_message(const std::string& call) {
  return replaced(replaced(call, "INVITE sip", "MESSAGE sip"), " INVITE\r\n", " MESSAGE\r\n");
}

class Challenges : public RuledCalls {
 protected:
  Challenges() { tables_.trunks[0].certificate_wait_ms = 0; }

  static Rule challenge(Component component, std::string target = "") {
    Rule rule = lab_rule("strangers", Handling::challenge);
    rule.actions.component = component;
    rule.actions.target = std::move(target);
    return rule;
  }
  static Rule with_result(Rule rule, Fact fact, Result result) {
    rule.facts = (rule.facts & ~all_of(fact)) | fact_bit(fact, result);
    return rule;
  }

  // In place of what user `number` had: these rules, and who is known to him.
  void user(std::uint32_t number, std::vector<Rule> rules, std::vector<Contact> contacts = {}) {
    rules_.users = {{.called = destination({.number = number}),
                     .rules = {.rules = std::move(rules), .contacts = std::move(contacts)}}};
    publish(rules_);
  }
  static Contact known(std::uint32_t number, Fact fact, Result result, std::int64_t until = kTestNow + 3'600) {
    return {.identity = originator({.number = number}), .until = until, .result = fact_bit(fact, result)};
  }

  // What has been recorded since the last time; views lie in batch_.
  std::vector<CallRecord> records() { return told_records(harness_, batch_); }
  CallRecord challenged_record() {
    for (const CallRecord& record : records()) {
      if (record.challenged) {
        return record;
      }
    }
    ADD_FAILURE() << "control is told nothing";
    return {};
  }

  LabTables tables_ = lab_tables();
  std::string batch_;
};

TEST_F(Challenges, ConsentIsAskedForWith470) {  // SPIT-CO-01
  user(1, {challenge(Component::consent)});
  const std::string request = call(1);
  const std::string answer = answered(request);
  std::string expected = "SIP/2.0 470 Consent Needed\r\n";
  expected += header_line(request, "Via: ") + ";received=198.51.100.20\r\n";
  expected += header_line(request.substr(request.find("\r\nVia: ", request.find("\r\nVia: ") + 1)), "Via: ") + "\r\n";
  expected += header_line(request, "From: ") + "\r\n";
  expected += header_line(request, "To: ") + ";tag=" + tag_of(answer) + "\r\n";
  expected += header_line(request, "Call-ID: ") + "\r\n" + header_line(request, "CSeq: ") + "\r\n";
  expected += "Permission-Missing: <" + request_uri(request) + ">\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(answer, expected);
  EXPECT_EQ(answered(request), answer) << "copies get the same octets";
  EXPECT_EQ(harness_.counter("answered_consent_needed"), 2U);
  EXPECT_EQ(harness_.counter(Counter::rules_challenged), 1U);
}

// SPIT-CL-16: a flood of subscriptions to his presence brings nothing but its answers; control gets one caller's name.
TEST_F(Challenges, WatchersAreAskedForConsentOrFobbedOff) {
  const auto watch = [](const std::string& call) {
    return with_line(replaced(replaced(call, "INVITE sip", "SUBSCRIBE sip"), " INVITE\r\n", " SUBSCRIBE\r\n"),
                     "Event: presence");
  };
  Rule confirm = challenge(Component::consent);
  confirm.ends = true;
  confirm.facts &= ~all_of(Fact::watch) | fact_bit(Fact::watch, config::policy::Truth::yes);
  user(1, {confirm, lab_rule("calls", Handling::allow)});
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(status_line(answered(watch(another(call(1), "w" + std::to_string(i))))), "SIP/2.0 470 Consent Needed");
  }
  EXPECT_TRUE(delivered(another(call(1), "c")).starts_with("INVITE ")) << "calls are another matter";
  EXPECT_EQ(harness_.counter(Counter::rules_challenged), 100U);
  confirm.actions = {.handling = Handling::polite_block};
  user(1, {confirm, lab_rule("calls", Handling::allow)});
  EXPECT_EQ(status_line(answered(watch(another(call(1), "p")))), "SIP/2.0 202 Accepted") << "and no NOTIFY ever comes";
}

TEST_F(Challenges, ConsentForAMessageToo) {  // SPIT-CO-01
  user(1, {challenge(Component::consent)});
  EXPECT_EQ(status_line(answered(to_message(call(1)))), "SIP/2.0 470 Consent Needed");
}

// SPIT-CO-05: control hears of canonical identity and verdict. What the caller writes about himself is not in it.
TEST_F(Challenges, ControlIsToldWhoAsksAndHowHeIsKnown) {
  const std::string sent = replaced(signed_call(1), "\"Subscriber 1\"", "\"Buy my pills, urgent\"");
  user(1, {challenge(Component::consent)});
  records();
  EXPECT_EQ(status_line(answered(sent)), "SIP/2.0 470 Consent Needed");
  const CallRecord record = challenged_record();
  EXPECT_EQ(record.status, 470);
  EXPECT_TRUE(record.known_caller);
  EXPECT_EQ(record.verdict, crypto::Verdict::valid);
  EXPECT_EQ(record.attest, 'A');
  EXPECT_EQ(record.orig, originator({.number = 1}));
  EXPECT_EQ(record.target, destination({.number = 1}));
  EXPECT_EQ(batch_.find("pills"), std::string::npos);
}

// SPIT-FW-02: whoever only says who he is cannot put somebody else's name on a user's list.
TEST_F(Challenges, WhoIsNotAuthenticatedIsNobodysQuestion) {
  user(1, {challenge(Component::consent)});
  answered(call(1));
  EXPECT_FALSE(challenged_record().known_caller);
}

TEST_F(Challenges, ATrustedPeersWordIsAnIdentity) {  // SPIT-FW-02, SPIT-CL-13
  tables_.trunks[0].trusted = true;
  harness_.publish(tables_);
  user(1, {challenge(Component::consent)});
  const std::string from = header_line(call(1), "From: ");
  const std::string request =
      replaced(call(1), from, "From: <sip:+19995550100@somewhere.example>" + from.substr(from.find(";tag=")));
  EXPECT_EQ(status_line(answered(request)), "SIP/2.0 470 Consent Needed");
  const CallRecord record = challenged_record();
  EXPECT_TRUE(record.known_caller);
  EXPECT_EQ(record.orig, originator({.number = 1})) << "what the peer asserts, not what From says";
}

TEST_F(Challenges, WhoHasConsentGoesOn) {  // SPIT-CO-01, SPIT-CL-05, SPIT-PL-05: the second pass
  const std::string first = signed_call(1);
  user(1, {challenge(Component::consent)});
  EXPECT_EQ(status_line(answered(first)), "SIP/2.0 470 Consent Needed");
  user(1, {challenge(Component::consent)}, {known(1, Fact::consent, Result::success)});
  EXPECT_EQ(status_line(answered(first)), "SIP/2.0 470 Consent Needed") << "a copy of the first attempt";
  const std::string second = another(first, "2");
  EXPECT_TRUE(delivered(second).starts_with("INVITE "));
  harness_.clock().set(kTestNow + 3'600);
  EXPECT_EQ(status_line(answered(another(first, "3"))), "SIP/2.0 470 Consent Needed") << "it has ended";
}

// Somebody else's consent is of no use, nor is that of the same number without a signature.
TEST_F(Challenges, ConsentIsForOneCallerWhoIsAuthenticated) {  // SPIT-CO-07
  const std::string sent = signed_call(1);
  user(1, {challenge(Component::consent)}, {known(2, Fact::consent, Result::success)});
  EXPECT_EQ(status_line(answered(sent)), "SIP/2.0 470 Consent Needed");
  user(1, {challenge(Component::consent)}, {known(1, Fact::consent, Result::success)});
  EXPECT_EQ(status_line(answered(another(call(1), "2"))), "SIP/2.0 470 Consent Needed");
}

TEST_F(Challenges, ADenialIsAResultThatRulesSee) {  // SPIT-PL-05
  const std::string sent = signed_call(1);
  const std::vector<Rule> rules{
      with_result(challenge(Component::consent), Fact::consent, Result::none),
      with_result(lab_rule("denied", Handling::block), Fact::consent, Result::failure),
  };
  user(1, rules);
  EXPECT_EQ(status_line(answered(sent)), "SIP/2.0 470 Consent Needed");
  user(1, rules, {known(1, Fact::consent, Result::failure)});
  EXPECT_EQ(status_line(answered(another(sent, "2"))), "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(another(call(1), "3"))), "SIP/2.0 470 Consent Needed") << "nobody was denied but him";
}

// The law does not ask for results; it sees them as other rules do.
TEST_F(Challenges, ResultsHoldInEveryLayer) {  // SPIT-PL-05, SPIT-PL-06
  const std::string sent = signed_call(1);
  rules_.operator_soft.rules = {
      with_result(challenge(Component::consent), Fact::consent, Result::none),
      with_result(lab_rule("denied", Handling::block), Fact::consent, Result::failure),
  };
  user(1, {}, {known(1, Fact::consent, Result::failure)});
  EXPECT_EQ(status_line(answered(sent)), "SIP/2.0 603 Decline");
  user(1, {}, {known(1, Fact::consent, Result::success)});
  EXPECT_TRUE(delivered(another(sent, "2")).starts_with("INVITE "));
}

TEST_F(Challenges, ATestIsACallToTheIvr) {  // SPIT-PY-02, SPIT-CL-06, SPIT-MK-04
  const std::string sent = signed_call(1);
  const Rule test = challenge(Component::turing, "sip:ivr@test.example.net");
  user(1, {with_result(test, Fact::turing, Result::none),
           with_result(lab_rule("failed", Handling::block), Fact::turing, Result::failure)});
  records();
  const std::string got = delivered(sent);
  EXPECT_TRUE(got.starts_with("INVITE sip:ivr@test.example.net SIP/2.0\r\n")) << got;
  EXPECT_EQ(header_line(got, "Call-ID: "), header_line(sent, "Call-ID: ")) << "what the IVR's result is about";
  const CallRecord record = challenged_record();
  EXPECT_EQ(record.status, 0);
  EXPECT_EQ(record.orig, originator({.number = 1}));
  EXPECT_EQ(record.target, destination({.number = 1})) << "whom he called, not the IVR";
  EXPECT_TRUE(record.known_caller);

  const std::vector<Rule> rules{with_result(test, Fact::turing, Result::none),
                                with_result(lab_rule("failed", Handling::block), Fact::turing, Result::failure)};
  user(1, rules, {known(1, Fact::turing, Result::success)});
  EXPECT_EQ(request_uri(delivered(another(sent, "2"))), request_uri(sent));
  user(1, rules, {known(1, Fact::turing, Result::failure)});
  EXPECT_EQ(status_line(answered(another(sent, "3"))), "SIP/2.0 603 Decline");
  user(1, rules, {known(1, Fact::turing, Result::failure), known(1, Fact::turing, Result::success, kTestNow - 1)});
  EXPECT_EQ(status_line(answered(another(sent, "4"))), "SIP/2.0 603 Decline") << "he passed once, and that has ended";
  user(1, rules, {known(1, Fact::turing, Result::failure), known(1, Fact::turing, Result::success)});
  EXPECT_EQ(request_uri(delivered(another(sent, "5"))), request_uri(sent)) << "whoever passed is a person";
}

TEST_F(Challenges, AMessageIsSentToTheTestAsWell) {  // SPIT-PY-02
  user(1, {challenge(Component::turing, "sip:ivr@test.example.net")});
  EXPECT_TRUE(delivered(to_message(call(1))).starts_with("MESSAGE sip:ivr@test.example.net SIP/2.0\r\n"));
}

TEST_F(Challenges, EmergencyIsNeverChallenged) {  // SPIT-PL-06
  rules_.legal.rules = {challenge(Component::consent)};
  publish(rules_);
  const std::string called = destination({.number = 1});
  std::string emergency =
      replaced(call(1), "sip:+" + called + "@gateway.carrier-b.example.net:5060;user=phone", "urn:service:sos");
  emergency = replaced(emergency, "To: <sip:+" + called + "@gateway.carrier-b.example.net;user=phone>",
                       "To: <urn:service:sos>");
  EXPECT_TRUE(delivered(emergency).starts_with("INVITE urn:service:sos"));
  EXPECT_EQ(status_line(answered(call(2))), "SIP/2.0 470 Consent Needed");
}

TEST_F(Challenges, PriorityOfATrustedPeerIsNeverChallenged) {  // STIR-RP-05
  tables_.trunks[0].trusted = true;
  harness_.publish(tables_);
  user(1, {challenge(Component::consent)});
  EXPECT_TRUE(delivered(with_line(call(1), "Resource-Priority: ets.0")).starts_with("INVITE "));
}

TEST_F(Challenges, RequestsInDialogsAreNotChallenged) {  // INL-TX-11
  user(1, {challenge(Component::consent)});
  EXPECT_TRUE(delivered(invite({.number = 1, .date = kTestNow, .to_tag = true})).starts_with("INVITE "));
}

TEST_F(Challenges, ARedirectionMayBeToldWith302) {  // SPIT-MK-04
  tables_.trunks[0].redirect = config::tables::Redirect::moved;
  tables_.trunks[0].answers.redirect_to = "sip:blocked@announcements.example.net";
  harness_.publish(tables_);
  Rule voicebox = lab_rule("away", Handling::forward);
  voicebox.actions.target = "sip:voicebox@company-example.com";
  user(1, {voicebox});
  const std::string answer = answered(call(1));
  EXPECT_EQ(status_line(answer), "SIP/2.0 302 Moved Temporarily");
  EXPECT_EQ(header_line(answer, "Contact: "), "Contact: <sip:voicebox@company-example.com>");
  voicebox.actions.target = "sip:other@company-example.com";
  user(1, {voicebox});
  EXPECT_EQ(answered(call(1)), answer) << "a copy gets the same octets, whatever rules have become";
  EXPECT_EQ(header_line(answered(another(call(1), "2")), "Contact: "), "Contact: <sip:other@company-example.com>");
  user(1, {challenge(Component::turing, "sip:ivr@test.example.net")});
  EXPECT_EQ(header_line(answered(another(call(1), "3")), "Contact: "), "Contact: <sip:ivr@test.example.net>");
}

// Places for targets are few: who floods us gets no wrong Contact, and others lose nothing but a copy's answer.
TEST_F(Challenges, MoreRedirectionsThanPlaces) {  // SPIT-MK-05
  tables_.trunks[0].redirect = config::tables::Redirect::moved;
  harness_.publish(tables_);
  Rule voicebox = lab_rule("away", Handling::forward);
  voicebox.actions.target = "sip:voicebox@company-example.com";
  user(1, {voicebox});
  const std::string first = call(1);
  EXPECT_EQ(status_line(answered(first)), "SIP/2.0 302 Moved Temporarily");
  for (unsigned i = 0; i < dataplane::AnswerTexts::kPlaces; ++i) {
    ASSERT_EQ(status_line(answered(another(call(1), "n" + std::to_string(i)))), "SIP/2.0 302 Moved Temporarily") << i;
  }
  send(first);
  EXPECT_TRUE(harness_.settle());
  EXPECT_TRUE(harness_.b().get().empty()) << "its place is another's by now";
  EXPECT_TRUE(harness_.a().get().empty()) << "and it goes no further";
  EXPECT_EQ(harness_.counter(Counter::dropped_unanswered), 1U);
}

TEST_F(Challenges, ManyChallengesKeepNothing) {  // SPIT-CO-05, SPIT-MK-05: 1000 attempts
  user(1, {challenge(Component::consent)});
  for (unsigned i = 0; i < 1'000; ++i) {
    ASSERT_EQ(status_line(answered(another(call(1), "n" + std::to_string(i)))), "SIP/2.0 470 Consent Needed") << i;
  }
  EXPECT_TRUE(harness_.settle()) << "nothing is held";
  EXPECT_TRUE(harness_.ledger_balances());
}

}  // namespace
}  // namespace stirline::test
