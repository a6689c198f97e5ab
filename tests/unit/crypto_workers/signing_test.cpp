// Tokens of every type we make, from the request to the verdict of whoever receives it.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/signature_edits.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::signing_test {
namespace {

using test::CallText;
using test::kNow;

class Signing : public testing::Test {
 protected:
  static constexpr std::uint32_t kForCallers = 0;
  static constexpr std::uint32_t kForPriorities = 1;

  Signing() {
    for (const std::string_view x5u : {test::kX5u, kPriorityX5u}) {
      Credential credential;
      credential.key = signer_.engine().make_signing_key(test::own_key("rfc8225_A1_private.pem").scalar()).value();
      credential.x5u = x5u;
      credential.not_after = 4'000'000'000;
      credential.rich_call_data = {"\"Your appointment\"",
                                   R"({"icn":"https://clinic.example/logo.png","nam":"Springfield \"Clinic\""})",
                                   R"({"/icn":"sha256-RojgWwU6xUtI4q82+kHPyHm1JKbm7+663bMvzymhkl4"})"};
      signer_.keyring.add(std::move(credential));
    }
    Certificate certificate = signer_.certificate();
    certificate.namespaces = {"ets"};
    signer_.keyring.add(std::string(kPriorityX5u), std::move(certificate));
  }

  // Signs `call`; of diversions with authority over `ours`. The request with the new lines, or nothing.
  std::optional<std::string> sign(const CallText& call, const SignPolicy& policy, const std::string& ours = {}) {
    const std::string request = call.request();
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request));
    const auto plan = plan_signing(*message, request, policy, kNow);
    if (!plan) {
      refusal_ = to_string(plan.error());
      return std::nullopt;
    }
    job_ = std::make_unique<Job>();
    job_->kind = JobKind::sign;
    job_->keyring = &signer_.keyring;
    job_->sign.attest = 'A';
    fill_sign_job(*plan, *message, request, test::kOrigid, kNow, job_->sign);
    const auto credential_of = [&](std::string_view number) {
      return number == ours ? std::optional(kForCallers) : std::nullopt;
    };
    if (!order_tokens(*plan, kForCallers, credential_of, rich_call_data_, kForPriorities, job_->sign.orders)) {
      refusal_ = "no authority";
      return std::nullopt;
    }
    const SignatureEdits where = plan_signature_edits(*message, *plan, sip::InsertPosition::after_via);
    Processor processor(signer_.engine());
    Job* const jobs[] = {job_.get()};
    processor.process(jobs);
    DateLine date_line;
    sip::EditList edits;
    if (!apply_signature(where, job_->sign, date_line, edits)) {
      refusal_ = "not signed";
      return std::nullopt;
    }
    std::string signed_request;
    edits.for_each_piece(request, [&](std::string_view piece) { signed_request += piece; });
    return signed_request;
  }

  const VerifyJob& verify(const std::string& request) {
    verified_ = request;
    verdicts_ = test::verify(signer_.engine(), signer_.keyring, verified_);
    return verdicts_->verify;
  }

  static constexpr std::string_view kPriorityX5u = "https://cert.example.org/priority.cer";
  test::Signer signer_;
  std::unique_ptr<Job> job_;
  bool rich_call_data_ = false;
  std::string_view refusal_;
  std::string verified_;
  std::unique_ptr<Job> verdicts_;
};

// STIR-MS-01, STIR-MS-03, STIR-MS-08, STIR-AS-14
TEST_F(Signing, AMessage) {
  CallText call{.method = "MESSAGE", .extra = "Content-Type: multipart/mixed;boundary=b1\r\n"};
  call.body = "--b1\r\nContent-Type: text/plain\r\n\r\nHello \xc3\xa4\r\n--b1--\r\nbehind";
  const auto request = sign(call, {});
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->ends_with(call.body)) << "the body stays as it is";
  EXPECT_NE(request->find(";ppt=\"msg\"\r\n"), std::string::npos);
  EXPECT_EQ(verify(*request).verdict, Verdict::valid);
  EXPECT_STREQ(verdicts_->verify.verdicts[0].ppt.data(), "msg");
  std::string other = *request;
  other[other.find("Hello")] = 'h';
  EXPECT_EQ(verify(other).reason, Reason::message_mismatch);
  EXPECT_FALSE(sign(call, {.dial_plan = {}, .messages = false}));
  EXPECT_EQ(refusal_, "other_method");
  call.extra += "Identity: a.b.c;info=<https://a.example/c>;ppt=msg\r\n";
  EXPECT_FALSE(sign(call, {}));
  EXPECT_EQ(refusal_, "already_signed");
}

TEST_F(Signing, AnEmptyMessage) {
  const auto request = sign({.method = "MESSAGE"}, {});
  ASSERT_TRUE(request);
  EXPECT_EQ(verify(*request).verdict, Verdict::valid);
}

// STIR-MS-07: a session of messages is signed as any call; its keys are bound if it has any.
TEST_F(Signing, AnMsrpSession) {
  CallText call{.extra = "Content-Type: application/sdp\r\n"};
  call.body =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
      "m=message 7654 TCP/TLS/MSRP *\r\na=accept-types:message/cpim text/plain\r\n"
      "a=path:msrps://192.0.2.1:7654/jshA7weztas;tcp\r\n"
      "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";
  const auto request = sign(call, {});
  ASSERT_TRUE(request);
  EXPECT_EQ(verify(*request).verdict, Verdict::valid);
  EXPECT_STREQ(verdicts_->verify.verdicts[0].ppt.data(), "shaken");
  std::string other = *request;
  other[other.find("00:11:22")] = '1';
  EXPECT_EQ(verify(other).reason, Reason::media_keys_mismatch);
}

// STIR-RC-01, STIR-RC-02: a token of its own, with all that is shown
TEST_F(Signing, RichCallData) {
  rich_call_data_ = true;
  const auto request = sign({}, {});
  ASSERT_TRUE(request) << refusal_;
  const VerifyJob& job = verify(*request);
  ASSERT_EQ(job.identity_count, 2);
  EXPECT_EQ(job.verdict, Verdict::valid);
  EXPECT_STREQ(job.verdicts[1].ppt.data(), "rcd");
  EXPECT_EQ(job.verdicts[1].reason, Reason::verified);
  EXPECT_EQ(job.verdicts[1].rich_call_data, RichCallData::intact);
  // A message has no picture, and one that is diverted keeps what it came with.
  const auto message = sign({.method = "MESSAGE"}, {});
  ASSERT_TRUE(message);
  EXPECT_EQ(verify(*message).identity_count, 1);
}

TEST(RichCallTexts, SayOnlyWhatATokenMaySay) {
  const auto good = [](const std::string& crn, const std::string& rcd, const std::string& rcdi) {
    return is_well_made({crn, rcd, rcdi});
  };
  const std::string icon = R"({"icn":"https://a.example/i.png","nam":"A"})";
  const std::string digest = R"({"/icn":"sha256-RojgWwU6xUtI4q82+kHPyHm1JKbm7+663bMvzymhkl4"})";
  EXPECT_TRUE(good("", "", ""));
  EXPECT_TRUE(good("\"why\"", "", ""));
  EXPECT_TRUE(good("", R"({"nam":"A"})", ""));
  EXPECT_TRUE(good("\"why\"", icon, digest));
  EXPECT_TRUE(good("", icon, "")) << "digests are the maker's choice";
  EXPECT_FALSE(good("", "", digest)) << "of what?";
  EXPECT_FALSE(good("", icon, "{}"));
  EXPECT_FALSE(good("", icon, R"({"/nam":"sha256-RojgWwU6xUtI4q82+kHPyHm1JKbm7+663bMvzymhkl4"})"));
  EXPECT_FALSE(good("", "{}", ""));
  EXPECT_FALSE(good("", "{\"nam\": \"A\"}", "")) << "blanks";
  EXPECT_FALSE(good("", R"({"nam":"A","icn":"https://a.example/i.png"})", "")) << "order";
  EXPECT_FALSE(good("7", "", ""));
  EXPECT_FALSE(good("\"why\",\"dest\":1", "", "")) << "a claim too many";
  EXPECT_FALSE(good("\"why", "", ""));
  EXPECT_FALSE(good("\"" + std::string(kMaxRichCallTextBytes, 'x') + "\"", "", ""));
}

// STIR-RP-01: beside the token about the caller, by the credential for priorities
TEST_F(Signing, Priorities) {
  const std::vector<std::string> namespaces = {"ets"};
  const SignPolicy policy{.dial_plan = {}, .priorities = namespaces};
  const auto request = sign({.extra = "Resource-Priority: ETS.1\r\n"}, policy);
  ASSERT_TRUE(request);
  const VerifyJob& job = verify(*request);
  EXPECT_EQ(job.verdict, Verdict::valid);
  EXPECT_EQ(job.priority, Verdict::valid);
  ASSERT_EQ(job.identity_count, 2);
  EXPECT_STREQ(job.verdicts[0].ppt.data(), "shaken");
  EXPECT_STREQ(job.verdicts[1].ppt.data(), "rph");

  // Only what the policy names.
  ASSERT_TRUE(verify(sign({.extra = "Resource-Priority: ets.1, wps.0\r\n"}, policy).value()).priority ==
              Verdict::invalid);
  EXPECT_EQ(verify(sign({.extra = "Resource-Priority: wps.0\r\n"}, policy).value()).identity_count, 1);
  EXPECT_EQ(verify(sign({}, policy).value()).identity_count, 1);
  EXPECT_EQ(verify(sign({.extra = "Resource-Priority: ets\r\n"}, policy).value()).identity_count, 1) << "malformed";
}

class SigningDiversions : public Signing {
 protected:
  const SignPolicy policy_{.dial_plan = {}, .diversions = true};

  // A call to 12155550131, signed, now at `target`.
  CallText diverted_call(const std::string& target) {
    CallText call;
    call.extra = signer_.shaken_line();
    call.target = "sip:+" + target + "@b.example.com;user=phone";
    return call;
  }
};

// STIR-DV-01
TEST_F(SigningDiversions, OfANumberOfOurs) {
  const CallText call = diverted_call("12155550139");
  const auto request = sign(call, policy_, "12155550131");
  ASSERT_TRUE(request);
  EXPECT_NE(request->find(signer_.shaken_line()), std::string::npos) << "what was there stays";
  const VerifyJob& job = verify(*request);
  EXPECT_EQ(job.verdict, Verdict::valid);
  ASSERT_EQ(job.identity_count, 2);
  EXPECT_EQ(job.verdicts[0].reason, Reason::verified);
  EXPECT_EQ(job.verdicts[1].reason, Reason::verified);

  // To may be rewritten on the way now (STIR-DV-04).
  std::string rewritten = *request;
  const std::size_t to = rewritten.find("To: <sip:+12155550131");
  rewritten.replace(to, 21, "To: <sip:+12155550139");
  EXPECT_EQ(verify(rewritten).verdict, Verdict::valid);
}

TEST_F(SigningDiversions, Again) {
  const auto once = sign(diverted_call("12155550139"), policy_, "12155550131");
  ASSERT_TRUE(once);
  const std::size_t begin = once->find("Identity: ");
  CallText call;
  call.target = "sip:+12155550140@b.example.com;user=phone";
  for (std::size_t at = begin; at != std::string::npos; at = once->find("Identity: ", at + 1)) {
    call.extra += once->substr(at, once->find("\r\n", at) + 2 - at);
  }
  call.extra += "Diversion: <sip:+12155550139@b.example.com;user=phone>;reason=no-answer\r\n";
  const auto twice = sign(call, policy_, "12155550139");
  ASSERT_TRUE(twice) << refusal_;
  const VerifyJob& job = verify(*twice);
  EXPECT_EQ(job.identity_count, 3);
  EXPECT_EQ(job.verdict, Verdict::valid);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(job.verdicts[i].reason, Reason::verified) << i;
  }
  // The first party has diverted already: its word is not needed twice.
  EXPECT_FALSE(sign(call, policy_, "12155550131"));
  EXPECT_EQ(job_->sign.outcome, SignOutcome::not_diverted);
}

TEST_F(SigningDiversions, OnlyWhatIsTrue) {
  const auto refusal = [&](const CallText& call, const SignPolicy& policy, const std::string& ours) {
    EXPECT_FALSE(sign(call, policy, ours));
    return refusal_;
  };
  EXPECT_EQ(refusal(diverted_call("12155550139"), {}, "12155550131"), "already_signed") << "policy";
  EXPECT_EQ(refusal(diverted_call("12155550131"), policy_, "12155550131"), "already_signed") << "same target";
  CallText written = diverted_call("1-215-555-0131");
  written.target = "sip:+1-215-555-0131@elsewhere.example.com;user=phone";
  EXPECT_EQ(refusal(written, policy_, "12155550131"), "already_signed") << "the same, written otherwise";
  EXPECT_EQ(refusal(diverted_call("12155550139"), policy_, "12155550138"), "no authority");
  // To says what no token does.
  CallText other = diverted_call("12155550139");
  other.to = "<sip:+12155550138@b.example.com;user=phone>";
  EXPECT_EQ(refusal(other, policy_, "12155550138"), "not signed");
  EXPECT_EQ(job_->sign.outcome, SignOutcome::not_diverted);
  // Another caller than the tokens'.
  CallText another = diverted_call("12155550139");
  another.from = "<sip:+12155550122@a.example.com;user=phone>;tag=a1";
  EXPECT_EQ(refusal(another, policy_, "12155550131"), "not signed");
  // No room for one more.
  CallText full = diverted_call("12155550139");
  for (std::size_t i = 1; i < sip::kMaxIdentities; ++i) {
    full.extra += "Identity: a.b.c;info=<https://a.example/c>;ppt=foo\r\n";
  }
  EXPECT_EQ(refusal(full, policy_, "12155550131"), "already_signed");
}

// A provider that only diverts: `tokens = ["div"]`
TEST_F(SigningDiversions, AndNothingElse) {
  const SignPolicy policy{.dial_plan = {}, .calls = false, .messages = false, .diversions = true};
  EXPECT_TRUE(sign(diverted_call("12155550139"), policy, "12155550131")) << refusal_;
  EXPECT_FALSE(sign({}, policy, "12155550131"));
  EXPECT_EQ(refusal_, "other_method");
  EXPECT_FALSE(sign({.method = "MESSAGE"}, policy, "12155550131"));
  EXPECT_EQ(refusal_, "other_method");
  EXPECT_FALSE(sign({.method = "SUBSCRIBE"}, policy, "12155550131"));
  EXPECT_EQ(refusal_, "other_method");
}

// STIR-DV-07: hints, no proof
TEST_F(SigningDiversions, HistoryInfoNamesThePartyToo) {
  CallText call = diverted_call("12155550139");
  call.to = "<sip:+12155550199@b.example.com;user=phone>";
  call.extra +=
      "History-Info: <sip:+12155550131@b.example.com;user=phone>;index=1, "
      "<sip:+12155550139@b.example.com;user=phone;cause=408>;index=1.1;mp=1\r\n";
  const auto request = sign(call, policy_, "12155550131");
  ASSERT_TRUE(request) << refusal_;
  EXPECT_EQ(verify(*request).verdict, Verdict::valid);
}

}  // namespace
}  // namespace stirline::crypto::signing_test
