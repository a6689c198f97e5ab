// Received tokens, good and forged, through parser, opener, engine and certificate.
#include "crypto_workers/passport/open.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::open_test {
namespace {

using test::CallText;
using test::kNow;
using test::Signer;
using test::TokenText;

class Open : public testing::Test {
 protected:
  Reason reason(const std::string& identity_lines, const test::VerifyOptions& options = {}, CallText call = {}) {
    call.extra += identity_lines;
    request_ = call.request();  // the job's verdicts refer to it
    job_ = test::verify(signer.engine(), signer.keyring, request_, options);
    return job_->verify.reason;
  }
  Reason token_reason(const TokenText& text, const test::VerifyOptions& options = {}) {
    return reason(signer.identity_line(signer.token(text)), options);
  }
  static test::VerifyOptions strict() {
    test::VerifyOptions options;
    options.policy.profile = Profile::strict;
    return options;
  }
  static test::VerifyOptions at(std::int64_t now) {
    test::VerifyOptions options;
    options.now = now;
    return options;
  }

  Signer signer;
  std::string request_;
  std::unique_ptr<Job> job_;
  const TokenText good;
};

TEST_F(Open, AGoodTokenIsVerifiedAndTold) {
  EXPECT_EQ(reason(signer.shaken_line(), strict()), Reason::verified);
  const VerifyJob& verify = job_->verify;
  EXPECT_EQ(verify.verdict, Verdict::valid);
  EXPECT_EQ(verify.verdicts[0].attest, 'A');
  EXPECT_EQ(std::string(verify.verdicts[0].origid.data(), kUuidBytes), test::kOrigid);
  EXPECT_STREQ(verify.verdicts[0].ppt.data(), "shaken");
  EXPECT_EQ(sip::text(verify.message, verify.verdicts[0].x5u), test::kX5u);
}

// STIR-HDR-01, STIR-HDR-05, STIR-HDR-06, STIR-HDR-07
TEST_F(Open, EverySpellingOfTheHeaderFieldIsTheSame) {
  const std::string token = signer.token(good);
  const std::string folded = token.substr(0, 100) + "\r\n " + token.substr(100, 150) + "\r\n\t  " + token.substr(250);
  const std::string info = "info=<" + std::string(test::kX5u) + ">";
  for (const std::string& line : {
           "Identity: " + token + ";" + info + ";alg=ES256;ppt=\"shaken\"\r\n",
           "y:" + token + ";" + info + ";ppt=shaken\r\n",
           "IDENTITY :\r\n " + token + " ; ppt = shaken ; alg = ES256 ; " + info + "\r\n",
           "iDeNtItY: " + folded + "\r\n ;" + info + "\r\n ;ppt=shaken\r\n",
           "Identity: " + token + ";foo=bar;" + info + ";ppt=\"shaken\";baz\r\n",
           "Identity: " + token + ";ppt=shaken;\r\n\t" + info + "\r\n",
       }) {
    EXPECT_EQ(reason(line), Reason::verified) << line;
  }
}

// STIR-VS-03: what peers refuse wrongly
TEST_F(Open, ReorderedAndSpacedJsonPassesLenientOnly) {
  const std::vector<TokenText> kTokens = {
      {R"({"typ":"passport","ppt":"shaken","x5u":"https://cert.example.org/passport.cer","alg":"ES256"})",
       good.payload},
      {good.header, R"({ "orig":{"tn":"12155550121"}, "iat":1790000000, "dest":{"tn":["12155550131"]}, "attest":"A",)"
                    R"( "origid":"123e4567-e89b-12d3-a456-426655440000" })"},
      good.with("https://", "https:\\/\\/"),
  };
  for (const TokenText& text : kTokens) {
    EXPECT_EQ(token_reason(text), Reason::verified) << text.payload;
    EXPECT_EQ(token_reason(text, strict()), Reason::not_deterministic) << text.payload;
  }
}

// More of what peers refuse wrongly
TEST_F(Open, LegalTokensAreNotRefused) {
  EXPECT_EQ(token_reason(good.with(R"(["12155550131"])", R"(["12155550199","12155550131"])")), Reason::verified);
  EXPECT_EQ(
      token_reason(good.with(R"({"tn":["12155550131"]})", R"({"tn":["12155550131"],"uri":["sip:b@example.com"]})")),
      Reason::verified);
  EXPECT_EQ(token_reason(good.with(R"("iat":)", R"("foo":{"x":[1,2.5]},"iat":)")), Reason::verified);  // STIR-PT-07
  EXPECT_EQ(
      token_reason(good.with(R"("iat":)", R"("foo":[{"alg":"sha-256","dig":"02"}],"rcd":{"nam":"Zo\u00eb"},"iat":)")),
      Reason::verified);
  EXPECT_EQ(token_reason(good.with("1790000000", std::to_string(kNow + 25))), Reason::verified);
  EXPECT_EQ(reason(signer.shaken_line(), {}, {.from = "<tel:+1-215-555-0121>;tag=a1"}), Reason::verified);
  EXPECT_EQ(reason(signer.shaken_line(), {}, {.to = "<tel:+1(215)555.0131;ext=7>"}), Reason::verified);

  // An x5u with '=' in it.
  const std::string url = "https://cert.example.org/?a=b";
  signer.keyring.add(url, signer.certificate());
  EXPECT_EQ(reason(signer.identity_line(signer.token(good.with(test::kX5u, url)),
                                        ";info=<" + url + ">;alg=ES256;ppt=shaken")),
            Reason::verified);
}

// STIR-PT-03
TEST_F(Open, NoJsonSerialisation) {
  const std::string token = signer.token(good);
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  const std::string json = R"({"payload":")" + token.substr(first + 1, second - first - 1) + R"(","protected":")" +
                           token.substr(0, first) + R"(","signature":")" + token.substr(second + 1) + "\"}";
  EXPECT_EQ(reason(signer.identity_line(json)), Reason::digest_malformed);
  EXPECT_EQ(reason(signer.identity_line(test::base64url(json))), Reason::digest_malformed);
}

// STIR-HDR-02, STIR-HDR-03, STIR-VS-01, STIR-VS-10
TEST_F(Open, OneValidIdentitySuffices) {
  const std::string good_line = signer.shaken_line();
  const std::string broken = signer.identity_line(signer.token(good.with("12155550121", "12155550122")));
  const std::string unsupported = signer.identity_line(signer.token(good), ";info=<https://a.example/c>;ppt=foo");
  EXPECT_EQ(reason(broken + good_line), Reason::verified);
  EXPECT_EQ(job_->verify.decisive, 1);
  EXPECT_EQ(job_->verify.verdicts[0].reason, Reason::orig_mismatch);
  EXPECT_EQ(reason(unsupported + good_line), Reason::verified);
  EXPECT_EQ(reason(unsupported + broken), Reason::orig_mismatch);
  EXPECT_EQ(job_->verify.verdict, Verdict::invalid);
  EXPECT_EQ(job_->verify.decisive, 1);
  EXPECT_EQ(reason(unsupported), Reason::unsupported_ppt);
  EXPECT_EQ(job_->verify.verdict, Verdict::none);
  EXPECT_EQ(reason(""), Reason::no_identity);
  EXPECT_EQ(job_->verify.verdict, Verdict::none);
  const std::string value = good_line.substr(10, good_line.size() - 12);
  const std::string broken_value = broken.substr(10, broken.size() - 12);
  EXPECT_EQ(reason("Identity: " + broken_value + ", " + value + "\r\n"), Reason::verified);
}

// The classes of forged tokens that libraries in the field accept.
TEST_F(Open, ForgedTokensAreRefused) {
  struct Forged {
    const char* name;
    TokenText text;
    Reason reason;
  };
  const std::vector<Forged> kForged = {
      {"x5u differs from info", good.with("cert.example.org", "evil.example.org"), Reason::x5u_mismatch},
      {"x5u no string", good.with(R"("https://cert.example.org/passport.cer")", "[]"), Reason::x5u_mismatch},
      {"typ", good.with("\"passport\"", "\"JWT\""), Reason::typ_unsupported},
      {"typ case", good.with("\"passport\"", "\"Passport\""), Reason::typ_unsupported},
      {"alg none", good.with("ES256", "none"), Reason::alg_unsupported},
      {"alg HS256", good.with("ES256", "HS256"), Reason::alg_unsupported},
      {"alg case", good.with("ES256", "es256"), Reason::alg_unsupported},
      {"alg number", good.with("\"ES256\"", "256"), Reason::alg_unsupported},
      {"crit", good.with("{\"alg\"", "{\"b64\":false,\"crit\":[\"b64\"],\"alg\""), Reason::crit_unsupported},
      {"no alg", good.with("\"alg\":\"ES256\",", ""), Reason::header_key_missing},
      {"no typ", good.with("\"typ\":\"passport\",", ""), Reason::header_key_missing},
      {"no ppt", good.with("\"ppt\":\"shaken\",", ""), Reason::header_key_missing},
      {"other ppt", good.with("\"shaken\"", "\"div\""), Reason::ppt_mismatch},
      {"duplicate in header", good.with("{\"alg\"", "{\"alg\":\"none\",\"alg\""), Reason::duplicate_member},
      {"duplicate iat", good.with("\"iat\":", "\"iat\":1,\"iat\":"), Reason::duplicate_member},
      {"duplicate in orig", good.with("\"orig\":{", "\"orig\":{\"tn\":\"1\","), Reason::duplicate_member},
      {"iat string", good.with("1790000000", "\"1790000000\""), Reason::claim_malformed},
      {"iat fraction", good.with("1790000000", "1790000000.0"), Reason::claim_malformed},
      {"iat exponent", good.with("1790000000", "179e7"), Reason::claim_malformed},
      {"iat beyond int64", good.with("1790000000", "18446744073709551615"), Reason::claim_malformed},
      {"iat null", good.with("1790000000", "null"), Reason::claim_malformed},
      {"orig string", good.with(R"({"tn":"12155550121"})", R"("12155550121")"), Reason::claim_malformed},
      {"orig number", good.with(R"({"tn":"12155550121"})", "12155550121"), Reason::claim_malformed},
      {"orig array", good.with(R"({"tn":"12155550121"})", R"([{"tn":"12155550121"}])"), Reason::claim_malformed},
      {"orig.tn array", good.with(R"("tn":"12155550121")", R"("tn":["12155550121"])"), Reason::claim_malformed},
      {"orig.tn number", good.with(R"("tn":"12155550121")", R"("tn":12155550121)"), Reason::claim_malformed},
      {"orig empty", good.with(R"({"tn":"12155550121"})", "{}"), Reason::claim_malformed},
      {"orig both", good.with(R"("tn":"12155550121")", R"("tn":"12155550121","uri":"sip:a@b.example")"),
       Reason::claim_malformed},
      {"orig with plus", good.with("12155550121", "+12155550121"), Reason::claim_malformed},
      {"orig with control", good.with("12155550121", "12155550121\\u0000"), Reason::claim_malformed},
      {"orig with blank", good.with("12155550121", "12155550121 "), Reason::claim_malformed},
      {"dest string", good.with(R"({"tn":["12155550131"]})", R"("12155550131")"), Reason::claim_malformed},
      {"dest.tn string", good.with(R"(["12155550131"])", R"("12155550131")"), Reason::claim_malformed},
      {"dest empty", good.with(R"({"tn":["12155550131"]})", "{}"), Reason::claim_malformed},
      {"dest.tn empty", good.with(R"(["12155550131"])", "[]"), Reason::claim_malformed},
      {"dest.tn of numbers", good.with(R"(["12155550131"])", "[12155550131]"), Reason::claim_malformed},
      {"dest.tn with plus", good.with(R"(["12155550131"])", R"(["12155550131","+12155550131"])"),
       Reason::claim_malformed},
      {"dest.uri string", good.with(R"({"tn":["12155550131"]})", R"({"tn":["12155550131"],"uri":"sip:b@example.com"})"),
       Reason::claim_malformed},
      {"attest D", good.with("\"attest\":\"A\"", "\"attest\":\"D\""), Reason::attest_invalid},
      {"attest a", good.with("\"attest\":\"A\"", "\"attest\":\"a\""), Reason::attest_invalid},
      {"attest AA", good.with("\"attest\":\"A\"", "\"attest\":\"AA\""), Reason::attest_invalid},
      {"attest array", good.with("\"attest\":\"A\"", "\"attest\":[\"A\"]"), Reason::attest_invalid},
      {"attest missing", good.with("\"attest\":\"A\",", ""), Reason::claim_missing},
      {"origid short", good.with("426655440000", "42665544000"), Reason::origid_invalid},
      {"origid number", good.with(R"("123e4567-e89b-12d3-a456-426655440000")", "1"), Reason::origid_invalid},
      {"origid missing", good.with(R"(,"origid":"123e4567-e89b-12d3-a456-426655440000")", ""), Reason::claim_missing},
      {"far future", good.with("1790000000", "4000000000"), Reason::iat_in_future},
      {"control character", good.with("\"A\"", "\"A\",\"x\":\"\x01\""), Reason::payload_not_json},
      {"NUL behind the object", {good.header, good.payload + std::string(1, '\0')}, Reason::payload_not_json},
      {"LF inside a string", good.with("\"A\"", "\"A\n\""), Reason::payload_not_json},
      {"header an array", {"[" + good.header + "]", good.payload}, Reason::header_not_json},
  };
  for (const Forged& forged : kForged) {
    for (const test::VerifyOptions& options : {test::VerifyOptions{}, strict()}) {
      const Reason told = token_reason(forged.text, options);
      EXPECT_EQ(job_->verify.verdict, Verdict::invalid) << forged.name;
      if (options.policy.profile == Profile::lenient) {
        EXPECT_EQ(told, forged.reason) << forged.name << ": " << facts(told).name;
      }
    }
  }
}

TEST_F(Open, ForgedEncodingsAreRefused) {
  const std::string token = signer.token(good);
  const std::size_t last_dot = token.rfind('.');
  const auto told = [&](const std::string& value) { return reason(signer.identity_line(value)); };
  EXPECT_EQ(told(token + ".AAAA"), Reason::digest_malformed);  // four parts
  EXPECT_EQ(told(token + "="), Reason::digest_malformed);
  EXPECT_EQ(told(token + "=="), Reason::digest_malformed);
  EXPECT_EQ(told(token.substr(0, last_dot)), Reason::digest_malformed);
  EXPECT_EQ(told("." + token.substr(token.find('.') + 1)), Reason::digest_malformed);

  // The standard alphabet instead of base64url: same octets, other text.
  std::string plus = token;
  for (std::size_t i = last_dot; i < plus.size(); ++i) {
    plus[i] = plus[i] == '-' ? '+' : plus[i] == '_' ? '/' : plus[i];
  }
  ASSERT_NE(plus, token);
  EXPECT_EQ(told(plus), Reason::digest_malformed);

  // Bits behind the last octet of the signature: 86 characters hold four bits too many.
  std::string stray = token;
  stray.back() = stray.back() == 'A' ? 'B' : static_cast<char>(stray.back() + 1);
  EXPECT_NE(told(stray), Reason::verified);

  EXPECT_EQ(told(token.substr(0, token.size() - 1)), Reason::signature_malformed);
  EXPECT_EQ(told(token + "AA"), Reason::signature_malformed);
  // A DER signature of 70 octets.
  EXPECT_EQ(told(token.substr(0, last_dot + 1) + test::base64url(std::string(70, '\x30'))),
            Reason::signature_malformed);
  // r = 0, s = 0
  EXPECT_EQ(told(token.substr(0, last_dot + 1) + test::base64url(std::string(64, '\0'))), Reason::signature_wrong);
}

TEST_F(Open, ForgedParametersAreRefused) {
  const std::string token = signer.token(good);
  const std::string info = ";info=<" + std::string(test::kX5u) + ">";
  const auto told = [&](const std::string& parameters) { return reason(signer.identity_line(token, parameters)); };
  EXPECT_EQ(told(";alg=ES256;ppt=shaken"), Reason::info_missing);
  EXPECT_EQ(told(";info=https://cert.example.org/passport.cer;ppt=shaken"), Reason::info_malformed);
  EXPECT_EQ(told(info + ";alg=RS256;ppt=shaken"), Reason::alg_mismatch);
  EXPECT_EQ(told(info + ";alg=es256;ppt=shaken"), Reason::alg_mismatch);
  EXPECT_EQ(told(info), Reason::ppt_mismatch);
  EXPECT_EQ(told(info + ";ppt=shaken;ppt=div"), Reason::parameter_malformed);
  EXPECT_EQ(told(";info=<https://other.example.org/c>;ppt=shaken"), Reason::x5u_mismatch);
  EXPECT_EQ(told(info + ";ppt=SHAKEN"), Reason::unsupported_ppt);
}

// STIR-HDR-11
TEST_F(Open, LimitsAreKept) {
  const std::string filler(6'000, 'x');
  EXPECT_EQ(token_reason(good.with("\"A\"", "\"A\",\"x\":\"" + filler.substr(0, 5'700) + "\"")), Reason::verified);
  EXPECT_EQ(token_reason(good.with("\"A\"", "\"A\",\"x\":\"" + filler + "\"")), Reason::token_too_long);
  EXPECT_EQ(token_reason(good.with("{\"alg\"", "{\"a\":\"" + filler.substr(0, 2'000) + "\",\"alg\"")),
            Reason::token_too_long);
  EXPECT_EQ(token_reason(good.with("\"A\"", "\"A\",\"x\":[[[[[[[[1]]]]]]]]")), Reason::token_too_long);
  EXPECT_EQ(reason(signer.identity_line(std::string(9'000, 'A') + ".AAAA.AAAA")), Reason::token_too_long);
}

// STIR-VS-04, STIR-VS-05
TEST_F(Open, FreshnessHasTwoLimits) {
  const std::string line = signer.shaken_line();
  EXPECT_EQ(reason(line, at(kNow + 61)), Reason::iat_stale);
  EXPECT_EQ(reason(line, at(kNow + 60)), Reason::verified);
  EXPECT_EQ(reason(line, at(kNow)), Reason::verified);
  EXPECT_EQ(reason(line, at(kNow - 60)), Reason::verified);
  EXPECT_EQ(reason(line, at(kNow - 61)), Reason::iat_in_future);
  test::VerifyOptions wide = at(kNow + 500);
  wide.policy.fresh_seconds = 600;
  EXPECT_EQ(reason(line, wide), Reason::verified);
  test::VerifyOptions negative;
  negative.policy.fresh_seconds = -1;
  EXPECT_EQ(reason(line, negative), Reason::verified);
  EXPECT_EQ(token_reason(good.with("1790000000", "-9223372036854775808")), Reason::iat_stale);
  EXPECT_EQ(token_reason(good.with("1790000000", "9223372036854775807")), Reason::iat_in_future);
}

// iat leads when the Date header disagrees or is broken.
TEST_F(Open, DateNeverSpoilsAFullFormToken) {
  const std::string line = signer.shaken_line();
  EXPECT_EQ(reason("Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n" + line), Reason::verified);
  EXPECT_EQ(reason("Date: yesterday\r\n" + line), Reason::verified);
}

// STIR-VS-02
TEST_F(Open, ATokenPastedOnAnotherCallIsRefused) {
  const std::string line = signer.shaken_line();
  EXPECT_EQ(reason(line, {}, {.from = "<sip:+12155550122@a.example.com;user=phone>;tag=a1"}), Reason::orig_mismatch);
  EXPECT_EQ(reason(line, {}, {.to = "<sip:+12155550132@b.example.com;user=phone>"}), Reason::dest_mismatch);
  EXPECT_EQ(reason(line, {}, {.from = "<sip:alice@a.example.com>;tag=a1"}), Reason::orig_mismatch);
  EXPECT_EQ(reason(line, {}, {.from = "<sip:+12155550121@anonymous.invalid>;tag=a1"}), Reason::originator_unknown);
  EXPECT_EQ(reason(line, {}, {.to = "<urn:service:sos>"}), Reason::destination_unknown);
  // STIR-ID-01: P-Asserted-Identity speaks for the caller if it holds a number.
  const std::string asserted = "P-Asserted-Identity: <tel:+12155550121>\r\n";
  EXPECT_EQ(reason(asserted + line, {}, {.from = "<sip:anonymous@anonymous.invalid>;tag=a1"}), Reason::verified);
  EXPECT_EQ(reason("P-Asserted-Identity: <tel:+12155550999>\r\n" + line), Reason::orig_mismatch);
}

constexpr std::string_view kBaselineParameters = ";info=<https://cert.example.org/passport.cer>";

class OpenBaseline : public Open {
 protected:
  const TokenText baseline{R"({"alg":"ES256","typ":"passport","x5u":"https://cert.example.org/passport.cer"})",
                           R"({"dest":{"tn":["12155550131"]},"iat":1790000000,"orig":{"tn":"12155550121"}})"};
  std::string line(const std::string& token) { return signer.identity_line(token, kBaselineParameters); }
};

// STIR-VS-03, STIR-AS-08
TEST_F(OpenBaseline, CompactFormIsRebuiltFromTheRequest) {
  constexpr std::string_view kDate = "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\n";
  const std::string compact = line(signer.compact(baseline));
  EXPECT_EQ(reason(std::string(kDate) + compact), Reason::verified);
  EXPECT_EQ(reason(compact), Reason::compact_form);
  EXPECT_EQ(reason("Date: yesterday\r\n" + compact), Reason::date_malformed);
  EXPECT_EQ(reason(std::string(kDate) + compact, at(kNow + 61)), Reason::date_stale);
  EXPECT_EQ(reason("Date: Mon, 21 Sep 2026 14:13:30 GMT\r\n" + compact), Reason::signature_wrong);
  EXPECT_EQ(reason(std::string(kDate) + compact, {}, {.from = "<tel:+12155550122>;tag=1"}), Reason::signature_wrong);
  EXPECT_EQ(reason(std::string(kDate) + signer.identity_line(signer.compact(good))), Reason::compact_form);
  EXPECT_EQ(reason(std::string(kDate) +
                   signer.identity_line(signer.compact(baseline), std::string(kBaselineParameters) + ";alg=none")),
            Reason::alg_unsupported);
}

// STIR-ID-05: a called party that is no number is compared as a URI.
TEST_F(OpenBaseline, DestinationMayBeAUri) {
  const std::string token =
      line(signer.token(baseline.with(R"("tn":["12155550131"])", R"("uri":["sip:bob@example.com"])")));
  EXPECT_EQ(reason(token, {}, {.to = "Bob <SIP:%62ob:pw@Example.COM:5061;transport=tls>"}), Reason::verified);
  EXPECT_EQ(reason(token, {}, {.to = "<sip:carol@example.com>"}), Reason::dest_mismatch);
  EXPECT_EQ(reason(token, {}, {.to = "<sips:bob@example.com>"}), Reason::dest_mismatch);
  EXPECT_EQ(reason(token), Reason::dest_mismatch);
}

// STIR-ID-07: a TNAuthList does not speak for a domain.
TEST_F(OpenBaseline, AUriCallerIsBeyondEveryTnAuthList) {
  const std::string token =
      line(signer.token(baseline.with(R"("tn":"12155550121")", R"("uri":"sip:alice@a.example.com")")));
  EXPECT_EQ(reason(token, {}, {.from = "<sip:alice@a.example.com>;tag=1"}), Reason::certificate_scope);
  EXPECT_EQ(reason(token), Reason::orig_mismatch);
}

TEST_F(OpenBaseline, APptInTheTokenNeedsTheParameter) {
  EXPECT_EQ(reason(line(signer.token(baseline))), Reason::verified);
  EXPECT_EQ(reason(line(signer.token(baseline.with("\"typ\"", "\"ppt\":\"div\",\"typ\"")))), Reason::ppt_mismatch);
}

// A slot keeps what it was given until it is used again.
TEST(Opener, SlotsAreIndependent) {
  Signer signer;
  const std::string token = signer.token({});
  const std::string folded = token.substr(0, 50) + "\r\n " + token.substr(50);
  const std::string value = folded + ";info=<" + std::string(test::kX5u) + ">;ppt=shaken";
  const auto identity = sip::parse_identity(value, {0, static_cast<std::uint16_t>(value.size())});
  Opener opener(2);
  OpenedToken first;
  OpenedToken second;
  opener.open(value, identity, {}, 0, first);
  const std::string other = "A" + value;
  const auto other_identity = sip::parse_identity(other, {0, static_cast<std::uint16_t>(other.size())});
  opener.open(other, other_identity, {}, 1, second);
  EXPECT_EQ(first.signing_input, token.substr(0, token.rfind('.')));
  EXPECT_EQ(second.signing_input, "A" + token.substr(0, token.rfind('.')));
}

}  // namespace
}  // namespace stirline::crypto::open_test
