// Hashes of tokens, by which a call is found again in the records of others (STIR-RG-03).
#include "crypto_workers/job/token_hashes.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::token_hashes_test {
namespace {

using test::CallText;

bool is_hash_of(const TokenHash& hash, const std::string& token) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> right{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), right.data());
  return hash.known && std::ranges::equal(hash.octets, right);
}

class TokenHashesTest : public testing::Test {
 protected:
  TokenHashesTest() { signer_.keyring.add(std::string(test::kX5u), signer_.certificate()); }

  const VerifyJob& verify(const std::string& extra, bool wants_hashes = true) {
    CallText call;
    call.extra = extra;
    request_ = call.request();
    job_ = test::verify(signer_.engine(), signer_.keyring, request_,
                        {.now = test::kNow, .policy = {}, .wants_hashes = wants_hashes});
    return job_->verify;
  }

  test::Signer signer_;
  std::string request_;
  std::unique_ptr<Job> job_;
};

TEST_F(TokenHashesTest, OfTheTokenAsItStandsInItsHeaderField) {
  const std::string token = signer_.token({});
  EXPECT_TRUE(is_hash_of(verify(signer_.identity_line(token)).verdicts[0].hash, token));
  std::string folded = token;
  folded.insert(folded.find('.') + 1, "\r\n \t");
  EXPECT_TRUE(is_hash_of(verify(signer_.identity_line(folded)).verdicts[0].hash, token));
  const std::string compact = signer_.compact({});
  EXPECT_TRUE(is_hash_of(verify(signer_.identity_line(compact)).verdicts[0].hash, compact));
}

TEST_F(TokenHashesTest, OnlyWhereTheyAreAskedFor) {
  EXPECT_FALSE(verify(signer_.shaken_line(), false).verdicts[0].hash.known);
}

TEST_F(TokenHashesTest, OfWhatTheVerdictRestsOn) {
  const std::string good = signer_.token({});
  std::string forged = good;
  forged.back() = forged.back() == 'A' ? 'Q' : 'A';
  const std::string both = signer_.identity_line(forged) + signer_.identity_line(good);
  const VerifyJob& job = verify(both);
  EXPECT_EQ(job.verdict, Verdict::valid);
  EXPECT_FALSE(job.verdicts[0].hash.known) << "it has decided nothing";
  EXPECT_TRUE(is_hash_of(job.verdicts[1].hash, good));
  const VerifyJob& refused = verify(signer_.identity_line(forged));
  EXPECT_EQ(refused.verdict, Verdict::invalid);
  EXPECT_TRUE(is_hash_of(refused.verdicts[0].hash, forged));
}

TEST(TokenHashes, MoreThanABatch) {
  TokenHashes hashes;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 3 * MessageHash::kMaxMessages + 7; ++i) {
    tokens.push_back("a.b" + std::string(i, 'c') + (i % 5 == 0 ? " ." : ".") + std::to_string(i));
  }
  std::vector<TokenHash> out(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    hashes.add(tokens[i], out[i]);
  }
  hashes.finish();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string bare = tokens[i];
    std::erase(bare, ' ');
    EXPECT_TRUE(is_hash_of(out[i], bare)) << i;
  }
}

TEST(TokenHashes, NoneOfWhatIsTooLongToBeAToken) {
  TokenHashes hashes;
  const std::string longest(kMaxDigestBytes, 'x');
  const std::string longer = longest + "x";
  std::array<TokenHash, 3> out;
  hashes.add(longest, out[0]);
  hashes.add(longer, out[1]);
  hashes.add("", out[2]);
  hashes.finish();
  EXPECT_TRUE(is_hash_of(out[0], longest));
  EXPECT_FALSE(out[1].known);
  EXPECT_FALSE(out[2].known);
}

}  // namespace
}  // namespace stirline::crypto::token_hashes_test
