// A SIP request as rules see it (SPIT-FW-01, SPIT-FW-02, SPIT-PL-01).
#include "config/policy/described_call.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::config::policy::described_call_test {
namespace {

using test::kNow;
using test::kSecret;

constexpr std::uint32_t kEverything = ~std::uint32_t{0};

struct Text {
  std::string method = "INVITE";
  std::string target = "sip:+13035550100@b.example;user=phone";
  std::string from = "<sip:+12155550112@a.example;user=phone>;tag=1";
  std::string lines = {};
  std::string type = "application/sdp";
  std::string body =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8\r\n"
      "m=video 6002 RTP/AVP 99\r\n";

  [[nodiscard]] std::string request() const {
    return method + " " + target +
           " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\nFrom: " + from +
           "\r\nTo: <sip:b@b.example>\r\nCall-ID: a\r\nCSeq: 1 " + method + "\r\n" + lines +
           "Contact: <sip:192.0.2.1>\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
};

class DescribedCallTest : public ::testing::Test {
 protected:
  DescribedCall describe(const Text& text, std::uint32_t asked = kEverything, bool trusted = false) {
    const std::string request = text.request();
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request)) << request;
    const CallOrigin origin{.trunk = "carrier", .dial_plan = dial_plan_, .trusted = trusted};
    DescribedCall call;
    call.called = called_by(*message, request, origin, kSecret);
    describe_call(*message, request, origin, kSecret, kNow, asked, call);
    add_asserted(*message, request, origin, kSecret, call);
    return call;
  }

  static bool has(const DescribedCall& call, KeyKind kind, std::string_view text) {
    const auto keys = call.facts.texts[static_cast<std::size_t>(kind)].view();
    return std::ranges::find(keys, text_key(kSecret, kind, text)) != keys.end();
  }
  static bool is(const DescribedCall& call, Fact fact, auto value) {
    return (call.facts.facts & all_of(fact)) == fact_bit(fact, value);
  }

  const sip::DialPlan dial_plan_{.country_code = "1", .national_digits = 10};
};

TEST_F(DescribedCallTest, WhoIsCalled) {
  EXPECT_EQ(describe({}).called, identity_key(kSecret, "13035550100"));
  EXPECT_EQ(describe({.target = "sip:Bob@B.example;transport=udp"}).called, identity_key(kSecret, "sip:bob@b.example"));
  EXPECT_EQ(describe({.target = "sip:b.example"}).called, kNoKey);
}

TEST_F(DescribedCallTest, FactsOfTheMessage) {
  const DescribedCall plain = describe({});
  EXPECT_TRUE(is_complete(plain.facts.facts, kAnyCall));
  EXPECT_TRUE(is(plain, Fact::method, CallMethod::invite));
  EXPECT_TRUE(is(plain, Fact::anonymous, Truth::no));
  EXPECT_TRUE(is(plain, Fact::international, Truth::no));
  EXPECT_TRUE(is(plain, Fact::diverted, Truth::no));
  EXPECT_EQ(plain.facts.now, kNow);
  EXPECT_TRUE(
      is(describe({.method = "MESSAGE", .type = "text/plain", .body = "hi"}), Fact::method, CallMethod::message));
  EXPECT_TRUE(is(describe({.method = "SUBSCRIBE"}), Fact::method, CallMethod::subscribe));
  EXPECT_TRUE(is(plain, Fact::watch, Truth::no));
  const auto watch = [&](const std::string& method, const std::string& lines) {
    return describe({.method = method, .lines = lines});
  };
  EXPECT_TRUE(is(watch("SUBSCRIBE", "Event: presence;id=1\r\n"), Fact::watch, Truth::yes));  // SPIT-CL-16
  EXPECT_TRUE(is(watch("SUBSCRIBE", "o: presence\r\n"), Fact::watch, Truth::yes));
  for (const char* other : {"Event: presence.winfo\r\n", "Event: Presence\r\n", "Event: presence,\r\n", ""}) {
    EXPECT_TRUE(is(watch("SUBSCRIBE", other), Fact::watch, Truth::no)) << other;
  }
  EXPECT_TRUE(is(watch("MESSAGE", "Event: presence\r\n"), Fact::watch, Truth::no));
  EXPECT_TRUE(is(describe({.from = "<sip:anonymous@anonymous.invalid>;tag=1"}), Fact::anonymous, Truth::yes));
  EXPECT_TRUE(is(describe({.lines = "Privacy: id\r\n"}), Fact::anonymous, Truth::yes));
  EXPECT_TRUE(is(describe({.lines = "Privacy: none\r\n"}), Fact::anonymous, Truth::no));
  EXPECT_TRUE(
      is(describe({.from = "<sip:+442071838750@a.example;user=phone>;tag=1"}), Fact::international, Truth::yes));
  EXPECT_TRUE(is(describe({.lines = "Diversion: <sip:c@c.example>\r\n"}), Fact::diverted, Truth::yes));
}

TEST_F(DescribedCallTest, TextsOfEveryKind) {
  const DescribedCall call = describe({.lines = "Accept-Language: da, EN-gb;q=0.8 , en;q=0.7\r\n"});
  EXPECT_TRUE(has(call, KeyKind::trunk, "carrier"));
  EXPECT_TRUE(has(call, KeyKind::media, "audio"));
  EXPECT_TRUE(has(call, KeyKind::media, "video"));
  EXPECT_FALSE(has(call, KeyKind::media, "message"));
  EXPECT_TRUE(has(call, KeyKind::body_type, "application/sdp"));
  EXPECT_TRUE(has(call, KeyKind::body_type, "application/*"));
  for (const char* const language : {"da", "en-gb", "en"}) {
    EXPECT_TRUE(has(call, KeyKind::language, language)) << language;
  }
  const DescribedCall message = describe({.method = "MESSAGE", .type = "Text/HTML;charset=utf-8", .body = "hi"});
  EXPECT_TRUE(has(message, KeyKind::media, "message"));
  EXPECT_TRUE(has(message, KeyKind::body_type, "text/html"));
  const DescribedCall parts =
      describe({.type = "multipart/mixed;boundary=b",
                .body = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n"});
  EXPECT_TRUE(has(parts, KeyKind::body_type, "image/png"));
  EXPECT_TRUE(has(parts, KeyKind::body_type, "text/plain")) << "a part that does not say";
}

TEST_F(DescribedCallTest, WhatNobodyAsksForIsNotLookedFor) {  // SPIT-FW-06
  const auto texts = [](const DescribedCall& call) {
    std::size_t count = 0;
    for (const auto& kind : call.facts.texts) {
      count += kind.size();
    }
    return count;
  };
  const Text spoken{.lines = "Accept-Language: da\r\n"};
  EXPECT_EQ(texts(describe(spoken, 0)), 0U);
  const DescribedCall media = describe(spoken, 1U << static_cast<unsigned>(KeyKind::media));
  EXPECT_TRUE(has(media, KeyKind::media, "audio"));
  EXPECT_EQ(texts(media), 2U);
  // More than a call is asked about is not kept, and harms nothing.
  EXPECT_LE(texts(describe({.lines = "Accept-Language: a,b,c,d,e,f,g,h,i,j," + std::string(70, 'x') + ",,;,\r\n"})),
            16U);
}

TEST_F(DescribedCallTest, OnlyATrustedPeerAsserts) {  // SPIT-FW-02, SPIT-CL-13
  const Text asserted{.lines = "P-Asserted-Identity: <sip:alice@foo.example.com>\r\n"};
  const DescribedCall trusted = describe(asserted, 0, true);
  EXPECT_TRUE(is(trusted, Fact::authentication, Authentication::asserted));
  EXPECT_EQ(trusted.facts.caller, identity_key(kSecret, "sip:alice@foo.example.com"));
  EXPECT_EQ(trusted.facts.caller_domain, text_key(kSecret, KeyKind::domain, "foo.example.com"));
  const DescribedCall stranger = describe(asserted, 0, false);
  EXPECT_TRUE(is(stranger, Fact::authentication, Authentication::none));
  EXPECT_EQ(stranger.facts.caller, kNoKey);
  const DescribedCall number = describe({.lines = "P-Asserted-Identity: <tel:+1-215-555-0199>\r\n"}, 0, true);
  EXPECT_EQ(number.facts.caller, identity_key(kSecret, "12155550199"));
  EXPECT_EQ(number.facts.caller_domain, kNoKey);
}

TEST_F(DescribedCallTest, TheVerdictSaysWhoCalls) {  // SPIT-FW-02
  const auto job = std::make_unique<crypto::VerifyJob>();
  job->has_orig = true;
  job->orig.length = 11;
  std::ranges::copy(std::string_view("12155550112"), job->orig.digits.begin());
  const auto judged = [&](crypto::Verdict verdict, char attest) {
    job->verdict = verdict;
    job->verdicts[0].attest = attest;
    DescribedCall call;
    add_verdict(*job, kSecret, call);
    return call;
  };
  const Key caller = identity_key(kSecret, "12155550112");
  EXPECT_EQ(judged(crypto::Verdict::valid, 'A').facts.caller, caller);
  EXPECT_EQ(judged(crypto::Verdict::valid, 0).facts.caller, caller);
  for (const char attest : {'B', 'C'}) {
    EXPECT_EQ(judged(crypto::Verdict::valid, attest).facts.caller, kNoKey) << "they vouch for somebody else";
  }
  EXPECT_EQ(judged(crypto::Verdict::invalid, 'A').facts.caller, kNoKey);
  EXPECT_TRUE(is(judged(crypto::Verdict::invalid, 'A'), Fact::authentication, Authentication::failed));
  EXPECT_TRUE(is(judged(crypto::Verdict::none, 0), Fact::authentication, Authentication::none));
  EXPECT_TRUE(is(judged(crypto::Verdict::valid, 'B'), Fact::authentication, Authentication::verified_b));
}

}  // namespace
}  // namespace stirline::config::policy::described_call_test
