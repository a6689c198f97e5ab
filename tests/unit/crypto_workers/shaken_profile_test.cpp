// The SHAKEN certificate profile, rule by rule: certificates with one field made wrong (STIR-CE-07).
#include "crypto_workers/certificate/shaken_profile.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/certificate/chain.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::shaken_profile_test {
namespace {

using test::CertificateOptions;
using test::IssuedCertificate;
using test::kNow;

const std::vector<std::uint8_t> kTwoSpcs = test::from_hex("3010a006160435363738a006160435363739");
const std::vector<std::uint8_t> kRange = test::from_hex("3015a1133011160b3132313535353531303030020203e8");

// One field away from the profile, and what that must be called. Empty: nothing is wrong.
struct Mutation {
  const char* what;
  std::function<void(CertificateOptions&)> change;
  std::string rule;
  Severity severity = Severity::soft;
};

std::vector<std::string> rules_of(const std::vector<ProfileFinding>& findings) {
  std::vector<std::string> rules;
  for (const ProfileFinding& finding : findings) {
    rules.emplace_back(finding.rule);
  }
  return rules;
}

class ShakenProfile : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(validator_.add_anchors(root_.pem())); }

  // Each mutation gives exactly its finding, and the standing of a chain follows the hard ones.
  void expect_each(const std::vector<Mutation>& mutations, CertificateRole role) {
    for (const Mutation& mutation : mutations) {
      SCOPED_TRACE(mutation.what);
      CertificateOptions options = role == CertificateRole::leaf           ? test::shaken_leaf_options()
                                   : role == CertificateRole::intermediate ? test::shaken_intermediate_options()
                                                                           : test::shaken_root_options();
      mutation.change(options);
      const IssuedCertificate issued = test::issue(options, issuer_of(role));
      const auto findings = lint(*issued.certificate, role);
      const std::vector<std::string> expected =
          mutation.rule.empty() ? std::vector<std::string>{} : std::vector{mutation.rule};
      EXPECT_EQ(rules_of(findings), expected);
      for (const ProfileFinding& finding : findings) {
        EXPECT_EQ(finding.severity, mutation.severity);
        EXPECT_FALSE(finding.text.empty());
      }
      seen_.insert(mutation.rule);
      if (role == CertificateRole::leaf) {
        expect_standing(issued, mutation.severity == Severity::hard && !mutation.rule.empty());
      }
    }
  }

  void expect_standing(const IssuedCertificate& leaf, bool refused) {
    const ChainVerdict verdict = validator_.validate(leaf.pem() + intermediate_.pem(), kNow);
    if (refused) {
      EXPECT_NE(verdict.standing, Reason::verified);
    } else {
      EXPECT_EQ(verdict.standing, Reason::verified) << verdict.text;
    }
  }

  const IssuedCertificate* issuer_of(CertificateRole role) const {
    switch (role) {
      case CertificateRole::leaf:
        return &intermediate_;
      case CertificateRole::intermediate:
        return &root_;
      default:
        return nullptr;
    }
  }

  const IssuedCertificate root_ = test::issue(test::shaken_root_options(), nullptr);
  const IssuedCertificate intermediate_ = test::issue(test::shaken_intermediate_options(), &root_);
  ChainValidator validator_;
  std::set<std::string> seen_;
};

// STIR-CE-07
TEST_F(ShakenProfile, EachWrongFieldOfALeafIsItsOwnFinding) {
  using O = CertificateOptions;
  constexpr Severity kHard = Severity::hard;
  expect_each(
      {{"nothing", [](O&) {}, ""},
       {"version 2", [](O& o) { o.version = 2; }, "version"},
       {"serial 0", [](O& o) { o.serial = "00"; }, "serial_positive"},
       {"negative serial", [](O& o) { o.serial = "-5A17C0FFEE0123456789"; }, "serial_positive"},
       {"short serial", [](O& o) { o.serial = "0123456789ABCD"; }, "serial_length"},
       {"eight octets", [](O& o) { o.serial = "0123456789ABCDEF"; }, ""},
       {"P-384", [](O& o) { o.curve = "P-384"; }, "key", kHard},
       {"RSA", [](O& o) { o.curve = "RSA"; }, "key", kHard},
       {"SHA-384", [](O& o) { o.digest = "SHA384"; }, "signature_algorithm", kHard},
       {"CA:TRUE", [](O& o) { o.basic_constraints = "critical,CA:TRUE"; }, "ca_flag", kHard},
       {"basicConstraints not critical", [](O& o) { o.basic_constraints = "CA:FALSE"; }, "basic_constraints"},
       {"no basicConstraints", [](O& o) { o.basic_constraints = "none"; }, "basic_constraints"},
       {"no keyUsage", [](O& o) { o.key_usage.clear(); }, "key_usage"},
       {"keyUsage not critical", [](O& o) { o.key_usage = "digitalSignature"; }, "key_usage"},
       {"a second usage", [](O& o) { o.key_usage = "critical,digitalSignature,nonRepudiation"; }, "key_usage"},
       {"another usage", [](O& o) { o.key_usage = "critical,keyAgreement"; }, "key_usage_purpose", kHard},
       {"no SKI", [](O& o) { o.subject_key_id.clear(); }, "subject_key_identifier"},
       {"no AKI", [](O& o) { o.drop("authorityKeyIdentifier"); }, "authority_key_identifier"},
       {"no TNAuthList", [](O& o) { o.tn_auth_list.clear(); }, "tn_auth_list", kHard},
       {"TNAuthList cut off", [](O& o) { o.tn_auth_list.pop_back(); }, "tn_auth_list", kHard},
       {"empty TNAuthList", [](O& o) { o.tn_auth_list = {0x30, 0x00}; }, "tn_auth_list", kHard},
       {"two SPCs", [](O& o) { o.tn_auth_list = kTwoSpcs; }, "tn_auth_list_spc"},
       {"a range", [](O& o) { o.tn_auth_list = kRange; }, "tn_auth_list_spc"},
       {"no policy", [](O& o) { o.drop("certificatePolicies"); }, "certificate_policies"},
       {"another policy", [](O& o) { o.set("certificatePolicies", "2.23.140.1.2.1"); }, "certificate_policies"},
       {"two policies", [](O& o) { o.set("certificatePolicies", "2.16.840.1.114569.1.1.4,2.16.840.1.114569.1.1.3"); },
        "certificate_policies"},
       {"policy below the arc", [](O& o) { o.set("certificatePolicies", "2.16.840.1.114569.1.1.4.1"); },
        "certificate_policies"},
       {"no CRL point", [](O& o) { o.drop("crlDistributionPoints"); }, "crl_distribution_points"},
       {"CRL by http", [](O& o) { o.set("crlDistributionPoints", "crl_http"); }, "crl_distribution_points"},
       {"no cRLIssuer", [](O& o) { o.set("crlDistributionPoints", "crl_no_issuer"); }, "crl_distribution_points"},
       {"two CRL points", [](O& o) { o.set("crlDistributionPoints", "crl_sti_pa,crl_elsewhere"); },
        "crl_distribution_points"},
       {"no C", [](O& o) { o.subject.erase(o.subject.begin()); }, "subject_country"},
       {"two Cs", [](O& o) { o.subject.insert(o.subject.begin(), {"C", "CA"}); }, "subject_country"},
       {"no O", [](O& o) { o.subject.erase(o.subject.begin() + 1); }, "subject_organization"},
       {"no CN", [](O& o) { o.common_name.clear(); }, "subject_common_name"},
       {"two CNs", [](O& o) { o.subject.insert(o.subject.begin(), {"CN", "SHAKEN 5678"}); }, "subject_common_name"},
       {"another CN", [](O& o) { o.common_name = "SHAKEN 5679"; }, "common_name_form"},
       {"no serialNumber", [](O& o) { o.subject.pop_back(); }, "subject_serial_number"},
       {"no serialNumber under policy 2",
        [](O& o) {
          o.subject.pop_back();
          o.set("certificatePolicies", "2.16.840.1.114569.1.1.2");
        },
        ""},
       {"extendedKeyUsage", [](O& o) { o.set("extendedKeyUsage", "serverAuth"); }, "other_extensions"},
       {"a second SKI", [](O& o) { o.set("subjectKeyIdentifier", "0102"); }, "extensions_readable", kHard},
       {"claim constraints", [](O& o) { o.constraints = test::from_hex("300ca00a30081606617474657374"); },
        "other_extensions"}},
      CertificateRole::leaf);
  EXPECT_EQ(seen_.size(), 23U);  // all rules of the leaf's but two, below; and none
}

// STIR-CE-07: two of the leaf's rules cannot be broken alone.
TEST_F(ShakenProfile, SomeRulesAreNotBrokenAlone) {
  CertificateOptions options = test::shaken_leaf_options();
  options.constraints = {0x30, 0x00};
  auto rules = rules_of(lint(*test::issue(options, &intermediate_).certificate, CertificateRole::leaf));
  EXPECT_EQ(rules, (std::vector<std::string>{"claim_constraints", "other_extensions"}));
  options = test::shaken_leaf_options();
  options.raw_extensions = {{"2.5.29.17", {0x04, 0x00}, false}};  // a subjectAltName that is an OCTET STRING
  rules = rules_of(lint(*test::issue(options, &intermediate_).certificate, CertificateRole::leaf));
  EXPECT_EQ(rules, std::vector<std::string>{"extensions_readable"});
  expect_standing(test::issue(options, &intermediate_), true);
  options = test::shaken_leaf_options();
  options.raw_extensions = {{"1.2.3.4", {0x05, 0x00}, false}, {"1.2.3.4", {0x05, 0x00}, false}};
  rules = rules_of(lint(*test::issue(options, &intermediate_).certificate, CertificateRole::leaf));
  EXPECT_EQ(rules, (std::vector<std::string>{"extensions_once", "other_extensions"}));
}

// STIR-CE-07
TEST_F(ShakenProfile, EachWrongFieldOfAnIntermediateIsItsOwnFinding) {
  using O = CertificateOptions;
  constexpr Severity kHard = Severity::hard;
  expect_each(
      {{"nothing", [](O&) {}, ""},
       {"cRLSign too", [](O& o) { o.key_usage = "critical,keyCertSign,cRLSign"; }, ""},
       {"P-384", [](O& o) { o.curve = "P-384"; }, "key", kHard},
       {"SHA-512", [](O& o) { o.digest = "SHA512"; }, "signature_algorithm", kHard},
       {"CA:FALSE", [](O& o) { o.basic_constraints = "critical,CA:FALSE"; }, "ca_flag", kHard},
       {"no basicConstraints", [](O& o) { o.basic_constraints = "none"; }, "ca_flag", kHard},
       {"not critical", [](O& o) { o.basic_constraints = "CA:TRUE"; }, "basic_constraints"},
       {"no keyCertSign", [](O& o) { o.key_usage = "critical,cRLSign"; }, "key_usage_purpose", kHard},
       {"digitalSignature too", [](O& o) { o.key_usage = "critical,keyCertSign,digitalSignature"; }, "key_usage"},
       {"no SKI", [](O& o) { o.subject_key_id.clear(); }, "subject_key_identifier"},
       {"no AKI", [](O& o) { o.drop("authorityKeyIdentifier"); }, "authority_key_identifier"},
       {"malformed TNAuthList", [](O& o) { o.tn_auth_list = {0x30, 0x01}; }, "tn_auth_list", kHard},
       {"no policy", [](O& o) { o.drop("certificatePolicies"); }, "certificate_policies"},
       {"no CRL point", [](O& o) { o.drop("crlDistributionPoints"); }, "crl_distribution_points"},
       {"no SHAKEN in the CN", [](O& o) { o.common_name = "Test Intermediate CA"; }, "common_name_form"},
       {"no such word in the CN", [](O& o) { o.common_name = "SHAKEN Test CA"; }, "common_name_form"},
       {"upper case", [](O& o) { o.common_name = "SHAKEN INTERMEDIATE"; }, ""}},
      CertificateRole::intermediate);
}

// STIR-CE-07
TEST_F(ShakenProfile, EachWrongFieldOfARootIsItsOwnFinding) {
  using O = CertificateOptions;
  constexpr Severity kHard = Severity::hard;
  expect_each(
      {{"nothing", [](O&) {}, ""},
       {"RSA", [](O& o) { o.curve = "P-521"; }, "key", kHard},
       {"no keyUsage", [](O& o) { o.key_usage.clear(); }, "key_usage"},
       {"a policy", [](O& o) { o.set("certificatePolicies", "2.16.840.1.114569.1.1.4"); }, "certificate_policies"},
       {"no such word in the CN", [](O& o) { o.common_name = "SHAKEN Test CA"; }, "common_name_form"},
       {"another extension", [](O& o) { o.set("nsComment", "hello"); }, "other_extensions"}},
      CertificateRole::root);
}

// STIR-CE-06: an intermediate with a key or an algorithm that SHAKEN does not know fails its chain, unless the regime
// goes by RFC 8226 alone. An anchor is what the operator named.
TEST_F(ShakenProfile, RsaIssuersBelongToOtherRegimes) {
  CertificateOptions rsa = test::shaken_intermediate_options();
  rsa.curve = "RSA";
  const IssuedCertificate issuer = test::issue(rsa, &root_);
  const std::string chain = test::issue(test::shaken_leaf_options(), &issuer).pem() + issuer.pem();
  const ChainVerdict refused = validator_.validate(chain, kNow);
  EXPECT_EQ(refused.standing, Reason::certificate_profile);
  EXPECT_EQ(refused.text, "certificate 1: the signature algorithm must be ecdsa-with-SHA256");
  ChainValidator open({.profile = CertificateProfile::rfc8226});
  ASSERT_TRUE(open.add_anchors(root_.pem()));
  EXPECT_EQ(open.validate(chain, kNow).standing, Reason::verified);

  rsa.curve = "P-384";
  const IssuedCertificate anchor = test::issue(rsa, nullptr);
  ASSERT_TRUE(validator_.add_anchors(anchor.pem()));
  EXPECT_EQ(validator_.validate(test::issue(test::shaken_leaf_options(), &anchor).pem(), kNow).standing,
            Reason::verified);
}

TEST(CertificateRoles, AreGuessedFromTheCertificate) {
  const auto guess = [](const std::string& file, std::size_t index) {
    const auto chain = read_certificates(test::own_text("pem/" + file), kMaxChainBytes, kMaxChainCertificates);
    return guess_role(*chain.value().at(index));
  };
  EXPECT_EQ(guess("test_delegate_range_chain.pem", 0), CertificateRole::leaf);
  EXPECT_EQ(guess("test_delegate_range_chain.pem", 1), CertificateRole::intermediate);
  EXPECT_EQ(guess("test_delegate_range_chain.pem", 2), CertificateRole::intermediate);
  EXPECT_EQ(guess("test_root.pem", 0), CertificateRole::root);
  CertificateOptions options = test::shaken_leaf_options();
  options.basic_constraints = "critical,CA:TRUE";
  const IssuedCertificate root = test::issue(test::shaken_root_options(), nullptr);
  EXPECT_EQ(guess_role(*test::issue(options, &root).certificate), CertificateRole::leaf);
}

}  // namespace
}  // namespace stirline::crypto::shaken_profile_test
