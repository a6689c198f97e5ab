// Answers of our own (INL-TX-04 to -09, STIR-VS-14, STIR-BL-02 to -06): what goes back, octet for octet, and that each
// request is decided about once.
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/packet/frame.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using config::tables::Answer;
using config::tables::AnswerPolicy;
using dataplane::Counter;

// A crypto core that gets no processor for a while must not change what is answered.
LabTables with(const std::function<void(AnswerPolicy&)>& set) {
  LabTables tables = lab_tables();
  tables.trunks[0].certificate_wait_ms = 0;
  set(tables.trunks[0].answers);
  return tables;
}

LabTables identity_required() {
  return with([](AnswerPolicy& answers) { answers.no_identity = Answer::use_identity; });
}

void put_b(Harness& harness, const std::string& message) {
  for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
    harness.put_b(golden::build(piece));
  }
}

// A call that this appliance has signed, as it comes back from the peer.
std::string signed_call(Harness& harness, std::uint32_t number) {
  harness.put_a(golden::build(outward(call(number))));
  std::string sent = from_b(harness);
  EXPECT_NE(sent.find("\r\nIdentity: "), std::string::npos);
  return sent;
}

std::string status_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

// What comes out at port b on a request that came in there.
std::string answer_to(Harness& harness, const std::string& request) {
  put_b(harness, request);
  std::string answer = from_b(harness);
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(harness.a().get().empty()) << "an answered request does not cross";
  return answer;
}

TEST(Answers, AreWholeAndGoBackWhereTheRequestCameFrom) {
  Harness harness(unhurried());
  harness.publish(identity_required());
  golden::PacketSpec spec = inward(call(1));
  spec.source_port = 5099;
  harness.put_b(golden::build(spec));
  const auto frame = harness.get_b();
  const dataplane::Frame read = dataplane::read_frame(frame);
  ASSERT_EQ(read.kind, dataplane::FrameKind::udp);
  EXPECT_EQ(config::to_string(read.source), spec.destination);
  EXPECT_EQ(config::to_string(read.destination), spec.source);
  EXPECT_EQ(read.source_port, 5060);
  EXPECT_EQ(read.destination_port, 5060) << "sent-by names it, and there is no rport";
  EXPECT_TRUE(dataplane::ip_checksum_good(read, frame));
  EXPECT_TRUE(dataplane::udp_checksum_good(read, std::span(frame).subspan(read.payload_offset)));
  EXPECT_TRUE(std::equal(frame.begin(), frame.begin() + 6, spec.mac_source.begin()));
  EXPECT_TRUE(std::equal(frame.begin() + 6, frame.begin() + 12, spec.mac_destination.begin()));
  const std::string answer(frame.begin() + read.payload_offset + 8, frame.end());
  std::string expected = "SIP/2.0 428 Use Identity Header\r\n";
  expected += header_line(call(1), "Via: ") + ";received=198.51.100.20\r\n";
  expected += header_line(call(1).substr(call(1).find("\r\nVia: ", call(1).find("\r\nVia: ") + 1)), "Via: ") + "\r\n";
  expected +=
      header_line(call(1), "From: ") + "\r\n" + header_line(call(1), "To: ") + ";tag=" + tag_of(answer) + "\r\n";
  expected += header_line(call(1), "Call-ID: ") + "\r\n" + header_line(call(1), "CSeq: ") + "\r\n";
  expected += "Content-Length: 0\r\n\r\n";
  EXPECT_EQ(answer, expected);
  EXPECT_EQ(tag_of(answer).size(), 10U);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter("answered_use_identity_header"), 1U);
  EXPECT_EQ(harness.counter(Counter::dropped_answered), 1U);
}

// INL-TX-06, INL-TX-07, INL-TX-08: seven copies get the same answer each, our ACKs go no further, CANCEL is answered.
TEST(Answers, CopiesAckAndCancelOfWhatWasAnswered) {
  Harness harness(unhurried());
  harness.publish(identity_required());
  const std::string answer = answer_to(harness, call(1));
  for (int copy = 0; copy < 7; ++copy) {
    EXPECT_EQ(answer_to(harness, call(1)), answer);
  }
  EXPECT_EQ(harness.counter(Counter::answered_again), 7U);

  put_b(harness, with_tag(following(call(1), "ACK"), tag_of(answer)));
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::dropped_acks), 1U);
  EXPECT_TRUE(harness.a().get().empty());
  const std::string cancelled = answer_to(harness, following(call(1), "CANCEL"));
  EXPECT_EQ(status_line(cancelled), "SIP/2.0 200 OK");
  EXPECT_EQ(header_line(cancelled, "CSeq: "), header_line(following(call(1), "CANCEL"), "CSeq: "));
  EXPECT_EQ(tag_of(cancelled), tag_of(answer)) << "RFC 3261 9.2";

  for (const std::string& others :
       {with_tag(following(call(1), "ACK"), "theirs"), with_tag(following(call(1), "ACK"), "aaaaaaaaaa"),
        with_tag(following(call(2), "ACK"), tag_of(answer)), following(call(2), "CANCEL")}) {
    put_b(harness, others);
    EXPECT_EQ(from_a(harness), others);
  }
}

TEST(Answers, ADecisionIsTakenOnce) {  // INL-TX-09
  Harness harness(unhurried());
  harness.publish(identity_required());
  const std::string answer = answer_to(harness, call(1));
  harness.publish(lab_tables());
  EXPECT_EQ(answer_to(harness, call(1)), answer) << "what was answered never goes on";
  put_b(harness, call(2));
  const std::string forwarded = from_a(harness);
  EXPECT_TRUE(forwarded.starts_with("INVITE "));
  harness.publish(identity_required());
  put_b(harness, call(2));
  EXPECT_EQ(from_a(harness), forwarded) << "what went on is never answered";
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(harness.b().get().empty());
  EXPECT_EQ(status_line(answer_to(harness, call(3))), "SIP/2.0 428 Use Identity Header");
}

TEST(Answers, WhatWentOnToAPeerIsNeverAnswered) {  // INL-TX-09
  Harness harness(unhurried());
  LabTables tables = lab_tables();
  tables.trunks[0].trust_domain = false;
  harness.publish(tables);
  const auto private_call = [](std::uint32_t number, char attest) {
    return replaced(invite({.number = number, .date = kTestNow, .attest = attest}), "Content-Type",
                    "Privacy: header;critical\r\nContent-Type");
  };
  const std::vector<std::string> requests = {private_call(1, 'A'), private_call(2, '-'),
                                             replaced(call(3), "Date: ", "Date: x")};
  std::vector<std::string> sent;
  for (const std::string& request : requests) {
    harness.put_a(golden::build(outward(request)));
    sent.push_back(from_b(harness));
    EXPECT_TRUE(sent.back().starts_with("INVITE "));
  }
  tables.trunks[0].answers.privacy = Answer::server_error;
  tables.trunks[0].answers.malformed = Answer::bad_request;
  harness.publish(tables);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    harness.put_a(golden::build(outward(requests[i])));
    EXPECT_EQ(from_b(harness), sent[i]) << i;
  }
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(harness.a().get().empty());
  harness.put_a(golden::build(outward(private_call(4, 'A'))));
  EXPECT_EQ(status_line(from_a(harness)), "SIP/2.0 500 Server Internal Error");
}

// The response map of STIR-VS-14, one call a row.
TEST(Answers, SayWhatIsWrongWithTheTokens) {
  const auto refused = [](const std::function<void(LabTables&)>& prepare,
                          const std::function<std::string(std::string)>& spoil, std::int64_t later = 0) {
    Harness harness(unhurried());
    harness.publish(lab_tables());
    const std::string sent = spoil(signed_call(harness, 1));
    LabTables tables = with([](AnswerPolicy& answers) { answers.invalid = Answer::stir; });
    prepare(tables);
    harness.publish(tables);
    harness.clock().set(kTestNow + later);
    return status_line(answer_to(harness, sent));
  };
  const auto as_it_is = [](std::string text) { return text; };
  const auto nothing = [](LabTables&) {};
  EXPECT_EQ(refused(nothing, as_it_is, 3'600), "SIP/2.0 403 Stale Date");
  EXPECT_EQ(refused([](LabTables& tables) { tables.certificates.clear(); }, as_it_is), "SIP/2.0 436 Bad Identity Info");
  EXPECT_EQ(refused([](LabTables& tables) { tables.certificates[0].standing = crypto::Reason::certificate_revoked; },
                    as_it_is),
            "SIP/2.0 437 Unsupported Credential");
  EXPECT_EQ(refused(nothing,
                    [](std::string text) {
                      return replaced(text, "P-Asserted-Identity: <sip:+1", "P-Asserted-Identity: <sip:+4");
                    }),
            "SIP/2.0 438 Invalid Identity Header");
  EXPECT_EQ(refused(nothing,
                    [](std::string text) {
                      const std::size_t last = text.find(";info=") - 3;
                      text[last] = text[last] == 'A' ? 'B' : 'A';
                      return text;
                    }),
            "SIP/2.0 438 Invalid Identity Header");
}

TEST(Answers, AreWhatTheTrunkWants) {  // STIR-BL-05, STIR-BL-06
  const auto answered = [](Answer wanted) {
    Harness harness(unhurried());
    harness.publish(with([&](AnswerPolicy& answers) {
      answers.no_identity = wanted;
      answers.redirect_to = "sip:why@announce.example.net";
      answers.block_text = "v=analytics1;url=https://example.org";
    }));
    return answer_to(harness, call(1));
  };
  EXPECT_EQ(status_line(answered(Answer::forbidden)), "SIP/2.0 403 Forbidden");
  EXPECT_EQ(status_line(answered(Answer::unavailable)), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(status_line(answered(Answer::busy)), "SIP/2.0 486 Busy Here");
  EXPECT_EQ(status_line(answered(Answer::declined)), "SIP/2.0 603 Decline");
  EXPECT_EQ(status_line(answered(Answer::unwanted)), "SIP/2.0 607 Unwanted");
  const std::string redirected = answered(Answer::redirected);
  EXPECT_EQ(status_line(redirected), "SIP/2.0 302 Moved Temporarily");
  EXPECT_EQ(header_line(redirected, "Contact: "), "Contact: <sip:why@announce.example.net>");
  const std::string blocked = answered(Answer::network_blocked);
  EXPECT_EQ(status_line(blocked), "SIP/2.0 603 Network Blocked");
  EXPECT_EQ(header_line(blocked, "Reason: "), "Reason: SIP;cause=603;text=\"v=analytics1;url=https://example.org\"");
}

TEST(Answers, OfARejectionGoToCallersWhoWillUnderstandIt) {  // STIR-BL-02, STIR-BL-03
  Harness harness(unhurried());
  harness.publish(with([](AnswerPolicy& answers) {
    answers.no_identity = Answer::rejected;
    answers.rejection_card = "https://card.example.net/who";
  }));
  EXPECT_EQ(status_line(answer_to(harness, call(1))), "SIP/2.0 603 Decline");
  const std::string announced =
      answer_to(harness, replaced(call(2), "Content-Type", "Feature-Caps: *;+sip.608\r\nContent-Type"));
  EXPECT_EQ(status_line(announced), "SIP/2.0 608 Rejected");
  EXPECT_EQ(header_line(announced, "Call-Info: "), "Call-Info: <https://card.example.net/who>;purpose=jwscard");
}

// Neither emergency calls nor what is inside a dialog, nor priority calls of a trusted peer (STIR-RP-05, INL-TX-10).
TEST(Answers, AreNotForEverybody) {
  Harness harness(unhurried());
  LabTables tables = identity_required();
  tables.trunks[0].answers.malformed = Answer::bad_request;
  tables.trunks[0].trusted = true;
  harness.publish(tables);
  std::string sos = call(1);
  const std::string to = header_line(sos, "To: ");
  sos = replaced(sos, to, "To: <urn:service:sos>");
  sos = replaced(sos, sos.substr(0, sos.find("\r\n")), "INVITE urn:service:sos SIP/2.0");
  const std::string priority = replaced(call(2), "Content-Type", "Resource-Priority: ets.0\r\nContent-Type");
  const std::string in_dialog = invite({.number = 3, .date = kTestNow, .to_tag = true});
  for (const std::string& spared : {sos, priority, in_dialog, following(call(4), "BYE")}) {
    put_b(harness, spared);
    EXPECT_EQ(status_line(from_a(harness)), status_line(spared));
  }
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(status_line(answer_to(harness, call(5))), "SIP/2.0 428 Use Identity Header");
}

TEST(Answers, ToWhatCannotBeReadOrMayBeReadInTwoWays) {  // INL-ED-02
  Harness harness(unhurried());
  harness.publish(with([](AnswerPolicy& answers) { answers.malformed = Answer::bad_request; }));
  EXPECT_EQ(status_line(answer_to(harness, replaced(call(1), "Content-Length: ", "Content-Length: x"))),
            "SIP/2.0 400 Bad Request");
  EXPECT_EQ(status_line(answer_to(harness, replaced(call(2), "SIP/2.0\r\n", "SIP/3.0\r\n"))),
            "SIP/2.0 505 Version Not Supported");
  EXPECT_EQ(status_line(answer_to(harness, replaced(call(3), "Date: ", "Date: x"))), "SIP/2.0 400 Bad Request");
  for (const std::string& unanswerable :
       {replaced(call(4), "Call-ID: ", "Call-IX: "), replaced(following(call(5), "ACK"), "To: ", "To: \"")}) {
    put_b(harness, unanswerable);
    EXPECT_EQ(from_a(harness), unanswerable) << "as bad_input has it";
  }
}

TEST(Answers, WhatCannotBeReadIsDecidedOnceToo) {  // INL-TX-09
  Harness harness(unhurried());
  const LabTables answering = with([](AnswerPolicy& answers) { answers.malformed = Answer::bad_request; });
  const auto broken = [](std::uint32_t number) {
    return replaced(call(number), "Content-Length: ", "Content-Length: x");
  };
  harness.publish(lab_tables());
  put_b(harness, broken(1));
  EXPECT_EQ(from_a(harness), broken(1));
  harness.publish(answering);
  put_b(harness, broken(1));
  EXPECT_EQ(from_a(harness), broken(1)) << "what went on is never answered";
  const std::string answer = answer_to(harness, broken(2));
  EXPECT_EQ(status_line(answer), "SIP/2.0 400 Bad Request");
  harness.publish(lab_tables());
  EXPECT_EQ(answer_to(harness, broken(2)), answer) << "what was answered never goes on";
}

TEST(Answers, GoNowhereElse) {  // an answer must not be aimed at others
  Harness harness(unhurried());
  harness.publish(identity_required());
  put_b(harness, replaced(call(1), ";branch=", ";maddr=203.0.113.9;branch="));
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::dropped_unanswered), 1U);
  EXPECT_TRUE(harness.a().get().empty());
  EXPECT_TRUE(harness.b().get().empty());
}

TEST(Answers, WhoGivesUpNeedNotWaitForACertificate) {  // INL-TX-08
  Harness harness(unhurried());
  harness.publish(lab_tables());
  const std::string sent = signed_call(harness, 1);
  LabTables tables = identity_required();
  tables.certificates.clear();
  tables.trunks[0].certificate_wait_ms = 2'000;
  harness.publish(tables);
  put_b(harness, sent);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (harness.counter(Counter::waited) == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  put_b(harness, following(sent, "CANCEL"));
  EXPECT_TRUE(harness.settle());
  if (harness.counter(Counter::wait_expired) != 0) {
    GTEST_SKIP() << "no processor for two seconds: the call has waited long enough";
  }
  const std::string done = from_b(harness);
  EXPECT_EQ(status_line(done), "SIP/2.0 200 OK");
  const std::string terminated = from_b(harness);
  EXPECT_EQ(status_line(terminated), "SIP/2.0 487 Request Terminated");
  EXPECT_EQ(tag_of(terminated), tag_of(done));
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::cancelled), 1U);
  EXPECT_EQ(answer_to(harness, sent), terminated) << "and copies of it get the same";
  put_b(harness, with_tag(following(sent, "ACK"), tag_of(terminated)));
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::dropped_acks), 1U);
}

TEST(Answers, PrivacyThatWeCannotGive) {  // STIR-PR-01
  Harness harness(unhurried());
  LabTables tables = with([](AnswerPolicy& answers) { answers.privacy = Answer::server_error; });
  tables.trunks[0].trust_domain = false;
  harness.publish(tables);
  const auto asking = [](std::uint32_t number, const std::string& what) {
    return replaced(call(number), "Content-Type", "Privacy: " + what + "\r\nContent-Type");
  };
  harness.put_a(golden::build(outward(asking(1, "header;critical"))));
  EXPECT_EQ(status_line(from_a(harness)), "SIP/2.0 500 Server Internal Error");
  for (const std::string what : {"header", "id;critical", "none"}) {
    harness.put_a(golden::build(outward(asking(2, what))));
    EXPECT_TRUE(from_b(harness).starts_with("INVITE ")) << what;
  }
}

TEST(Answers, WhereCryptoCoresAreFull) {  // INL-AV-02
  GatedHarness gated(1, kNeverUs);
  Harness& harness = gated.harness;
  LabTables tables = with([](AnswerPolicy& answers) {
    answers.overload = Answer::overloaded;
    answers.retry_after = 7;
  });
  harness.publish(tables);
  harness.put_a(golden::build(outward(call(1))));
  EXPECT_TRUE(harness.settle(1));
  harness.put_a(golden::build(outward(call(2))));
  const std::string answer = from_a(harness);
  EXPECT_EQ(status_line(answer), "SIP/2.0 503 Service Unavailable");
  EXPECT_EQ(header_line(answer, "Retry-After: "), "Retry-After: 7");
  gated.gate->open();
  EXPECT_FALSE(from_b(harness).empty());
}

TEST(Answers, WhatWasLeftUndecidedStaysSo) {  // INL-TX-09
  GatedHarness gated(1, kNeverUs);
  Harness& harness = gated.harness;
  harness.put_a(golden::build(outward(call(1))));
  EXPECT_TRUE(harness.settle(1));
  harness.put_a(golden::build(outward(call(2))));
  EXPECT_EQ(from_b(harness), call(2));
  gated.gate->open();
  EXPECT_NE(from_b(harness).find("\r\nIdentity: "), std::string::npos);
  EXPECT_TRUE(harness.settle());
  harness.put_a(golden::build(outward(call(2))));
  EXPECT_EQ(from_b(harness), call(2)) << "a copy is not signed where the first was not";
  EXPECT_EQ(harness.counter(Counter::left_undecided), 1U);
  const std::string unsigned_from_b = call(3);
  harness.put_a(golden::build(outward(unsigned_from_b)));
  EXPECT_NE(from_b(harness).find("\r\nIdentity: "), std::string::npos);
}

}  // namespace
}  // namespace stirline::test
