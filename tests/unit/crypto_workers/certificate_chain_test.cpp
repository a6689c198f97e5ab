// Chains, revocation and keys against the test PKI and against certificates made wrong on purpose.
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/certificate/chain.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "crypto_workers/certificate/private_key.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::certificate_chain_test {
namespace {

using test::kNow;
using test::own_text;

class TestPki : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(validator.add_anchors(own_text("pem/test_root.pem")), 1U); }
  [[nodiscard]] Reason standing(const std::string& file, std::int64_t at = kNow) const {
    return validator.validate(own_text("pem/" + file), at).standing;
  }

  ChainValidator validator;
};

// STIR-CE-06
TEST_F(TestPki, GoodChainsStand) {
  for (const std::string file :
       {"test_leaf_spc1234_chain.pem", "test_leaf_constrained_chain.pem", "test_delegate_range_chain.pem"}) {
    const ChainVerdict verdict = validator.validate(own_text("pem/" + file), kNow);
    EXPECT_EQ(verdict.standing, Reason::verified) << file << ": " << verdict.text;
    EXPECT_TRUE(verdict.text.empty());
  }
}

TEST_F(TestPki, FactsOfTheLeaf) {
  const CertificateFacts facts = validator.validate(own_text("pem/test_leaf_spc1234_chain.pem"), kNow).facts;
  EXPECT_EQ(facts.subject, "CN=SHAKEN 1234,O=Test SP,C=US");
  EXPECT_EQ(facts.issuer, "CN=SHAKEN Test Intermediate,O=Test STI-CA,C=US");
  EXPECT_EQ(facts.not_before, 1'767'225'600);
  EXPECT_EQ(facts.not_after, 2'398'377'600);
  EXPECT_FALSE(facts.serial.empty());
  ASSERT_EQ(facts.scope.entries().size(), 1U);
  EXPECT_EQ(facts.scope.entries()[0].value, "1234");
  EXPECT_TRUE(facts.constraints.empty());
  EXPECT_TRUE(test::own_key("test_leaf_spc1234.key").matches(facts.point));
  EXPECT_FALSE(test::own_key("test_leaf_constrained.key").matches(facts.point));

  const CertificateFacts constrained = validator.validate(own_text("pem/test_leaf_constrained_chain.pem"), kNow).facts;
  EXPECT_EQ(constrained.constraints.must_include, std::vector<std::string>{"attest"});
  const CertificateFacts delegate = validator.validate(own_text("pem/test_delegate_range_chain.pem"), kNow).facts;
  EXPECT_TRUE(delegate.scope.covers("12155551500"));
  EXPECT_FALSE(delegate.scope.covers("12155552000"));
}

TEST_F(TestPki, TimeCounts) {
  EXPECT_EQ(standing("test_leaf_expired_chain.pem"), Reason::certificate_expired);
  EXPECT_EQ(standing("test_leaf_spc1234_chain.pem", 1'767'225'599), Reason::certificate_expired);
  EXPECT_EQ(standing("test_leaf_spc1234_chain.pem", 2'398'377'601), Reason::certificate_expired);
}

// STIR-CE-11: only given anchors count
TEST_F(TestPki, OtherAnchorsAreNoAnchors) {
  ChainValidator nobody;
  EXPECT_EQ(nobody.validate(own_text("pem/test_leaf_spc1234_chain.pem"), kNow).standing, Reason::certificate_untrusted);
  ChainValidator other;
  const auto root = test::issue(test::authority_options("SHAKEN Other Root"), nullptr);
  ASSERT_TRUE(other.add_anchors(root.pem()));
  EXPECT_EQ(other.validate(own_text("pem/test_leaf_spc1234_chain.pem"), kNow).standing, Reason::certificate_untrusted);
  EXPECT_EQ(standing("test_root.pem"), Reason::certificate_profile);  // trusted, but a CA
  EXPECT_EQ(standing("test_stipa.pem"), Reason::certificate_untrusted);
  EXPECT_EQ(standing("rfc9118_example.pem", 1'640'995'200), Reason::certificate_untrusted);
}

std::vector<std::string> blocks(const std::string& pem) {
  std::vector<std::string> result;
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::size_t at = 0;
  while (true) {
    const std::size_t end = pem.find(kEnd, at);
    if (end == std::string::npos) {
      return result;
    }
    result.push_back(pem.substr(at, end + kEnd.size() - at) + "\n");
    at = end + kEnd.size();
  }
}

// STIR-CF-02: leaf first, each next certificate issues the one before; missing intermediates only from trust material
TEST_F(TestPki, OrderAndCompleteness) {
  const auto certificates = blocks(own_text("pem/test_delegate_range_chain.pem"));
  ASSERT_EQ(certificates.size(), 3U);
  const std::string& leaf = certificates[0];
  const std::string& sub = certificates[1];
  const std::string& intermediate = certificates[2];
  const auto of = [&](const std::string& pem) { return validator.validate(pem, kNow).standing; };
  EXPECT_EQ(of(leaf + sub + intermediate), Reason::verified);
  EXPECT_EQ(of(leaf + sub + intermediate + own_text("pem/test_root.pem")), Reason::verified);
  EXPECT_EQ(of(leaf + intermediate + sub), Reason::certificate_untrusted);
  EXPECT_EQ(of(sub + leaf + intermediate), Reason::certificate_untrusted);
  EXPECT_EQ(of(leaf + sub), Reason::certificate_untrusted);
  EXPECT_EQ(of(leaf), Reason::certificate_untrusted);
  ASSERT_TRUE(validator.add_anchors(own_text("pem/test_intermediate.pem")));
  EXPECT_EQ(of(leaf + sub), Reason::verified);
}

TEST_F(TestPki, RubbishIsMalformed) {
  const std::string good = own_text("pem/test_leaf_spc1234_chain.pem");
  std::string broken = good;
  broken[200] = '!';
  for (const std::string& pem : {std::string(), std::string("hello"), broken, own_text("pem/test_leaf_spc1234.key"),
                                 std::string(kMaxChainBytes + 1, ' ')}) {
    EXPECT_EQ(validator.validate(pem, kNow).standing, Reason::certificate_malformed);
  }
  std::string many;
  for (std::size_t i = 0; i <= kMaxChainCertificates; ++i) {
    many += own_text("pem/test_root.pem");
  }
  EXPECT_EQ(validator.validate(many, kNow).standing, Reason::certificate_malformed);
  EXPECT_FALSE(validator.add_anchors("nothing"));
}

// STIR-CE-09: the indirect list of the STI-PA revokes the constrained leaf and nothing else
TEST_F(TestPki, IndirectRevocation) {
  const std::string crl = own_text("pem/test_indirect_crl.pem");
  EXPECT_FALSE(validator.add_crl(crl, CrlTrust::signed_by_known));  // signer unknown
  EXPECT_EQ(standing("test_leaf_constrained_chain.pem"), Reason::verified);
  ASSERT_TRUE(validator.add_crl_signers(own_text("pem/test_stipa.pem")));
  ASSERT_TRUE(validator.add_crl(crl, CrlTrust::signed_by_known));
  EXPECT_EQ(standing("test_leaf_constrained_chain.pem"), Reason::certificate_revoked);
  EXPECT_EQ(standing("test_leaf_spc1234_chain.pem"), Reason::verified);
  EXPECT_EQ(standing("test_delegate_range_chain.pem"), Reason::verified);
  EXPECT_EQ(standing("test_stipa.pem"), Reason::certificate_untrusted);  // signs lists, no chains
  EXPECT_FALSE(validator.revocation_lists().stale(kNow));
  EXPECT_TRUE(validator.revocation_lists().stale(2'398'377'601));
}

TEST_F(TestPki, AListMayBeTakenOnTheOperatorsWord) {
  ASSERT_TRUE(validator.add_crl(own_text("pem/test_indirect_crl.pem"), CrlTrust::as_given));
  EXPECT_EQ(standing("test_leaf_constrained_chain.pem"), Reason::certificate_revoked);
  EXPECT_FALSE(validator.add_crl("no list", CrlTrust::as_given));
}

// What peers accept: certificates without, with a garbled, or with a strange TNAuthList, wrong keys, wrong uses.
class MadeWrong : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(validator_.add_anchors(root_.pem())); }
  ChainVerdict verdict(const test::CertificateOptions& options) {
    return validator_.validate(test::issue(options, &root_).pem(), kNow);
  }
  Reason standing(const test::CertificateOptions& options) { return verdict(options).standing; }

  const std::vector<std::uint8_t> kSpc = test::from_hex("3008a006160435363738");
  const test::IssuedCertificate root_ = test::issue(test::authority_options("SHAKEN Test Root 2"), nullptr);
  ChainValidator validator_;
};

// STIR-CE-07, hard list
TEST_F(MadeWrong, ProfileOfTheLeaf) {
  const auto with = [this](auto change) {
    test::CertificateOptions options;
    options.tn_auth_list = kSpc;
    change(options);
    return standing(options);
  };
  EXPECT_EQ(with([](auto&) {}), Reason::verified);
  EXPECT_EQ(with([](auto& o) { o.tn_auth_list.clear(); }), Reason::certificate_profile);
  EXPECT_EQ(with([](auto& o) { o.tn_auth_list = {0x30, 0x00}; }), Reason::certificate_malformed);
  EXPECT_EQ(with([](auto& o) { o.tn_auth_list.pop_back(); }), Reason::certificate_malformed);
  EXPECT_EQ(with([](auto& o) { o.curve = "P-384"; }), Reason::certificate_profile);
  EXPECT_EQ(with([](auto& o) { o.is_ca = true; }), Reason::certificate_profile);
  EXPECT_EQ(with([](auto& o) { o.key_usage = "critical,keyEncipherment"; }), Reason::certificate_profile);
  EXPECT_EQ(with([](auto& o) { o.key_usage.clear(); }), Reason::verified);
  EXPECT_EQ(with([](auto& o) { o.version = 1; }), Reason::certificate_profile);
  EXPECT_EQ(with([](auto& o) { o.not_after = kNow - 1; }), Reason::certificate_expired);
  EXPECT_EQ(with([](auto& o) { o.not_before = kNow + 1; }), Reason::certificate_expired);
}

TEST_F(MadeWrong, CriticalExtensions) {
  test::CertificateOptions options;
  options.tn_auth_list = kSpc;
  options.tn_auth_list_critical = true;
  EXPECT_EQ(standing(options), Reason::verified);
  options.unknown_critical_oid = "1.2.3.4.5";
  EXPECT_EQ(standing(options), Reason::certificate_untrusted);
}

TEST_F(MadeWrong, ConstraintsMustBeReadable) {
  test::CertificateOptions options;
  options.tn_auth_list = kSpc;
  options.constraints = test::from_hex("300ca00a30081606617474657374");
  EXPECT_EQ(verdict(options).facts.constraints.must_include, std::vector<std::string>{"attest"});
  options.constraints.pop_back();
  EXPECT_EQ(standing(options), Reason::certificate_malformed);
}

TEST_F(MadeWrong, OnlyCasIssue) {
  // A leaf that signs another leaf.
  test::CertificateOptions options;
  options.tn_auth_list = kSpc;
  options.common_name = "SHAKEN 5678 first";
  const auto first = test::issue(options, &root_);
  options.common_name = "SHAKEN 5678 second";
  const auto second = test::issue(options, &first);
  EXPECT_EQ(validator_.validate(second.pem() + first.pem(), kNow).standing, Reason::certificate_untrusted);
  // A CA without keyCertSign.
  test::CertificateOptions weak = test::authority_options("SHAKEN weak CA");
  weak.key_usage = "critical,digitalSignature";
  const auto authority = test::issue(weak, &root_);
  const auto under = test::issue(options, &authority);
  EXPECT_EQ(validator_.validate(under.pem() + authority.pem(), kNow).standing, Reason::certificate_untrusted);
}

// STIR-CE-08
TEST_F(MadeWrong, AChildReachesNoFurtherThanItsParent) {
  test::CertificateOptions parent = test::authority_options("SHAKEN 5678 CA");
  parent.tn_auth_list = test::from_hex("3015a1133011160b3132313535353531303030020203e8");  // 12155551000 x 1000
  const auto authority = test::issue(parent, &root_);
  test::CertificateOptions child;
  const auto standing_of = [&](std::string_view hex) {
    child.tn_auth_list = test::from_hex(hex);
    return validator_.validate(test::issue(child, &authority).pem() + authority.pem(), kNow).standing;
  };
  EXPECT_EQ(standing_of("300fa20d160b3132313535353531323132"), Reason::verified);           // 12155551212
  EXPECT_EQ(standing_of("300fa20d160b3132313535353532303030"), Reason::certificate_scope);  // 12155552000
  EXPECT_EQ(standing_of("3015a1133011160b3132313535353531303030020203e9"), Reason::certificate_scope);
  EXPECT_EQ(standing_of("3008a006160435363738"), Reason::certificate_scope);
}

TEST(PrivateKeys, AreReadOrRefused) {
  for (const std::string file : {"test_leaf_spc1234.key", "rfc8946_appA_private.pem", "rfc8225_A1_private.pem"}) {
    EXPECT_TRUE(PrivateKey::from_pem(own_text("pem/" + file))) << file;
  }
  const auto wrong_curve = test::issue({.curve = "P-384"}, nullptr);
  EXPECT_FALSE(PrivateKey::from_pem(wrong_curve.key_pem()));
  const std::string good = own_text("pem/test_leaf_spc1234.key");
  for (const std::string& pem :
       {std::string(), own_text("pem/test_root.pem"), good.substr(0, good.size() / 2),
        std::string(kMaxKeyFileBytes + 1, 'x'),
        std::string("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3"
                    "\n-----END ENCRYPTED PRIVATE KEY-----\n")}) {
    EXPECT_FALSE(PrivateKey::from_pem(pem));
  }
}

}  // namespace
}  // namespace stirline::crypto::certificate_chain_test
