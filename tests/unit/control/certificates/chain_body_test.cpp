// STIR-CF-02: what is taken for a chain.
#include "control/certificates/chain_body.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "crypto_workers/certificate/pem.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::chain_body_test {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string der_of(const std::string& pem) {
  const auto certificates = crypto::read_certificates(pem, crypto::kMaxChainBytes, 10);
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificates->front().get(), &der);
  std::string octets(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return octets;
}

const std::string& chain() {
  static const std::string text = text_of(test::pem("test_leaf_spc1234_chain.pem"));
  return text;
}

TEST(ChainBodies, NothingButCertificatesGoesOn) {
  const std::string key = text_of(test::pem("test_leaf_spc1234.key"));
  const auto plain = read_chain_body(chain(), kChainContentType, false);
  const auto padded = read_chain_body("before\n" + key + chain() + "\nbehind", "text/html", false);
  ASSERT_TRUE(plain) << plain.error();
  ASSERT_TRUE(padded) << padded.error();
  EXPECT_EQ(plain->pem, padded->pem);
  EXPECT_EQ(plain->leaf_subject, padded->leaf_subject);
  EXPECT_NE(plain->leaf_subject.find("SHAKEN"), std::string::npos) << plain->leaf_subject;
  EXPECT_FALSE(padded->pem.contains("PRIVATE"));
  EXPECT_EQ(plain->leaf_not_after, 2'398'377'600);
  const auto again = read_chain_body(plain->pem, "", false);
  EXPECT_EQ(again->pem, plain->pem);
}

// The order is kept, right or wrong: a wrong one is a verdict (437), not a repair.
TEST(ChainBodies, TheOrderIsKept) {
  const std::string root = text_of(test::pem("test_root.pem"));
  const auto body = read_chain_body(root + chain(), kChainContentType, false);
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->pem.starts_with(read_chain_body(root, "", false)->pem));
}

TEST(ChainBodies, DerOnlyWhereItIsEnabledAndSaid) {
  const std::string der = der_of(chain());
  EXPECT_FALSE(read_chain_body(der, kDerContentType, false));
  EXPECT_FALSE(read_chain_body(der, kChainContentType, true));
  EXPECT_FALSE(read_chain_body(der + "x", kDerContentType, true));
  EXPECT_FALSE(read_chain_body(der.substr(0, der.size() - 1), kDerContentType, true));
  const auto taken = read_chain_body(der, "Application/PKIX-cert; x=y", true);
  ASSERT_TRUE(taken) << taken.error();
  EXPECT_EQ(taken->certificates, 1U);
  EXPECT_EQ(der_of(taken->pem), der);
  EXPECT_TRUE(read_chain_body(chain(), kDerContentType, true));
}

TEST(ChainBodies, BoundsOfStirCf04) {
  EXPECT_FALSE(read_chain_body(chain() + std::string(65'536, ' '), kChainContentType, false));
  const std::string root = text_of(test::pem("test_root.pem"));
  std::string ten;
  for (int i = 0; i < 10; ++i) {
    ten += root;
  }
  EXPECT_EQ(read_chain_body(ten, "", false)->certificates, 10U);
  EXPECT_FALSE(read_chain_body(ten + root, "", false));
}

TEST(ChainBodies, RubbishIsRefused) {
  for (const std::string& bad : {std::string(), std::string(1'000, '\0'), std::string("-----BEGIN CERTIFICATE-----\n"),
                                 chain().substr(0, 200), text_of(test::pem("test_leaf_spc1234.key"))}) {
    EXPECT_FALSE(read_chain_body(bad, kChainContentType, true)) << bad.substr(0, 40);
  }
}

}  // namespace
}  // namespace stirline::control::chain_body_test
