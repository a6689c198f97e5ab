#include "crypto_workers/stir/reason.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/stir/marks.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::reason_test {
namespace {

using test::CallText;
using test::kNow;
using test::Signer;
using test::TokenText;

// STIR-VS-14
TEST(Reasons, HaveTheCodesOfTheStandard) {
  const std::map<std::uint16_t, std::set<std::string_view>> kPhrases = {
      {0, {""}},
      {403, {"Stale Date"}},
      {428, {"Use Identity Header", "Use Supported PASSporT Format"}},
      {436, {"Bad Identity Info"}},
      {437, {"Unsupported Credential"}},
      {438, {"Invalid Identity Header"}}};
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kReasons; ++i) {
    const ReasonFacts& row = facts(static_cast<Reason>(i));
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.text.empty()) << row.name;
    ASSERT_TRUE(kPhrases.contains(row.code)) << row.name;
    EXPECT_TRUE(kPhrases.at(row.code).contains(row.phrase)) << row.name;
  }
  EXPECT_EQ(facts(Reason::verified).name, "verified");
  EXPECT_EQ(facts(Reason::info_missing).code, 436);
  EXPECT_EQ(facts(Reason::header_key_missing).code, 436);
  EXPECT_EQ(facts(Reason::typ_unsupported).code, 437);
  EXPECT_EQ(facts(Reason::iat_stale).code, 403);
  EXPECT_EQ(facts(Reason::certificate_unknown).code, 436);
  EXPECT_EQ(facts(Reason::certificate_unavailable).code, 436);
  EXPECT_EQ(facts(Reason::certificate_untrusted).code, 437);
  EXPECT_EQ(facts(Reason::orig_mismatch).code, 438);
  EXPECT_EQ(facts(Reason::signature_wrong).code, 438);
  EXPECT_EQ(facts(Reason::no_identity).code, 428);
}

// STIR-SH-03, STIR-VS-14: the column verstat
TEST(Verdicts, AreTold) {
  EXPECT_EQ(to_string(Verdict::none), "none");
  EXPECT_EQ(to_string(Verdict::valid), "valid");
  EXPECT_EQ(to_string(Verdict::invalid), "invalid");
  const std::set<Reason> failed = {
      Reason::certificate_malformed, Reason::certificate_untrusted, Reason::certificate_expired,
      Reason::certificate_revoked,   Reason::certificate_profile,   Reason::certificate_scope,
      Reason::signature_wrong,       Reason::claim_constraint,      Reason::outside_certificate_validity};
  for (std::size_t i = 0; i < kReasons; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(verstat(Verdict::none, reason), "No-TN-Validation");
    EXPECT_EQ(verstat(Verdict::valid, reason), "TN-Validation-Passed");
    EXPECT_EQ(verstat(Verdict::invalid, reason), failed.contains(reason) ? "TN-Validation-Failed" : "No-TN-Validation");
    for (const Verdict verdict : {Verdict::none, Verdict::valid, Verdict::invalid}) {
      EXPECT_EQ(verstat_parameter(verdict, reason), ";verstat=" + std::string(verstat(verdict, reason)));
    }
  }
}

// One request for every reason there is: none is dead, none is forgotten.
class EveryReason {
 public:
  void add(Reason expected, const std::string& identity_lines, const CallText& call = {},
           const test::VerifyOptions& options = {}) {
    CallText text = call;
    text.extra += identity_lines;
    const auto job = test::verify(signer.engine(), signer.keyring, text.request(), options);
    const VerifyJob& verify = job->verify;
    EXPECT_EQ(facts(verify.reason).name, facts(expected).name);
    const bool none =
        expected == Reason::no_identity || expected == Reason::unsupported_ppt || expected == Reason::third_party;
    EXPECT_EQ(verify.verdict, expected == Reason::verified ? Verdict::valid
                              : none                       ? Verdict::none
                                                           : Verdict::invalid)
        << facts(expected).name;
    seen.insert(verify.reason);
  }
  void add_token(Reason expected, const TokenText& text, const test::VerifyOptions& options = {}) {
    add(expected, signer.identity_line(signer.token(text)), {}, options);
  }
  // A call signed with the same key, whose certificate is as `change` makes it.
  void add_certificate(Reason expected, const std::function<void(Certificate&)>& change) {
    const std::string url = "https://cert.example.org/" + std::to_string(seen.size());
    Certificate certificate = signer.certificate();
    change(certificate);
    signer.keyring.add(url, std::move(certificate));
    add(expected, signer.identity_line(signer.token(TokenText{}.with(test::kX5u, url)),
                                       ";info=<" + url + ">;alg=ES256;ppt=\"shaken\""));
  }

  Signer signer;
  std::set<Reason> seen;
};

TEST(Reasons, EachIsProducedByARequest) {
  EveryReason every;
  const TokenText good;
  const std::string token = every.signer.token(good);
  const std::string line = every.signer.shaken_line();
  const std::string info = ";info=<" + std::string(test::kX5u) + ">";
  const auto with = [&](const std::string& parameters) { return every.signer.identity_line(token, parameters); };

  every.add(Reason::verified, line);
  every.add(Reason::no_identity, "");
  every.add(Reason::unsupported_ppt, with(info + ";ppt=foo"));
  every.add(Reason::info_missing, with(";ppt=shaken"));
  every.add(Reason::info_malformed, with(";info=x;ppt=shaken"));
  every.add(Reason::digest_malformed, every.signer.identity_line(token + ".A"));
  every.add(Reason::parameter_malformed, with(info + info + ";ppt=shaken"));
  every.add(Reason::token_too_long, every.signer.identity_line(std::string(9'000, 'A') + ".A.A"));
  every.add(Reason::compact_form, every.signer.identity_line(every.signer.compact(good)));
  every.add_token(Reason::header_not_json, {"{", good.payload});
  every.add_token(Reason::payload_not_json, {good.header, "{"});
  every.add_token(Reason::duplicate_member, good.with("{\"attest\"", "{\"attest\":\"B\",\"attest\""));
  every.add_token(Reason::header_key_missing, good.with("\"typ\":\"passport\",", ""));
  every.add_token(Reason::x5u_mismatch, good.with("passport.cer", "other.cer"));
  every.add_token(Reason::typ_unsupported, good.with("\"passport\"", "\"JWT\""));
  every.add_token(Reason::alg_unsupported, good.with("ES256", "ES384"));
  every.add_token(Reason::crit_unsupported, good.with("{\"alg\"", "{\"crit\":[\"exp\"],\"alg\""));
  every.add(Reason::alg_mismatch, with(info + ";alg=ES384;ppt=shaken"));
  every.add(Reason::ppt_mismatch, with(info));
  every.add_token(Reason::claim_missing, good.with("\"iat\":1790000000,", ""));
  every.add_token(Reason::claim_malformed, good.with("1790000000", "\"1790000000\""));
  every.add_token(Reason::attest_invalid, good.with("\"A\"", "\"D\""));
  every.add_token(Reason::origid_invalid, good.with("123e4567-", "123e4567"));
  test::VerifyOptions strict;
  strict.policy.profile = Profile::strict;
  every.add_token(Reason::not_deterministic, good.with("{\"attest\"", "{ \"attest\""), strict);

  const TokenText baseline{R"({"alg":"ES256","typ":"passport","x5u":"https://cert.example.org/passport.cer"})",
                           R"({"dest":{"tn":["12155550131"]},"iat":1790000000,"orig":{"tn":"12155550121"}})"};
  const std::string compact = every.signer.identity_line(every.signer.compact(baseline), info);
  every.add(Reason::date_malformed, "Date: today\r\n" + compact);
  every.add(Reason::date_stale, "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n" + compact);
  test::VerifyOptions later;
  later.now = kNow + 61;
  every.add(Reason::iat_stale, line, {}, later);
  test::VerifyOptions earlier;
  earlier.now = kNow - 61;
  every.add(Reason::iat_in_future, line, {}, earlier);
  every.add(Reason::originator_unknown, line, {.from = "<sip:anonymous@anonymous.invalid>;tag=1"});
  every.add(Reason::destination_unknown, line, {.to = "<urn:service:counseling>"});
  every.add(Reason::orig_mismatch, line, {.from = "<tel:+12155550122>;tag=1"});
  every.add(Reason::dest_mismatch, line, {.to = "<tel:+12155550132>"});

  // Of priorities the token's own reason tells: the call's verdict is about its caller.
  const std::string parties = R"("dest":{"tn":["12155550131"]},"iat":1790000000,)";
  const std::string caller = R"("orig":{"tn":"12155550121"})";
  const auto priority = test::verify(
      every.signer.engine(), every.signer.keyring,
      CallText{.extra = every.signer.line("rph", "{" + parties + caller + R"(,"rph":{"auth":["ets.0"]}})")}.request());
  every.seen.insert(priority->verify.verdicts[0].reason);
  every.add(
      Reason::message_mismatch,
      every.signer.line("msg", "{" + parties + R"("msgi":"sha256-)" + std::string(43, 'A') + "\"," + caller + "}"),
      {.method = "MESSAGE"});
  every.add(Reason::chain_incomplete,
            every.signer.line("div", "{" + parties + R"("div":{"tn":"12155550132"},)" + caller + "}"));
  every.add(Reason::third_party, every.signer.line("rcd", R"({"crn":"x",)" + parties + R"("iss":"x",)" + caller + "}"));

  CallText keyed;
  keyed.extra = "Content-Type: application/sdp\r\n";
  keyed.body = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\na=fingerprint:md5 " +
               std::string("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n");
  every.add(Reason::media_keys_missing, every.signer.identity_line(every.signer.token(baseline), info), keyed);
  every.add_token(Reason::media_keys_mismatch, good.with("\"orig\"", R"("mky":[{"alg":"sha-256","dig":"AA"}],"orig")"));

  every.add(Reason::certificate_unknown,
            every.signer.identity_line(every.signer.token(good.with(test::kX5u, "https://nowhere.example/c")),
                                       ";info=<https://nowhere.example/c>;ppt=shaken"));
  every.add_certificate(Reason::certificate_unavailable, [](Certificate& certificate) {
    certificate.standing = Reason::certificate_unavailable;
    certificate.regime = kEveryRegime;
  });
  for (const Reason standing : {Reason::certificate_malformed, Reason::certificate_untrusted,
                                Reason::certificate_revoked, Reason::certificate_profile}) {
    every.add_certificate(standing, [&](Certificate& certificate) { certificate.standing = standing; });
  }
  every.add_certificate(Reason::certificate_expired, [](Certificate& c) { c.not_after = kNow - 1; });
  every.add_certificate(Reason::certificate_scope,
                        [](Certificate& c) { c.scope = TnAuthList({{TnEntry::Kind::one, "12155550122", 1}}); });
  every.add_certificate(Reason::claim_constraint, [](Certificate& c) { c.constraints.must_exclude = {"origid"}; });
  // Signed shortly before the certificate began, judged shortly after.
  Certificate young = every.signer.certificate();
  young.not_before = kNow + 10;
  every.signer.keyring.add("https://cert.example.org/young", std::move(young));
  test::VerifyOptions soon;
  soon.now = kNow + 20;
  every.add(Reason::outside_certificate_validity,
            every.signer.identity_line(every.signer.token(good.with(test::kX5u, "https://cert.example.org/young")),
                                       ";info=<https://cert.example.org/young>;ppt=shaken"),
            {}, soon);

  every.add(Reason::signature_malformed, every.signer.identity_line(token + "AA"));
  every.add(Reason::signature_wrong,
            every.signer.identity_line(token.substr(0, token.rfind('.') + 1) + std::string(86, 'A')));

  for (std::size_t i = 0; i < kReasons; ++i) {
    EXPECT_TRUE(every.seen.contains(static_cast<Reason>(i))) << facts(static_cast<Reason>(i)).name;
  }
}

}  // namespace
}  // namespace stirline::crypto::reason_test
