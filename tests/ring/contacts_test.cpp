// Whom users call, and who answers, becomes their contact; nobody else does (SPIT-FW-07, SPIT-FW-10).
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "config/policy/list_table_writer.hpp"
#include "config/wire/contact_record.hpp"
#include "tests/ring/ruled_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::Counter;

// What the other side says to a request.
std::string answer_to(const std::string& request, const std::string& status) {
  const std::string tag = status.starts_with("100") ? "" : ";tag=callee";
  std::string text = "SIP/2.0 " + status + "\r\n";
  for (const char* name : {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "}) {
    text += header_line(request, name) + (std::string_view(name) == "To: " ? tag : "") + "\r\n";
  }
  return text + "Content-Length: 0\r\n\r\n";
}

std::string as_message(const std::string& request) {
  return replaced(replaced(request, "INVITE sip", "MESSAGE sip"), " INVITE\r\n", " MESSAGE\r\n");
}

class Contacts : public RuledCalls {
 protected:
  Contacts() { learn(true); }

  void learn(bool learns) {
    ListTableWriter writer(rules_.secret, {.learns_contacts = learns});
    rules_.lists = writer.take().value();
    publish(rules_);
  }

  // A request that our own side sends; what the peer gets.
  std::string leaves(const std::string& request) {
    for (const golden::PacketSpec& piece : golden::split(outward(request), 1'480)) {
      harness_.put_a(golden::build(piece));
    }
    std::string sent = next_payload([&] { return harness_.get_b(); });
    EXPECT_TRUE(harness_.settle());
    return sent;
  }
  void is_answered(const std::string& request, const std::string& status) {
    harness_.put_b(golden::build(inward(answer_to(request, status))));
    EXPECT_TRUE(next_payload([&] { return harness_.get_a(); }).starts_with("SIP/2.0 " + status));
    EXPECT_TRUE(harness_.settle());
  }
  void calls(const std::string& request, const std::string& status) {
    static_cast<void>(leaves(request));
    is_answered(request, status);
  }

  // What control is told: "user contact, user contact".
  std::string learned() {
    std::string batch;
    harness_.appliance().take_contacts(batch, config::wire::kMaxPayload);
    std::string text;
    for (std::string_view rest = batch; !rest.empty();) {
      const auto contact = config::wire::decode_contact(rest);
      EXPECT_TRUE(contact) << (contact ? "" : contact.error());
      if (!contact) {
        break;
      }
      text += (text.empty() ? "" : ", ") + std::string(contact->user) + " " + std::string(contact->contact);
    }
    return text;
  }
  static std::string both(std::uint32_t number) {
    return originator({.number = number}) + " " + destination({.number = number});
  }
};

TEST_F(Contacts, WhoIsCalledAndAnswers) {
  calls(call(1), "180 Ringing");
  is_answered(call(1), "200 OK");
  EXPECT_EQ(learned(), both(1)) << "once";
  calls(as_message(call(2)), "202 Accepted");
  EXPECT_EQ(learned(), both(2));
  EXPECT_EQ(harness_.counter(Counter::contacts_learned), 2U);
}

TEST_F(Contacts, WhoDoesNotAnswerIsNone) {
  calls(call(1), "100 Trying");
  calls(call(2), "486 Busy Here");
  is_answered(call(2), "200 OK");
  calls(as_message(call(3)), "404 Not Found");
  static_cast<void>(leaves(call(4)));
  const std::string cancel = following(call(4), "CANCEL");
  calls(cancel, "200 OK");
  EXPECT_EQ(learned(), "");
  is_answered(call(1), "183 Session Progress");
  EXPECT_EQ(learned(), both(1)) << "the other side itself, at last";
}

TEST_F(Contacts, NobodyMakesHimselfOneByCalling) {  // SPIT-FW-07
  EXPECT_TRUE(delivered(another(call(1), "in")).starts_with("INVITE "));
  harness_.put_a(golden::build(outward(answer_to(another(call(1), "in"), "200 OK"))));
  EXPECT_TRUE(next_payload([&] { return harness_.get_b(); }).starts_with("SIP/2.0 200"));
  is_answered(call(2), "200 OK");  // to a call that nobody has made
  EXPECT_EQ(learned(), "");
}

TEST_F(Contacts, NobodySpeaksForAnotherUser) {  // SPIT-FW-07
  calls(invite({.number = 1, .date = kTestNow, .attest = 'B'}), "200 OK");
  calls(invite({.number = 2, .date = kTestNow, .attest = '-'}), "200 OK");
  calls(with_line(call(3), "Diversion: <sip:+12155550177@example.com>;reason=unconditional"), "200 OK");
  calls(invite({.number = 4, .date = kTestNow, .to_tag = true}), "200 OK");  // within a dialog
  EXPECT_EQ(learned(), "");
}

TEST_F(Contacts, OnlyIfControlLearns) {
  learn(false);
  calls(call(1), "200 OK");
  EXPECT_EQ(learned(), "");
}

// He calls back and comes through; somebody who says to be him does not (SPIT-FW-02).
TEST_F(Contacts, WhoWasCalledMayCallBack) {
  rules_.operator_soft.rules = {lab_rule("strangers", Handling::block)};
  publish(rules_);
  const std::string back = signed_call(1);  // by whom we shall have called
  const std::string user = destination({.number = 1});
  EXPECT_EQ(status_line(answered(back)), "SIP/2.0 603 Decline");
  rules_.users.push_back(
      {.called = user, .rules = {.contacts = {{.identity = originator({.number = 1}), .until = kTestNow + 60}}}});
  publish(rules_);
  EXPECT_TRUE(delivered(another(back, "b")).starts_with("INVITE "));
  EXPECT_EQ(status_line(answered(another(call(1), "c"))), "SIP/2.0 603 Decline") << "he has not shown who he is";
  harness_.clock().set(kTestNow + 60);
  EXPECT_EQ(status_line(answered(another(back, "d"))), "SIP/2.0 603 Decline") << "it has ended";
}

}  // namespace
}  // namespace stirline::test
