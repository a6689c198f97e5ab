// The claim mky from the fingerprints of a request to the verdict (STIR-AS-07, STIR-PT-05, STIR-PT-06).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/builder.hpp"
#include "crypto_workers/passport/media_key_claim.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/signature_edits.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::media_keys_test {
namespace {

using test::CallText;
using test::kNow;
using test::TokenText;

// Of RFC 8225 5.2.2, as fingerprints are written.
const std::string kFirst =
    "02:1A:CC:54:27:AB:EB:9C:53:3F:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1:7A:03:A2:7D:F9:B0:7F:46:19:B2";
const std::string kSecond =
    "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1";
const std::string kShort = "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB";

std::string without_colons(std::string text) {
  std::erase(text, ':');
  return text;
}

std::string claim_of(const std::vector<std::pair<std::string, std::string>>& keys) {
  std::string claim;
  for (const auto& [hash, digest] : keys) {
    claim += (claim.empty() ? "[" : ",") + (R"({"alg":")" + hash) + R"(","dig":")" + without_colons(digest) + "\"}";
  }
  return claim + "]";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::string session(const std::vector<std::string>& fingerprints) {
  std::string body = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    body += i == 0 ? "" : "m=audio " + std::to_string(5000 + 2 * i) + " UDP/TLS/RTP/SAVP 0\r\n";
    body += "a=fingerprint:" + fingerprints[i] + "\r\n";
  }
  return body;
}

CallText call_with(const std::vector<std::string>& fingerprints) {
  CallText call;
  call.extra = "Content-Type: application/sdp\r\n";
  call.body = session(fingerprints);
  return call;
}

class MediaKeyCalls : public testing::Test {
 protected:
  void SetUp() override {
    Credential credential;
    credential.key = signer_.engine().make_signing_key(test::own_key("rfc8225_A1_private.pem").scalar()).value();
    credential.x5u = test::kX5u;
    credential.not_after = 4'000'000'000;
    credential_ = signer_.keyring.add(std::move(credential));
  }

  std::string signed_line(const CallText& call) {
    const std::string request = call.request();
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request));
    const auto plan = plan_signing(*message, request, {}, kNow);
    EXPECT_TRUE(plan);
    const auto job = std::make_unique<Job>();
    job->kind = JobKind::sign;
    job->keyring = &signer_.keyring;
    fill_sign_job(plan.value(), *message, request, test::kOrigid, kNow, job->sign);
    job->sign.attest = 'A';
    EXPECT_TRUE(job->sign.orders.push({TokenType::shaken, credential_, {}}));
    Processor processor(signer_.engine());
    Job* const jobs[] = {job.get()};
    processor.process(jobs);
    EXPECT_EQ(job->sign.outcome, SignOutcome::signed_);
    return std::string(job->sign.identity_lines());
  }

  static std::string payload(const std::string& line) {
    const std::size_t begin = line.find('.') + 1;
    const std::string segment = line.substr(begin, line.find('.', begin) - begin);
    std::vector<std::uint8_t> octets(segment.size());
    octets.resize(base64url_decode(segment, octets).value_or(0));
    return {octets.begin(), octets.end()};
  }

  Reason verdict(CallText call, const std::string& lines) {
    call.extra += lines;
    return test::verify(signer_.engine(), signer_.keyring, call.request())->verify.reason;
  }

  test::Signer signer_;
  std::uint32_t credential_ = 0;
};

// STIR-AS-07: 0, 1, 2 and equal fingerprints.
TEST_F(MediaKeyCalls, FingerprintsAreSigned) {
  EXPECT_EQ(payload(signed_line(call_with({}))).find("mky"), std::string::npos);
  const std::string one = claim_of({{"sha-256", kFirst}});
  const std::string both = claim_of({{"sha-256", kFirst}, {"sha-256", kSecond}});
  const std::vector<std::pair<std::vector<std::string>, std::string>> calls = {
      {{"sha-256 " + kFirst}, one},
      {{"sha-256 " + kFirst, "SHA-256 " + lower(kFirst)}, one},
      {{"sha-256 " + kFirst, "sha-256 " + kSecond}, both},
      {{"sha-256 " + kSecond, "sha-256 " + kFirst, "sha-256 " + kSecond}, both},
      {{"sha-256 " + kFirst, "sha-1 " + kShort}, claim_of({{"sha-1", kShort}, {"sha-256", kFirst}})}};
  for (const auto& [fingerprints, claim] : calls) {
    const CallText call = call_with(fingerprints);
    const std::string line = signed_line(call);
    EXPECT_NE(payload(line).find(",\"mky\":" + claim + ",\"orig\":"), std::string::npos) << payload(line);
    EXPECT_EQ(verdict(call, line), Reason::verified);
  }
}

TEST_F(MediaKeyCalls, FingerprintsInAPartOfTheBody) {
  CallText call;
  call.extra = "Content-Type: multipart/mixed;boundary=b\r\n";
  call.body = "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" +
              session({"sha-256 " + kFirst}) + "\r\n--b--\r\n";
  const std::string line = signed_line(call);
  EXPECT_NE(payload(line).find(claim_of({{"sha-256", kFirst}})), std::string::npos);
  EXPECT_EQ(verdict(call, line), Reason::verified);
}

// STIR-PT-06: taken away, added, exchanged.
TEST_F(MediaKeyCalls, OtherFingerprintsAreRefused) {
  const std::string line = signed_line(call_with({"sha-256 " + kFirst}));
  EXPECT_EQ(verdict(call_with({"sha-256 " + lower(kFirst)}), line), Reason::verified);
  EXPECT_EQ(verdict(call_with({}), line), Reason::media_keys_mismatch);
  EXPECT_EQ(verdict(CallText{}, line), Reason::media_keys_mismatch);
  EXPECT_EQ(verdict(call_with({"sha-256 " + kSecond}), line), Reason::media_keys_mismatch);
  EXPECT_EQ(verdict(call_with({"sha-256 " + kFirst, "sha-256 " + kSecond}), line), Reason::media_keys_mismatch);
}

// STIR-PT-06: a baseline token must speak of the keys, a shaken one may.
TEST_F(MediaKeyCalls, ATokenWithoutTheClaim) {
  const CallText call = call_with({"sha-256 " + kFirst});
  EXPECT_EQ(verdict(call, signer_.shaken_line()), Reason::verified);
  const TokenText baseline{R"({"alg":"ES256","typ":"passport","x5u":"https://cert.example.org/passport.cer"})",
                           R"({"dest":{"tn":["12155550131"]},"iat":1790000000,"orig":{"tn":"12155550121"}})"};
  const std::string parameters = ";info=<https://cert.example.org/passport.cer>";
  EXPECT_EQ(verdict(call, signer_.identity_line(signer_.token(baseline), parameters)), Reason::media_keys_missing);
  EXPECT_EQ(verdict(call_with({}), signer_.identity_line(signer_.token(baseline), parameters)), Reason::verified);

  const TokenText with_keys = baseline.with("\"orig\"", "\"mky\":" + claim_of({{"sha-256", kFirst}}) + ",\"orig\"");
  EXPECT_EQ(verdict(call, signer_.identity_line(signer_.token(with_keys), parameters)), Reason::verified);
  // The compact form of the same is rebuilt from the body (RFC 8225 7).
  const std::string date = "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\n";
  const std::string compact = date + signer_.identity_line(signer_.compact(with_keys), parameters);
  EXPECT_EQ(verdict(call, compact), Reason::verified);
  EXPECT_EQ(verdict(call_with({"sha-256 " + kSecond}), compact), Reason::signature_wrong);
}

TEST_F(MediaKeyCalls, MalformedClaimsAreRefused) {
  const CallText call = call_with({"sha-256 " + kFirst});
  const std::string digest = without_colons(kFirst);
  for (const std::string claim :
       {"[]", "{}", "\"x\"", "[1]", "[{}]", "[{\"alg\":\"sha-256\"}]", "[{\"dig\":\"AA\"}]",
        "[{\"alg\":\"sha-256\",\"dig\":1}]", "[{\"alg\":\"sha-256\",\"dig\":\"\"}]",
        "[{\"alg\":\"sha-256\",\"dig\":\"4A:AD\"}]", "[{\"alg\":\"sha 256\",\"dig\":\"AA\"}]",
        "[{\"alg\":\"\",\"dig\":\"AA\"}]", "[{\"alg\":\"sha-256\",\"dig\":\"AA\",\"x\":1}]"}) {
    const TokenText token = TokenText{}.with("\"orig\"", "\"mky\":" + claim + ",\"orig\"");
    EXPECT_EQ(verdict(call, signer_.identity_line(signer_.token(token))), Reason::claim_malformed) << claim;
  }
}

// Where fingerprints may be and cannot be read, none is taken for absent.
TEST_F(MediaKeyCalls, WhatCannotBeReadIsNeitherSignedNorBelieved) {
  CallText call = call_with({"sha-256 " + kFirst});
  const std::string line = signed_line(call);
  for (const auto& [lines, body] : std::vector<std::pair<std::string, std::string>>{
           {"Content-Encoding: gzip\r\n", call.body}, {"", call.body + "a=fingerprint:sha-256 4A\r\n"}}) {
    CallText unreadable = call;
    unreadable.extra += lines;
    unreadable.body = body;
    const std::string request = unreadable.request();
    const auto message = std::make_unique<sip::Message>();
    ASSERT_TRUE(message->parse(request));
    const auto plan = plan_signing(*message, request, {}, kNow);
    ASSERT_FALSE(plan) << lines;
    EXPECT_EQ(plan.error(), NotSigned::media_keys_unreadable);
    EXPECT_EQ(verdict(unreadable, line), Reason::media_keys_mismatch);
    EXPECT_EQ(verdict(unreadable, signer_.shaken_line()), Reason::verified);
  }
}

// The vector of RFC 8225 5.2.2, octet by octet.
TEST(MediaKeyClaims, BaselineIsByteExact) {
  const std::string octets = "sha-256" + kSecond + kFirst;
  const auto place = [&octets](const std::string& text) {
    return sip::Span{static_cast<std::uint16_t>(octets.find(text)), static_cast<std::uint16_t>(text.size())};
  };
  const std::array fingerprints = {sip::Fingerprint{place("sha-256"), place(kSecond)},
                                   sip::Fingerprint{place("sha-256"), place(kFirst)}};
  MediaKeyClaim claim;
  ASSERT_TRUE(claim.assign(octets, fingerprints));
  std::string input(2'048, '\0');
  TokenContent content;
  content.dest = {true, "sip:alice@example.com"};
  content.iat = 1'443'208'345;
  content.orig = {false, "12155551212"};
  content.media_keys = &claim;
  input.resize(
      build_signing_input(TokenType::baseline, content, "https://cert.example.org/passport.cer", input).value());
  for (const auto& vector : test::own_json("json/own_tokens.json")) {
    if (vector["id"] == "own-mky") {
      const std::string token = vector["token"];
      EXPECT_EQ(input, token.substr(0, token.rfind('.')));
      return;
    }
  }
  FAIL() << "no vector own-mky";
}

}  // namespace
}  // namespace stirline::crypto::media_keys_test
