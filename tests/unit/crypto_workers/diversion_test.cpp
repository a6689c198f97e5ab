// Diverted calls: chains of div and div-o, whole and broken (RFC 8946; STIR-DV-03, STIR-DV-04, STIR-DV-05).
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/passport/diversion_chain.hpp"
#include "tests/unit/crypto_workers/counting_engine.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::diversion_test {
namespace {

using test::CallText;
using test::kNow;

// The called numbers of a call: the first is the one in the original token.
std::string called(int index) {
  return "1215555" + std::to_string(1000 + index);
}

std::string party(const std::string& number) {
  return "<sip:+" + number + "@b.example.com;user=phone>";
}

class Diversions : public testing::Test {
 protected:
  // Number `index` was called.
  static std::string original_claims(int index = 0, std::int64_t iat = kNow, const std::string& orig = "12155550121") {
    return R"({"attest":"A","dest":{"tn":[")" + called(index) + R"("]},"iat":)" + std::to_string(iat) +
           R"(,"orig":{"tn":")" + orig + R"("},"origid":"123e4567-e89b-12d3-a456-426655440000"})";
  }
  // Number `from` diverted to number `to`.
  static std::string div_claims(int from, int to, std::int64_t iat = kNow, const std::string& orig = "12155550121",
                                const std::string& opt = {}) {
    return R"({"dest":{"tn":[")" + called(to) + R"("]},"div":{"tn":")" + called(from) + R"("},"iat":)" +
           std::to_string(iat) + (opt.empty() ? "" : ",\"opt\":\"" + opt + "\"") + R"(,"orig":{"tn":")" + orig + "\"}}";
  }
  std::string original(int index = 0, std::int64_t iat = kNow) {
    return signer_.line("shaken", original_claims(index, iat));
  }
  std::string div(int from, int to, std::int64_t iat = kNow) { return signer_.line("div", div_claims(from, to, iat)); }

  // A call to number 0, now at number `target`.
  Verdict judge(const std::vector<std::string>& lines, int target, int to = 0,
                const test::VerifyOptions& options = {}) {
    CallText call;
    call.target = "sip:+" + called(target) + "@b.example.com;user=phone";
    call.to = party(called(to));
    for (const std::string& line : lines) {
      call.extra += line;
    }
    request_ = call.request();
    job_ = test::verify(signer_.engine(), signer_.keyring, request_, options);
    return job_->verify.verdict;
  }
  [[nodiscard]] std::string_view reason(std::size_t token) const {
    return facts(job_->verify.verdicts[token].reason).name;
  }
  // Of all tokens, a letter each: v valid, c chain incomplete, d dest mismatch, x anything else.
  [[nodiscard]] std::string reasons() const {
    std::string letters;
    for (std::size_t i = 0; i < job_->verify.token_count; ++i) {
      const Reason told = job_->verify.verdicts[i].reason;
      letters += told == Reason::verified           ? 'v'
                 : told == Reason::chain_incomplete ? 'c'
                 : told == Reason::dest_mismatch    ? 'd'
                                                    : 'x';
    }
    return letters;
  }

  test::Signer signer_;
  std::string request_;
  std::unique_ptr<Job> job_;
};

TEST_F(Diversions, AChainIsFoundInAnyOrder) {
  std::vector<std::string> lines = {original(), div(0, 1), div(1, 2), div(2, 3)};
  std::array<std::size_t, 4> order = {0, 1, 2, 3};
  do {
    EXPECT_EQ(judge({lines[order[0]], lines[order[1]], lines[order[2]], lines[order[3]]}, 3), Verdict::valid);
    EXPECT_EQ(reasons(), "vvvv");
    EXPECT_EQ(job_->verify.verdicts[job_->verify.decisive].attest, 'A') << "the original decides, not a diversion";
  } while (std::ranges::next_permutation(order).found);
}

// STIR-DV-04
TEST_F(Diversions, ToMayBeAnyParty) {
  const std::vector<std::string> lines = {div(0, 1), original(), div(1, 2)};
  for (const int to : {0, 1, 2, 7}) {
    EXPECT_EQ(judge(lines, 2, to), Verdict::valid) << to;
    EXPECT_EQ(reasons(), "vvv") << to;
  }
}

// An incomplete chain proves no diversion; the original is judged by itself.
TEST_F(Diversions, AMissingLink) {
  const std::vector<std::string> lines = {original(), div(0, 1), div(2, 3)};
  EXPECT_EQ(judge(lines, 3), Verdict::valid);
  EXPECT_EQ(reasons(), "vcc");
  EXPECT_EQ(judge(lines, 3, 3), Verdict::invalid);
  EXPECT_EQ(reasons(), "dcc");
  EXPECT_EQ(judge({original(), div(0, 1)}, 2), Verdict::valid) << "leads elsewhere than the call goes";
  EXPECT_EQ(reasons(), "vc");
  EXPECT_EQ(judge({original(), div(0, 1)}, 2, 2), Verdict::invalid);
  EXPECT_EQ(judge({div(0, 1)}, 1), Verdict::invalid) << "no original";
  EXPECT_EQ(reasons(), "c");
  EXPECT_EQ(facts(job_->verify.reason).name, "chain_incomplete");
}

TEST_F(Diversions, ACycleLeadsNowhere) {
  EXPECT_EQ(judge({div(1, 2), div(2, 1)}, 2, 2), Verdict::invalid);
  EXPECT_EQ(reasons(), "cc");
  EXPECT_EQ(judge({div(1, 2), div(2, 1), original()}, 2, 2), Verdict::invalid);
  EXPECT_EQ(reasons(), "ccd");
  EXPECT_EQ(judge({div(1, 1)}, 1, 1), Verdict::invalid);
  // A loop beside a good chain does no harm.
  EXPECT_EQ(judge({div(1, 2), div(2, 1), original(), div(0, 1)}, 2, 2), Verdict::valid);
  EXPECT_EQ(reasons(), "vvvv");
}

TEST_F(Diversions, AnotherCallerBreaksTheChain) {
  const std::string other = signer_.line("div", div_claims(0, 1, kNow, "12155550122"));
  EXPECT_EQ(judge({original(), other, div(1, 2)}, 2, 2), Verdict::invalid);
  EXPECT_EQ(reason(1), "orig_mismatch");
  EXPECT_EQ(reasons(), "dxc");
}

TEST_F(Diversions, AForgedLinkBreaksTheChain) {
  const std::string unknown = "https://cert.example.org/unknown.cer";
  EXPECT_EQ(judge({original(), signer_.line("div", div_claims(0, 1), unknown), div(1, 2)}, 2, 2), Verdict::invalid);
  EXPECT_EQ(reason(1), "certificate_unknown");
  EXPECT_EQ(reasons(), "dxc");
  std::string forged = div(0, 1);
  const std::size_t at = forged.find(";info") - 20;
  forged[at] = forged[at] == 'A' ? 'B' : 'A';
  EXPECT_EQ(judge({original(), forged, div(1, 2)}, 2, 2), Verdict::invalid);
  EXPECT_EQ(reason(1), "signature_wrong");
  // The same link twice, once forged: the good one holds.
  EXPECT_EQ(judge({original(), forged, div(0, 1), div(1, 2)}, 2, 2), Verdict::valid);
  EXPECT_EQ(reasons(), "vxvv");
  // A forged original carries nothing.
  std::string no_original = original();
  no_original[no_original.find(";info") - 20] ^= 1;
  judge({no_original, div(0, 1)}, 1, 1);
  EXPECT_NE(job_->verify.verdict, Verdict::valid);
  EXPECT_EQ(reasons()[1], 'c');
}

// STIR-VS-09: whoever diverts must be covered by the signer, not who calls.
TEST_F(Diversions, TheSignerSpeaksForWhoDiverted) {
  const auto with_scope = [&](const std::string& number) {
    const std::string x5u = "https://cert.example.org/" + number;
    signer_.keyring.add(x5u, signer_.certificate({{TnEntry::Kind::one, number, 1}}));
    return signer_.line("div", div_claims(0, 1), x5u);
  };
  EXPECT_EQ(judge({original(), with_scope(called(0))}, 1, 1), Verdict::valid);
  EXPECT_EQ(judge({original(), with_scope(called(1))}, 1, 1), Verdict::invalid);
  EXPECT_EQ(reason(1), "certificate_scope");
  EXPECT_EQ(judge({original(), with_scope("12155550121")}, 1, 1), Verdict::invalid);
}

TEST_F(Diversions, SixteenTokensAtMost) {
  std::vector<std::string> lines = {original()};
  for (int i = 0; i < 15; ++i) {
    lines.push_back(div(i, i + 1));
  }
  std::ranges::reverse(lines);
  EXPECT_EQ(judge(lines, 15, 15), Verdict::valid);
  EXPECT_EQ(reasons(), std::string(16, 'v'));
}

TEST_F(Diversions, OldTokensOfEarlierParties) {
  const std::vector<std::string> lines = {original(0, kNow - 100), div(0, 1, kNow - 90), div(1, 2)};
  EXPECT_EQ(judge(lines, 2), Verdict::invalid);
  EXPECT_EQ(reason(0), "iat_stale");
  test::VerifyOptions patient;
  patient.policy.diverted_seconds = 100;
  EXPECT_EQ(judge(lines, 2, 0, patient), Verdict::valid);
  EXPECT_EQ(reasons(), "vvv");
  patient.policy.diverted_seconds = 99;
  EXPECT_EQ(judge(lines, 2, 0, patient), Verdict::invalid);
  // The outermost must be fresh, whatever the policy for the others.
  patient.policy.diverted_seconds = 10'800;
  EXPECT_EQ(judge({original(0, kNow - 100), div(0, 1, kNow - 61)}, 1, 1, patient), Verdict::invalid);
  EXPECT_EQ(reason(1), "iat_stale");
  EXPECT_EQ(judge({original(0, kNow - 100)}, 0, 0, patient), Verdict::invalid) << "no diversion, no patience";
  // STIR-VS-05: a diversion that leads nowhere buys no time.
  EXPECT_EQ(judge({original(0, kNow - 100), div(5, 6)}, 0, 0, patient), Verdict::invalid);
  EXPECT_EQ(reason(0), "iat_stale");
  EXPECT_EQ(judge({original(0, kNow - 100), signer_.line("div", div_claims(0, 1), "https://cert.example.org/none")}, 1,
                  0, patient),
            Verdict::invalid);
  EXPECT_EQ(reason(0), "iat_stale");
}

// STIR-DV-02: one diversion for all originals about the same parties.
TEST_F(Diversions, OneForSeveralOriginals) {
  EXPECT_EQ(judge({original(),
                   signer_.line("rcd", R"({"crn":"x","dest":{"tn":[")" + called(0) +
                                           R"("]},"iat":1790000000,"orig":{"tn":"12155550121"}})"),
                   div(0, 1)},
                  1, 1),
            Verdict::valid);
  EXPECT_EQ(reasons(), "vvv");
}

// The chain may begin at a token that proves no caller: then it proves none.
TEST_F(Diversions, OfACallThatNobodyProved) {
  const std::string unsupported = signer_.line("foo", original_claims());
  EXPECT_NE(judge({unsupported, div(0, 1)}, 1, 1), Verdict::valid);
  EXPECT_EQ(reasons(), "xc");
}

TEST_F(Diversions, TheHistoryIndexIsChecked) {
  const auto with_index = [&](const std::string& index) {
    std::string claims = div_claims(0, 1);
    claims.replace(claims.find(R"("div":{)"), 7, R"("div":{"hi":)" + index + ",");
    return signer_.line("div", claims);
  };
  EXPECT_EQ(judge({original(), with_index("\"1.2.1\"")}, 1, 1), Verdict::valid);
  for (const std::string index : {"1", "\"a\"", "{}", "null"}) {
    EXPECT_EQ(judge({original(), with_index(index)}, 1, 1), Verdict::invalid) << index;
    EXPECT_EQ(reason(1), "claim_malformed") << index;
  }
}

class NestedDiversions : public Diversions {
 protected:
  std::string token(std::string_view ppt, const std::string& claims) {
    return signer_.token(test::TokenText::of(ppt, claims, test::kX5u));
  }
  std::string line(const std::string& nested, int from, int to) {
    return signer_.line("div-o", div_claims(from, to, kNow, "12155550121", nested));
  }
};

TEST_F(NestedDiversions, AnOriginalInsideProvesTheCaller) {
  EXPECT_EQ(judge({line(token("shaken", original_claims()), 0, 1)}, 1, 1), Verdict::valid);
  EXPECT_EQ(reasons(), "vv");
  EXPECT_EQ(job_->verify.identity_count, 1);
  EXPECT_EQ(job_->verify.verdicts[1].inside, 0);
  EXPECT_EQ(job_->verify.verdicts[1].attest, 'A');

  const std::string twice = token("div-o", div_claims(0, 1, kNow, "12155550121", token("shaken", original_claims())));
  EXPECT_EQ(judge({line(twice, 1, 2)}, 2, 2), Verdict::valid);
  EXPECT_EQ(reasons(), "vvv");
}

TEST_F(NestedDiversions, EveryLevelCounts) {
  EXPECT_EQ(judge({line(token("shaken", original_claims(5)), 0, 1)}, 1, 1), Verdict::invalid) << "another called party";
  EXPECT_EQ(reasons(), "cd");
  EXPECT_EQ(judge({line(token("shaken", original_claims(0, kNow, "12155550122")), 0, 1)}, 1, 1), Verdict::invalid);
  EXPECT_EQ(reason(1), "orig_mismatch");
  EXPECT_EQ(reason(0), "chain_incomplete");
  std::string forged = token("shaken", original_claims());
  forged[forged.size() - 20] = forged[forged.size() - 20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(judge({line(forged, 0, 1)}, 1, 1), Verdict::invalid);
  EXPECT_EQ(reason(1), "signature_wrong");
  EXPECT_EQ(
      judge({line(token("rph", R"({"dest":{"tn":[")" + called(0) +
                                   R"("]},"iat":1790000000,"orig":{"tn":"12155550121"},"rph":{"auth":["ets.0"]}})"),
                  0, 1)},
            1, 1),
      Verdict::invalid)
      << "proves no caller";
  // STIR-DV-05: never compact, never anything else
  for (const std::string opt : {"x", "..abc", "a.b.c", "a.b", "a..b", "a.b.c.d"}) {
    EXPECT_EQ(judge({line(opt, 0, 1)}, 1, 1), Verdict::invalid) << opt;
    EXPECT_EQ(reasons()[0], 'c') << opt;
  }
}

// A third party needs no authority over the caller's number: it must not get it by a diversion of its own making.
TEST_F(NestedDiversions, AThirdPartysWordProvesNobody) {
  const std::string x5u = "https://cert.example.org/third.cer";
  signer_.keyring.add(x5u, signer_.certificate({{TnEntry::Kind::one, called(0), 1}}));
  const std::string claims =
      R"({"crn":"x","dest":{"tn":[")" + called(0) + R"("]},"iat":1790000000,"iss":"x","orig":{"tn":"12155550121"}})";
  const std::string original_token = signer_.token(test::TokenText::of("rcd", claims, x5u));
  const std::string nested = signer_.line("div-o", div_claims(0, 1, kNow, "12155550121", original_token), x5u);
  for (const int to : {0, 1}) {
    EXPECT_NE(judge({nested}, 1, to), Verdict::valid) << to;
    EXPECT_EQ(reason(0), "chain_incomplete") << to;
  }
  // Nor by one beside it.
  EXPECT_NE(judge({signer_.line("rcd", claims, x5u), signer_.line("div", div_claims(0, 1), x5u)}, 1, 1),
            Verdict::valid);
  EXPECT_EQ(reason(1), "chain_incomplete");
}

// What stands inside one div-o lends nothing to another token.
TEST_F(NestedDiversions, OriginalsStayInside) {
  const std::string inside = line(token("shaken", original_claims()), 0, 5);
  EXPECT_EQ(judge({inside, div(0, 1)}, 1, 1), Verdict::invalid);
  EXPECT_EQ(reasons(), "ccd");
}

TEST_F(NestedDiversions, DepthIsBounded) {
  // Each level needs the room of all before it: a token of 8 kB holds six of them.
  std::string nested = token("shaken", original_claims());
  int depth = 0;
  while (token("div-o", div_claims(depth, depth + 1, kNow, "12155550121", nested)).size() <= kMaxDigestBytes) {
    nested = token("div-o", div_claims(depth, depth + 1, kNow, "12155550121", nested));
    ++depth;
  }
  ASSERT_GE(depth, 4);
  const std::string value = "Identity: " + nested + ";info=<" + std::string(test::kX5u) + ">;ppt=div-o\r\n";
  EXPECT_EQ(judge({value}, depth, depth), Verdict::valid);
  EXPECT_EQ(reasons(), std::string(static_cast<std::size_t>(depth) + 1, 'v'));
  // More tokens than one message may hold: the div-o that has no room for its original is refused, nothing else is.
  const std::string small = line(token("shaken", original_claims()), 0, 1);
  EXPECT_EQ(judge(std::vector<std::string>(16, small), 1, 1), Verdict::invalid);
  EXPECT_EQ(reason(0), "token_too_long");
  EXPECT_EQ(judge(std::vector<std::string>(9, small), 1, 1), Verdict::valid);
  EXPECT_EQ(job_->verify.token_count, kMaxTokens);
  EXPECT_EQ(reason(8), "token_too_long");
}

// What cannot be joined costs no verification (STIR-VS-02).
TEST_F(Diversions, NoSignatureIsLookedAtInVain) {
  test::CountingEngine engine;
  CallText call;
  call.target = "sip:+" + called(9) + "@b.example.com;user=phone";
  call.to = party(called(9));
  call.extra = original() + div(0, 1) + div(1, 2);
  const std::string request = call.request();
  EXPECT_EQ(test::verify(engine, signer_.keyring, request)->verify.verdict, Verdict::invalid);
  EXPECT_EQ(engine.verified, 0U);
}

}  // namespace
}  // namespace stirline::crypto::diversion_test
