// Keys and certificates of one generation: found by regime and exact URL, and for whom they speak.
#include "crypto_workers/job/keyring.hpp"

#include <gtest/gtest.h>

#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::keyring_test {
namespace {

Certificate of_regime(std::uint16_t regime, std::int64_t not_after) {
  Certificate certificate;
  certificate.regime = regime;
  certificate.not_after = not_after;
  return certificate;
}

// STIR-CE-10: one x5u in two regimes is two certificates, and a third regime knows neither.
TEST(Keyrings, RegimesDoNotMix) {
  Keyring keyring;
  keyring.add("https://a", of_regime(0, 10));
  keyring.add("https://a", of_regime(2, 12));
  keyring.add("https://b", of_regime(2, 22));
  EXPECT_EQ(keyring.certificates(), 3U);
  EXPECT_EQ(keyring.certificate(0, "https://a")->not_after, 10);
  EXPECT_EQ(keyring.certificate(2, "https://a")->not_after, 12);
  EXPECT_EQ(keyring.certificate(1, "https://a"), nullptr);
  EXPECT_EQ(keyring.certificate(3, "https://a"), nullptr);
  EXPECT_EQ(keyring.certificate(0, "https://b"), nullptr);
}

// STIR-CE-10: a trunk never accepts the signer of another regime.
TEST(Keyrings, ATrunkBelievesItsOwnRegimeAlone) {
  test::Signer signer;
  test::CallText call;
  call.extra = signer.identity_line(signer.token({}));
  const auto reason = [&](std::uint16_t trunk, std::uint16_t of_signer) {
    Keyring keyring;
    Certificate certificate = signer.certificate();
    certificate.regime = of_signer;
    keyring.add(std::string(test::kX5u), std::move(certificate));
    const std::string request = call.request();
    test::VerifyOptions options;
    options.policy.regime = trunk;
    return test::verify(signer.engine(), keyring, request, options)->verify.reason;
  };
  EXPECT_EQ(reason(0, 0), Reason::verified);
  EXPECT_EQ(reason(1, 1), Reason::verified);
  EXPECT_EQ(reason(0, 1), Reason::certificate_unknown);
  EXPECT_EQ(reason(1, 0), Reason::certificate_unknown);
}

// STIR-CF-04, STIR-CF-05: what could not be fetched is refused on every trunk, but not for longer than it may be.
TEST(Keyrings, WhatCouldNotBeFetchedIsRefusedForATime) {
  test::Signer signer;
  test::CallText call;
  call.extra = signer.identity_line(signer.token({}));
  const std::string request = call.request();
  Keyring keyring;
  Certificate dead;
  dead.standing = Reason::certificate_unavailable;
  dead.regime = kEveryRegime;
  dead.not_after = test::VerifyOptions().now;
  keyring.add(std::string(test::kX5u), std::move(dead));
  EXPECT_EQ(keyring.certificates(), 1U);
  const auto reason = [&](std::uint16_t regime, std::int64_t later) {
    test::VerifyOptions options;
    options.policy.regime = regime;
    options.now += later;
    return test::verify(signer.engine(), keyring, request, options)->verify.reason;
  };
  EXPECT_EQ(reason(0, 0), Reason::certificate_unavailable);
  EXPECT_EQ(reason(7, 0), Reason::certificate_unavailable);
  EXPECT_EQ(reason(0, 1), Reason::certificate_unknown);
  // A chain that is there goes before it, in its own regime.
  Certificate good = signer.certificate();
  good.regime = 7;
  keyring.add(std::string(test::kX5u), std::move(good));
  EXPECT_EQ(reason(7, 0), Reason::verified);
  EXPECT_EQ(reason(0, 0), Reason::certificate_unavailable);
}

// STIR-ID-07: sip:mike@example.org signed by a certificate of his domain passes; under one for numbers it fails, and a
// number under one for domains.
TEST(Keyrings, UrisAreSignedByTheirDomain) {
  test::Signer signer;
  const test::TokenText number =
      test::TokenText{.header = R"({"alg":"ES256","typ":"passport","x5u":"https://cert.example.org/passport.cer"})",
                      .payload = R"({"dest":{"tn":["12155550131"]},"iat":1790000000,"orig":{"tn":"12155550121"}})"};
  const test::TokenText uri = number.with(R"("tn":"12155550121")", R"("uri":"sip:mike@example.org")");
  const auto reason = [&](const test::TokenText& token, const std::string& from, std::vector<std::string> domains,
                          std::vector<TnEntry> scope) {
    Keyring keyring;
    Certificate certificate = signer.certificate(std::move(scope));
    certificate.domains = std::move(domains);
    keyring.add(std::string(test::kX5u), std::move(certificate));
    test::CallText call;
    call.from = from;
    call.extra = signer.identity_line(signer.token(token), ";info=<https://cert.example.org/passport.cer>;alg=ES256");
    return test::verify(signer.engine(), keyring, call.request())->verify.reason;
  };
  const std::vector<TnEntry> spc = {{TnEntry::Kind::spc, "1234", 1}};
  const std::string mike = "<sip:Mike@Example.org:5060>;tag=1";
  const std::string caller = test::CallText{}.from;
  EXPECT_EQ(reason(uri, "<sip:mike@example.org>;tag=1", {"example.org"}, {}), Reason::verified);
  EXPECT_EQ(reason(uri, mike, {"other.example", "example.org"}, spc), Reason::verified);
  EXPECT_EQ(reason(uri, mike, {}, spc), Reason::certificate_scope);
  for (const char* other : {"org", "sip.example.org", "xexample.org"}) {
    EXPECT_EQ(reason(uri, mike, {other}, spc), Reason::certificate_scope) << other;
  }
  EXPECT_EQ(reason(number, caller, {}, spc), Reason::verified);
  EXPECT_EQ(reason(number, caller, {"example.org", "a.example.com"}, {}), Reason::certificate_scope);
}

// STIR-ID-07: exact, and numbers are none of a domain's business.
TEST(Keyrings, DomainsAreCoveredExactly) {
  Certificate certificate;
  certificate.domains = {"example.org", "sip.example.net"};
  for (const char* covered : {"example.org", "EXAMPLE.org", "sip.example.net"}) {
    EXPECT_TRUE(certificate.covers_domain(covered)) << covered;
  }
  for (const char* other : {"", "org", "sip.example.org", "xexample.org", "example.org.", "example.net"}) {
    EXPECT_FALSE(certificate.covers_domain(other)) << other;
  }
  EXPECT_FALSE(certificate.scope.covers("12155551212"));
  EXPECT_FALSE(Certificate{}.covers_domain(""));
}

}  // namespace
}  // namespace stirline::crypto::keyring_test
