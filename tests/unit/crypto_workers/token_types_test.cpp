// One message for every type of token, good and with each of its rules broken.
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "crypto_workers/passport/token_type.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::token_types_test {
namespace {

using test::CallText;

const std::string kDest = R"("dest":{"tn":["12155550131"]})";
const std::string kRest = R"("iat":1790000000,"orig":{"tn":"12155550121"})";

class TokenTypes : public testing::Test {
 protected:
  // The verdict on the first token of `call`.
  std::string_view judge(const CallText& call) {
    request_ = call.request();
    job_ = test::verify(signer_.engine(), signer_.keyring, request_);
    return facts(job_->verify.verdicts[0].reason).name;
  }
  std::string_view judge(std::string_view ppt, const std::string& payload, CallText call = {}) {
    call.extra += signer_.line(ppt, payload);
    return judge(call);
  }
  [[nodiscard]] Verdict verdict() const { return job_->verify.verdict; }
  [[nodiscard]] std::string_view reason() const { return facts(job_->verify.reason).name; }

  test::Signer signer_;
  std::string request_;
  std::unique_ptr<Job> job_;
};

TEST(TokenTypeTable, IsFoundByPpt) {
  for (std::size_t i = 0; i < kTokenTypes; ++i) {
    const auto type = static_cast<TokenType>(i);
    const TokenTypeFacts* const found = find_token_type(facts(type).ppt);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(type_of(*found), type);
    EXPECT_TRUE(found->required.has_all({Claim::dest, Claim::iat, Claim::orig}));
    EXPECT_NE(found->places, 0);
  }
  for (const std::string_view unknown : {"msec", "SHAKEN", "Div", "div-", "foo"}) {
    EXPECT_EQ(find_token_type(unknown), nullptr) << unknown;
  }
}

// STIR-PT-07, STIR-CI-06
TEST_F(TokenTypes, WhatIsNotKnownIsIgnored) {
  for (const std::string_view ppt : {"msec", "foo", "SHAKEN"}) {
    EXPECT_EQ(judge(ppt, "{" + kDest + "," + kRest + "}"), "unsupported_ppt");
    EXPECT_EQ(verdict(), Verdict::none);
  }
}

// STIR-VS-01: a type where it does not belong is none.
TEST_F(TokenTypes, TypesHaveTheirPlace) {
  const std::string base = "{" + kDest + "," + kRest + "}";
  EXPECT_EQ(judge("msg", base), "unsupported_ppt");
  EXPECT_EQ(judge("rsp", base), "unsupported_ppt");
  EXPECT_EQ(judge("rph", "{" + kDest + "," + kRest + R"(,"rph":{"auth":["ets.0"]}})", {.method = "MESSAGE"}),
            "unsupported_ppt");
  EXPECT_EQ(judge("", base, {.method = "SUBSCRIBE"}), "verified");
  EXPECT_EQ(judge("shaken", test::TokenText{}.payload, {.method = "MESSAGE"}), "verified");
}

class Messages : public TokenTypes {
 protected:
  static CallText message(const std::string& body) {
    CallText call;
    call.method = "MESSAGE";
    call.extra = "Content-Type: text/plain\r\n";
    call.body = body;
    return call;
  }
  std::string_view judge_digest(const std::string& digest, const CallText& call) {
    return judge("msg", "{" + kDest + R"(,"iat":1790000000,"msgi":")" + digest + R"(","orig":{"tn":"12155550121"}})",
                 call);
  }
};

// STIR-MS-01, STIR-MS-02, STIR-MS-03
TEST_F(Messages, TheDigestIsOfTheWholeBody) {
  std::size_t bodies = 0;
  const auto vectors = test::own_json("json/rfc9475_msgi.json");
  for (const auto& vector : vectors["bodies"]) {
    const auto octets = test::from_hex(vector["hex"].get<std::string>());
    const std::string body(octets.begin(), octets.end());
    for (const char* algorithm : {"sha256", "sha384", "sha512"}) {
      const std::string digest = vector[algorithm];
      EXPECT_EQ(judge_digest(digest, message(body)), "verified");
      EXPECT_EQ(verdict(), Verdict::valid);
      EXPECT_EQ(judge_digest(digest.substr(0, digest.find('=')), message(body)), "verified") << "no padding";
      EXPECT_EQ(judge_digest(digest, message(body + "\r\n")), "message_mismatch");
      EXPECT_EQ(facts(job_->verify.reason).code, 438) << "STIR-MS-04";
      for (const std::size_t at : {std::size_t{0}, body.size() / 2, body.size() - 1}) {
        std::string other = body;
        other[at] = static_cast<char>(other[at] ^ 1);
        EXPECT_EQ(judge_digest(digest, message(other)), "message_mismatch") << at;
      }
      CallText other_type = message(body);
      other_type.extra = "Content-Type: text/html\r\n";
      EXPECT_EQ(judge_digest(digest, other_type), "verified") << "header fields are not of the body";
      ++bodies;
    }
  }
  EXPECT_EQ(bodies, 6U);
}

// STIR-MS-02
TEST_F(Messages, WhatIsNoDigestIsRefused) {
  const std::string right = "sha256-ue/P9bl3JA2dP1gHlIE963aIq2n6vvZ7JTG44Tqu3o0=";
  const CallText call = message("Watson, come here.");
  ASSERT_EQ(judge_digest(right, call), "verified");
  for (const std::string& wrong :
       {std::string("sha256-H8BRh8j48O9oYatfu5AZzq6A9RINQZngK7T62em8MUt1FLm52t+eX6xO"),  // as printed in RFC 9475
        std::string(""), std::string("sha256"), std::string("sha256-"), right + "=", right + " ",
        "SHA256" + right.substr(6), "sha-256" + right.substr(6), "md5" + right.substr(6), "sha384" + right.substr(6),
        right.substr(0, 20) + "-" + right.substr(21)}) {
    EXPECT_EQ(judge_digest(wrong, call), "claim_malformed") << wrong;
  }
  EXPECT_EQ(judge("msg", "{" + kDest + R"(,"iat":1790000000,"msgi":7,"orig":{"tn":"12155550121"}})", call),
            "claim_malformed");
}

// STIR-MS-01
TEST_F(Messages, TheDigestIsOptionalAndOnlyOfMsg) {
  EXPECT_EQ(judge("msg", "{" + kDest + "," + kRest + "}", message("hello")), "verified");
  EXPECT_EQ(
      judge("shaken", test::TokenText{}.with("\"orig\":", "\"msgi\":\"sha256-x\",\"orig\":").payload, message("hello")),
      "verified");
}

// STIR-MS-06
TEST_F(Messages, MayHaveSeveralTargets) {
  EXPECT_EQ(
      judge("msg", R"({"dest":{"tn":["12155550131","12155550132","12155550133"]},)" + kRest + "}", message("hello")),
      "verified");
}

class Priorities : public TokenTypes {
 protected:
  void SetUp() override {
    Certificate certificate = signer_.certificate({{TnEntry::Kind::one, "19995550000", 1}});
    certificate.namespaces = {"ets", "wps", "esnet"};
    signer_.keyring.add(std::string(test::kX5u), std::move(certificate));
  }
  static CallText call(const std::string& priorities) {
    CallText text;
    text.extra = "Resource-Priority: " + priorities + "\r\n";
    return text;
  }
  std::string_view judge_priorities(const std::string& claim, const CallText& text) {
    return judge("rph", "{" + kDest + "," + kRest + R"(,"rph":)" + claim + "}", text);
  }
};

// STIR-RP-01, STIR-RP-03: the caller of such a token is not proved, nor is the call refused for it.
TEST_F(Priorities, MustBeThoseOfTheRequest) {
  EXPECT_EQ(judge_priorities(R"({"auth":["ets.0","wps.0"]})", call("ets.0, wps.0")), "verified");
  EXPECT_EQ(job_->verify.priority, Verdict::valid);
  EXPECT_EQ(verdict(), Verdict::none);
  EXPECT_EQ(reason(), "no_identity");
  EXPECT_EQ(judge_priorities(R"({"auth":["wps.0","ETS.0"]})", call("ets.0,WPS.0")), "verified");
  EXPECT_EQ(judge_priorities(R"({"auth":["ets.0"]})", call("ets.0, wps.0")), "verified");
  EXPECT_EQ(job_->verify.priority, Verdict::invalid) << "wps.0 is not proved";

  for (const std::string other : {"ets.1", "wps.0", "ets.0.0"}) {
    const CallText text = call(other);
    EXPECT_EQ(judge_priorities(R"({"auth":["ets.0"]})", text), "priority_mismatch") << other;
    EXPECT_EQ(job_->verify.priority, Verdict::invalid);
    EXPECT_EQ(verdict(), Verdict::none) << "never refused for that reason";
  }
  EXPECT_EQ(judge_priorities(R"({"auth":["ets.0"]})", {}), "priority_mismatch");
  EXPECT_EQ(job_->verify.priority, Verdict::invalid);
  for (const std::string claim : {"{}", "[]", R"("ets.0")", R"({"auth":[]})", R"({"auth":"ets.0"})", R"({"auth":[0]})",
                                  R"({"auth":["ets"]})", R"({"auth":["ets."]})", R"({"auth":[".0"]})"}) {
    EXPECT_EQ(judge_priorities(claim, call("ets.0")), "claim_malformed") << claim;
  }
  EXPECT_EQ(judge("rph", "{" + kDest + "," + kRest + "}", call("ets.0")), "claim_missing");
}

// STIR-RP-02
TEST_F(Priorities, NeedASignerWhoMay) {
  signer_.keyring.add(std::string(test::kX5u), signer_.certificate());
  EXPECT_EQ(judge_priorities(R"({"auth":["ets.0"]})", call("ets.0")), "certificate_scope");
  Certificate certificate = signer_.certificate();
  certificate.namespaces = {"wps"};
  signer_.keyring.add(std::string(test::kX5u), std::move(certificate));
  EXPECT_EQ(judge_priorities(R"({"auth":["wps.0"]})", call("ets.0, wps.0")), "verified");
  EXPECT_EQ(judge_priorities(R"({"auth":["ets.0","wps.0"]})", call("ets.0, wps.0")), "certificate_scope");
}

// STIR-RP-04
TEST_F(Priorities, ACallbackOfAnEmergencyCentre) {
  const auto judge_callback = [&](const std::string& priority, const std::string& value, const std::string& header) {
    CallText text = call(priority);
    text.extra += header;
    return judge("rph", "{" + kDest + "," + kRest + R"(,"rph":{"auth":[")" + priority + R"("]},"sph":)" + value + "}",
                 text);
  };
  const std::string header = "Priority: psap-callback\r\n";
  EXPECT_EQ(judge_callback("esnet.0", "\"psap-callback\"", header), "verified");
  EXPECT_EQ(judge_callback("esnet.0", "\"psap-callback\"", ""), "priority_mismatch");
  EXPECT_EQ(judge_callback("esnet.0", "\"psap-callback\"", "Priority: emergency\r\n"), "priority_mismatch");
  EXPECT_EQ(judge_callback("esnet.0", "\"x\"", header), "priority_mismatch");
  EXPECT_EQ(judge_callback("ets.0", "\"psap-callback\"", header), "priority_mismatch");
  EXPECT_EQ(judge_callback("esnet.0", "1", header), "claim_malformed");
}

class RichCalls : public TokenTypes {
 protected:
  std::string_view judge_rich(const std::string& claims) {
    return judge("rcd", "{" + kDest + "," + kRest + "," + claims + "}");
  }
  [[nodiscard]] RichCallData content() const { return job_->verify.verdicts[0].rich_call_data; }
};

// STIR-RC-01
TEST_F(RichCalls, NeedANameOrAReason) {
  EXPECT_EQ(judge_rich(R"("rcd":{"nam":"Alice"})"), "verified");
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(content(), RichCallData::plain);
  EXPECT_EQ(judge_rich(R"("crn":"Your delivery")"), "verified");
  EXPECT_EQ(content(), RichCallData::none);
  EXPECT_EQ(judge_rich(R"("foo":1)"), "claim_missing");
  for (const std::string malformed :
       {R"("rcd":{})", R"("rcd":{"nam":1})", R"("rcd":"Alice")", R"("rcd":{"nam":"A","icn":7})",
        R"("rcd":{"nam":"A","apn":{}})", R"("rcd":{"nam":"A","jcd":{}})", R"("rcd":{"nam":"A","jcd":["vcard"]})",
        R"("rcd":{"nam":"A","jcd":["card",[]]})", R"("rcd":{"nam":"A","jcd":["vcard",[["fn",{},"text"]]]})",
        R"("rcd":{"nam":"A","jcd":["vcard",[]],"jcl":"https://a.example/c"})", R"("crn":1)",
        R"("crn":"x","rcdi":{"/nam":"sha256-x"})"}) {
    EXPECT_EQ(judge_rich(malformed), "claim_malformed") << malformed;
    EXPECT_EQ(verdict(), Verdict::invalid) << malformed;
  }
}

// STIR-RC-02, STIR-RC-03: the samples of RFC 9795 8.3 and 6.1.3
TEST_F(RichCalls, DigestsHoldTheContent) {
  const auto vectors = test::own_json("json/rfc9795_rcdi.json");
  const std::string name_digest = vectors["s8.3"]["/nam printed"];
  const std::string named = R"("rcd":{"nam":"Q Branch Spy Gadgets"},"rcdi":{"/nam":")" + name_digest + "\"}";
  EXPECT_EQ(judge_rich(named), "verified");
  EXPECT_EQ(content(), RichCallData::intact);
  EXPECT_EQ(judge_rich(R"("rcd":{"nam":"Q Branch Spy gadgets"},"rcdi":{"/nam":")" + name_digest + "\"}"), "verified");
  EXPECT_EQ(content(), RichCallData::altered);
  EXPECT_EQ(verdict(), Verdict::valid) << "the caller is who he is, whatever he shows";

  const std::string card = vectors["jcard_compact"];
  const std::string digests = vectors["rcdi_printed"].dump();
  const std::string carded = R"("rcd":{"jcd":)" + card + R"(,"nam":"Q"},"rcdi":)" + digests;
  EXPECT_EQ(judge_rich(carded), "verified");
  EXPECT_EQ(content(), RichCallData::intact);
  std::string other = carded;
  other.replace(other.find("Q Branch"), 8, "R Branch");
  EXPECT_EQ(judge_rich(other), "verified");
  EXPECT_EQ(content(), RichCallData::altered);

  auto incomplete = vectors["rcdi_printed"];
  incomplete.erase("/jcd/1/4/3");
  EXPECT_EQ(judge_rich(R"("rcd":{"jcd":)" + card + R"(,"nam":"Q"},"rcdi":)" + incomplete.dump()), "claim_malformed")
      << "a URI without a digest";
  EXPECT_EQ(judge_rich(R"("rcd":{"icn":"https://a.example/i","nam":"Q Branch Spy Gadgets"},"rcdi":{"/nam":")" +
                       name_digest + "\"}"),
            "claim_malformed");
  EXPECT_EQ(
      judge_rich(R"("rcd":{"icn":"data:,x","nam":"Q Branch Spy Gadgets"},"rcdi":{"/nam":")" + name_digest + "\"}"),
      "verified");
  EXPECT_EQ(judge_rich(R"("rcd":{"jcl":"https://a.example/c","nam":"Q"},"rcdi":{"/jcl":")" + name_digest +
                       R"(","/jcl/1/3/3":")" + name_digest + "\"}"),
            "verified")
      << "nothing is fetched";
  EXPECT_EQ(content(), RichCallData::intact);
  for (const std::string pointer : {"/foo", "nam", "/nam/0", "", "/jcd"}) {
    EXPECT_EQ(judge_rich(R"("rcd":{"nam":"Q"},"rcdi":{")" + pointer + "\":\"" + name_digest + "\"}"), "claim_malformed")
        << pointer;
  }
  for (const std::string value : {"7", "\"\"", "\"sha1-abc\"", "\"sha256-abc\"", "{}"}) {
    EXPECT_EQ(judge_rich(R"("rcd":{"nam":"Q"},"rcdi":{"/nam":)" + value + "}"), "claim_malformed") << value;
  }
  EXPECT_EQ(judge_rich(R"("rcd":{"nam":"Q"},"rcdi":{})"), "claim_malformed");
}

// STIR-RC-03: somebody else's word about a caller counts only where the caller is proved.
TEST_F(RichCalls, OfAThirdParty) {
  const std::string x5u = "https://cert.example.org/third.cer";
  signer_.keyring.add(x5u, signer_.certificate({{TnEntry::Kind::one, "19995550000", 1}}));
  const std::string claims =
      "{" + kDest + R"(,"iat":1790000000,"iss":"Example Branding","orig":{"tn":"12155550121"},"rcd":{"nam":"Alice"}})";
  CallText call;
  call.extra = signer_.line("rcd", claims, x5u);
  EXPECT_EQ(judge(call), "third_party");
  EXPECT_EQ(verdict(), Verdict::none);
  EXPECT_EQ(reason(), "third_party");
  call.extra += signer_.shaken_line();
  EXPECT_EQ(judge(call), "verified");
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(job_->verify.verdicts[job_->verify.decisive].attest, 'A');

  // It speaks for nobody's attestation either.
  signer_.keyring.add(x5u, signer_.certificate());
  const test::TokenText attested = test::TokenText{}.with("\"orig\":", "\"iss\":\"x\",\"orig\":");
  call.extra = signer_.line("shaken", attested.payload, x5u) +
               signer_.line("shaken", test::TokenText{}.with("\"A\"", "\"C\"").payload);
  EXPECT_EQ(judge(call), "verified");
  EXPECT_EQ(job_->verify.verdicts[job_->verify.decisive].attest, 'C');
}

// STIR-RC-04: the certificate of a third party says which rich call data it may sign (RFC 9795 6.2, 7.1).
TEST_F(RichCalls, ConstraintsBindThirdParties) {
  const std::string x5u = "https://cert.example.org/third.cer";
  const std::string digest = test::own_json("json/rfc9795_rcdi.json")["s8.3"]["/nam printed"];
  const std::string allowed = R"({"/nam":")" + digest + "\"}";
  Certificate certificate = signer_.certificate({{TnEntry::Kind::one, "19995550000", 1}});
  certificate.constraints.must_include = {"rcd", "rcdi"};
  certificate.constraints.permitted = {{"rcdi", {allowed}}};
  signer_.keyring.add(x5u, std::move(certificate));
  const auto judge_third = [&](const std::string& claims) {
    CallText call;
    call.extra =
        signer_.line("rcd", "{" + kDest + R"(,"iat":1790000000,"iss":"x","orig":{"tn":"12155550121"},)" + claims + "}",
                     x5u) +
        signer_.shaken_line();
    return judge(call);
  };
  EXPECT_EQ(judge_third(R"("rcd":{"nam":"Q Branch Spy Gadgets"},"rcdi":)" + allowed), "verified");
  EXPECT_EQ(judge_third(R"("rcd":{"nam":"Q Branch Spy Gadgets"},"rcdi":{ "/nam" : ")" + digest + "\" }"), "verified")
      << "compared in deterministic form";
  EXPECT_EQ(judge_third(R"("rcd":{"nam":"Another"},"rcdi":{"/nam":"sha256-)" + std::string(43, 'A') + "\"}"),
            "claim_constraint");
  EXPECT_EQ(judge_third(R"("rcd":{"nam":"Q Branch Spy Gadgets"})"), "claim_constraint");
  EXPECT_EQ(verdict(), Verdict::valid) << "the caller is proved by somebody else";
}

// STIR-RC-01: in other types too; what is malformed spoils the token.
TEST_F(RichCalls, InsideAnotherType) {
  const test::TokenText good;
  EXPECT_EQ(judge("shaken", good.with("\"origid\"", R"("rcd":{"nam":"Alice"},"origid")").payload), "verified");
  EXPECT_EQ(content(), RichCallData::plain);
  EXPECT_EQ(judge("shaken", good.with("\"origid\"", R"("rcd":{"nam":7},"origid")").payload), "claim_malformed");
}

// STIR-AS-08, STIR-RC-06
TEST_F(TokenTypes, OnlyBaselineMayBeCompact) {
  for (const std::string ppt : {"shaken", "div", "div-o", "rph", "rcd"}) {
    const std::string compact = signer_.compact(test::TokenText::of(ppt, "{" + kDest + "," + kRest + "}", test::kX5u));
    CallText call;
    call.extra = "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\nIdentity: " + compact + ";info=<" + std::string(test::kX5u) +
                 ">;alg=ES256;ppt=\"" + ppt + "\"\r\n";
    EXPECT_EQ(judge(call), "compact_form") << ppt;
  }
}

// STIR-PT-06: mky in any type
TEST_F(TokenTypes, MediaKeysOfAnyType) {
  CallText call;
  call.extra = "Content-Type: application/sdp\r\n";
  call.body =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\na=fingerprint:md5 "
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";
  const auto payload = [](const std::string& digest) {
    return R"({"crn":"x",)" + kDest + R"(,"iat":1790000000,"mky":[{"alg":"md5","dig":")" + digest +
           R"("}],"orig":{"tn":"12155550121"}})";
  };
  EXPECT_EQ(judge("rcd", payload("00112233445566778899AABBCCDDEEFF"), call), "verified");
  EXPECT_EQ(judge("rcd", payload("10112233445566778899AABBCCDDEEFF"), call), "media_keys_mismatch");
  EXPECT_EQ(judge("rcd", R"({"crn":"x",)" + kDest + "," + kRest + "}", call), "verified");
}

// STIR-CI-02, STIR-CI-03
TEST_F(TokenTypes, AnswersTellWhoWasReached) {
  const auto answer = [&](const std::string& lines) {
    return "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
           "From: <sip:+12155550121@a.example.com;user=phone>;tag=a1\r\n"
           "To: <sip:+12155550131@b.example.com;user=phone>;tag=b1\r\nCall-ID: call-1@192.0.2.1\r\nCSeq: 1 INVITE\r\n" +
           lines + "Content-Length: 0\r\n\r\n";
  };
  const auto judge_answer = [&](const std::string& lines) {
    request_ = answer(lines);
    job_ = test::verify(signer_.engine(), signer_.keyring, request_);
    return facts(job_->verify.verdicts[0].reason).name;
  };
  const std::string reached = signer_.line("rsp", "{" + kDest + "," + kRest + "}");
  EXPECT_EQ(judge_answer(reached), "verified");
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(judge_answer(signer_.shaken_line()), "unsupported_ppt");
  EXPECT_EQ(judge_answer(signer_.line("rsp", R"({"dest":{"tn":["12155550132"]},)" + kRest + "}")), "dest_mismatch");
  EXPECT_EQ(judge_answer(signer_.line("rsp", "{" + kDest + R"(,"iat":1790000000,"orig":{"tn":"12155550122"}})")),
            "orig_mismatch");

  // Reached after a diversion, which must be told along (RFC 9970 4).
  const std::string other = signer_.line("rsp", R"({"dest":{"tn":["12155550139"]},)" + kRest + "}");
  const auto diversion = [&](const std::string& from) {
    return signer_.line("div", R"({"dest":{"tn":["12155550139"]},"div":{"tn":")" + from + R"("},)" + kRest + "}");
  };
  EXPECT_EQ(judge_answer(other + diversion("12155550131")), "verified");
  EXPECT_EQ(verdict(), Verdict::valid);
  EXPECT_EQ(judge_answer(other + diversion("12155550132")), "dest_mismatch");
  EXPECT_EQ(verdict(), Verdict::invalid);

  signer_.keyring.add(std::string(test::kX5u), signer_.certificate({{TnEntry::Kind::one, "12155550121", 1}}));
  EXPECT_EQ(judge_answer(reached), "certificate_scope") << "the signer must cover dest, not orig";
  signer_.keyring.add(std::string(test::kX5u), signer_.certificate({{TnEntry::Kind::one, "12155550131", 1}}));
  EXPECT_EQ(judge_answer(reached), "verified");
}

}  // namespace
}  // namespace stirline::crypto::token_types_test
