// Reason: STIR in answers (RFC 9410; STIR-ER-01).
#include "crypto_workers/stir/complaints.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::complaints_test {
namespace {

class ComplaintLines : public testing::Test {
 protected:
  std::string lines(const std::string& identities, bool name_tokens) {
    request_ = test::CallText{.extra = identities}.request();
    const auto job = test::verify(signer_.engine(), signer_.keyring, request_);
    const Complaints complaints = complaints_of(job->verify);
    count_ = complaints.size();
    ReasonLine line;
    return std::string(write_complaints(complaints.view(), name_tokens, line));
  }

  test::Signer signer_;
  std::string request_;
  std::size_t count_ = 0;
};

TEST_F(ComplaintLines, OneForEachTokenThatFailed) {
  const std::string good = signer_.shaken_line();
  const std::string wrong = signer_.token(test::TokenText{}.with("12155550131", "12155550139"));
  const std::string signature = wrong.substr(wrong.rfind('.') + 1);
  const std::string unknown =
      signer_.identity_line(signer_.token(test::TokenText{}.with("passport.cer", "other.cer")),
                            ";info=<https://cert.example.org/other.cer>;alg=ES256;ppt=\"shaken\"");
  const std::string lines_of_two = lines(signer_.identity_line(wrong) + good + unknown, true);
  EXPECT_EQ(count_, 2U);
  EXPECT_TRUE(lines_of_two.starts_with("Reason: STIR;cause=438;text=\"Invalid Identity Header\";ppi=\".." + signature +
                                       "\", STIR;cause=436;text=\"Bad Identity Info\";ppi=\".."))
      << lines_of_two;
  EXPECT_TRUE(lines_of_two.ends_with("\"\r\n"));
  EXPECT_EQ(lines(signer_.identity_line(wrong), false), "Reason: STIR;cause=438;text=\"Invalid Identity Header\"\r\n");
  lines(good, true);
  EXPECT_EQ(count_, 0U);
}

// What stands in quotes there is ours to vouch for.
TEST_F(ComplaintLines, OnlySignaturesAreRepeated) {
  const std::string parameters = ";info=<https://cert.example.org/passport.cer>;alg=ES256;ppt=\"shaken\"";
  for (const std::string& token : {std::string("a.b.c"), "a.b." + std::string(87, 'A'), "a.b." + std::string(85, 'A'),
                                   "a.b." + std::string(85, 'A') + "+", std::string(86, 'A')}) {
    const std::string line = lines(signer_.identity_line(token, parameters), true);
    EXPECT_EQ(line.find("ppi"), std::string::npos) << line;
    EXPECT_EQ(line, "Reason: STIR;cause=438;text=\"Invalid Identity Header\"\r\n");
  }
}

TEST_F(ComplaintLines, TypesThatAreIgnoredGiveNoCause) {
  lines(signer_.identity_line("a.b.c", ";info=<https://a.example/c>;ppt=foo") + signer_.shaken_line(), true);
  EXPECT_EQ(count_, 0U);
}

TEST_F(ComplaintLines, AsManyAsTheRequestMayHave) {
  std::string identities;
  for (std::size_t i = 0; i < sip::kMaxIdentities; ++i) {
    identities += signer_.identity_line(
        signer_.token(test::TokenText{}.with("12155550131", "121555501" + std::to_string(i + 32))));
  }
  const std::string line = lines(identities, true);
  EXPECT_EQ(count_, sip::kMaxIdentities);
  std::size_t named = 0;
  for (std::size_t at = line.find("ppi=\".."); at != std::string::npos; at = line.find("ppi=\"..", at + 1)) {
    ++named;
  }
  EXPECT_EQ(named, sip::kMaxIdentities);
}

}  // namespace
}  // namespace stirline::crypto::complaints_test
