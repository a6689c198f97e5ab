// Revocation lists, direct and indirect: whom they revoke, whom not, and which are refused (STIR-CE-09).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/certificate/chain.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::revocation_test {
namespace {

using test::CertificateOptions;
using test::issue;
using test::IssuedCertificate;
using test::kNow;
using test::RevocationListOptions;

// Two CAs below one root, each with a leaf; and the STI-PA, whose key leads nowhere near them.
class Revocation : public testing::Test {
 protected:
  static CertificateOptions authority(const std::string& name) {
    CertificateOptions options = test::shaken_intermediate_options();
    options.common_name = name;
    options.key_usage = "critical,keyCertSign,cRLSign";
    return options;
  }
  static CertificateOptions sti_pa_options() {
    CertificateOptions options = test::authority_options("Test STI-PA CRL");
    options.subject = {{"C", "US"}, {"O", "Test STI-PA"}};
    return options;
  }
  static RevocationListOptions indirect() {
    return {.extensions = {{"issuingDistributionPoint", "critical,@idp_indirect"}}};
  }

  const X509_NAME* name_of(const IssuedCertificate& certificate) const {
    return X509_get_subject_name(certificate.certificate.get());
  }
  ChainValidator validator(TrustRules rules = {}) const {
    ChainValidator made(rules);
    EXPECT_TRUE(made.add_anchors(root_.pem()));
    return made;
  }
  ChainValidator with(const std::string& list, CrlTrust trust = CrlTrust::as_given) const {
    ChainValidator made = validator();
    const auto added = made.add_crl(list, trust);
    EXPECT_TRUE(added) << added.error();
    return made;
  }
  // Why a list is refused; empty if it is taken.
  std::string refusal(const std::string& list, CrlTrust trust = CrlTrust::as_given, std::string_view url = {}) const {
    ChainValidator made = validator();
    EXPECT_TRUE(made.add_crl_signers(sti_pa_.pem()));
    const auto added = made.add_crl(list, trust, url);
    return added ? std::string() : added.error();
  }
  std::string chain(const IssuedCertificate& leaf, const IssuedCertificate& ca) const { return leaf.pem() + ca.pem(); }
  Reason first(const ChainValidator& made, std::int64_t at = kNow) const {
    return made.validate(chain(leaf_, ca_), at).standing;
  }
  Reason second(const ChainValidator& made, std::int64_t at = kNow) const {
    return made.validate(chain(other_leaf_, other_ca_), at).standing;
  }

  // Both leaves have the serial number of shaken_leaf_options().
  const IssuedCertificate root_ = issue(test::shaken_root_options(), nullptr);
  const IssuedCertificate ca_ = issue(authority("SHAKEN intermediate A"), &root_);
  const IssuedCertificate other_ca_ = issue(authority("SHAKEN intermediate B"), &root_);
  const IssuedCertificate leaf_ = issue(test::shaken_leaf_options(), &ca_);
  const IssuedCertificate other_leaf_ = issue(test::shaken_leaf_options(), &other_ca_);
  const IssuedCertificate sti_pa_ = issue(sti_pa_options(), nullptr);
};

TEST_F(Revocation, ADirectListRevokesWhatItsIssuerIssued) {
  RevocationListOptions options;
  options.revoked = {{&leaf_}};
  const ChainValidator made = with(issue_list(options, ca_));
  EXPECT_EQ(first(made), Reason::certificate_revoked);
  EXPECT_EQ(second(made), Reason::verified);  // the same serial number under another issuer
  options.revoked = {{&ca_}};
  EXPECT_EQ(first(with(issue_list(options, root_))), Reason::certificate_revoked);   // an intermediate of the path
  EXPECT_EQ(second(with(issue_list(options, root_))), Reason::certificate_revoked);  // they share a serial number too
  options.revoked = {};
  EXPECT_EQ(first(with(issue_list(options, ca_))), Reason::verified);
}

TEST_F(Revocation, AnIndirectListNamesTheIssuers) {
  RevocationListOptions options = indirect();
  options.revoked = {{&leaf_, name_of(ca_)}};
  const ChainValidator made = with(issue_list(options, sti_pa_));
  EXPECT_EQ(first(made), Reason::certificate_revoked);
  EXPECT_EQ(second(made), Reason::verified);
  options.revoked = {{&leaf_, name_of(other_ca_)}};
  EXPECT_EQ(first(with(issue_list(options, sti_pa_))), Reason::verified);
  EXPECT_EQ(second(with(issue_list(options, sti_pa_))), Reason::certificate_revoked);
  options.revoked = {{&leaf_}};  // of the STI-PA itself: nobody here
  EXPECT_EQ(first(with(issue_list(options, sti_pa_))), Reason::verified);
}

// RFC 5280 5.3.3: an entry without certificateIssuer is of the issuer of the entry before.
TEST_F(Revocation, TheIssuerOfAnEntrySticks) {
  const IssuedCertificate stranger = issue({.serial = "77"}, &root_);
  RevocationListOptions options = indirect();
  options.revoked = {{&stranger, name_of(other_ca_)}, {&leaf_}};
  EXPECT_EQ(first(with(issue_list(options, sti_pa_))), Reason::verified);
  EXPECT_EQ(second(with(issue_list(options, sti_pa_))), Reason::certificate_revoked);
  options.revoked = {{&stranger, name_of(other_ca_)}, {&stranger, name_of(ca_)}, {&leaf_}};
  EXPECT_EQ(first(with(issue_list(options, sti_pa_))), Reason::certificate_revoked);
  EXPECT_EQ(second(with(issue_list(options, sti_pa_))), Reason::verified);
}

// Without indirectCRL a list speaks for its own issuer alone, whatever its entries say.
TEST_F(Revocation, OnlyIndirectListsSpeakForOthers) {
  RevocationListOptions options;
  options.revoked = {{&leaf_, name_of(ca_)}};
  EXPECT_EQ(first(with(issue_list(options, sti_pa_))), Reason::verified);
  options.extensions = {{"issuingDistributionPoint", "critical,@idp_direct"}};
  EXPECT_EQ(first(with(issue_list(options, sti_pa_))), Reason::verified);
}

// Where the certificate names the issuer of its list, an indirect list of somebody else is no list for it.
TEST_F(Revocation, TheCrlIssuerOfTheCertificateCounts) {
  CertificateOptions stranger = sti_pa_options();
  stranger.common_name = "Other STI-PA CRL";
  const IssuedCertificate other_pa = issue(stranger, nullptr);
  RevocationListOptions options = indirect();
  options.revoked = {{&leaf_, name_of(ca_)}};
  EXPECT_EQ(first(with(issue_list(options, other_pa))), Reason::verified);
  CertificateOptions unbound = test::shaken_leaf_options();
  unbound.drop("crlDistributionPoints");
  const IssuedCertificate leaf = issue(unbound, &ca_);
  const ChainValidator made = with(issue_list(options, other_pa));
  EXPECT_EQ(made.validate(chain(leaf, ca_), kNow).standing, Reason::certificate_revoked);
}

TEST_F(Revocation, TheSignatureMustBeTheIssuers) {
  RevocationListOptions options = indirect();
  options.revoked = {{&leaf_, name_of(ca_)}};
  const IssuedCertificate impostor = issue(sti_pa_options(), nullptr);
  const std::string forged = issue_list(options, sti_pa_, &impostor);
  for (const CrlTrust trust : {CrlTrust::as_given, CrlTrust::signed_by_known}) {
    EXPECT_EQ(refusal(issue_list(options, sti_pa_), trust), "");
    EXPECT_EQ(refusal(forged, trust), "the CRL is not signed by the issuer that it names");
    // The signer for indirect lists is known: they come from nobody else, not even from an anchor.
    EXPECT_EQ(refusal(issue_list(options, ca_), trust),
              "the CRL is indirect, and not of the signer that is given for such lists");
    EXPECT_EQ(refusal(issue_list(options, root_), trust),
              "the CRL is indirect, and not of the signer that is given for such lists");
  }
  ChainValidator nobody = validator();  // the signer is not known: on the operator's word, or not at all
  EXPECT_FALSE(nobody.add_crl(forged, CrlTrust::signed_by_known));
  EXPECT_TRUE(nobody.add_crl(forged, CrlTrust::as_given));
  EXPECT_EQ(nobody.revocation_lists().unsigned_lists(), 1U);
  EXPECT_EQ(first(nobody), Reason::certificate_revoked);
  CertificateOptions no_lists = sti_pa_options();
  no_lists.key_usage = "critical,digitalSignature";
  no_lists.key_of = &sti_pa_;
  ChainValidator weak = validator();
  ASSERT_TRUE(weak.add_crl_signers(issue(no_lists, nullptr).pem()));
  EXPECT_FALSE(weak.add_crl(issue_list(options, sti_pa_), CrlTrust::as_given));  // the key may not sign lists
}

// The issuer of a direct list may be known only with the path.
TEST_F(Revocation, ADirectListInAnothersNameIsPassedOverWithAWarning) {
  RevocationListOptions options;
  options.revoked = {{&leaf_}};
  const ChainValidator made = with(issue_list(options, ca_, &other_ca_));
  const ChainVerdict verdict = made.validate(chain(leaf_, ca_), kNow);
  EXPECT_EQ(verdict.standing, Reason::verified);
  ASSERT_EQ(verdict.warnings.size(), 1U);
  EXPECT_NE(verdict.warnings[0].find("is not signed by it"), std::string::npos);
  EXPECT_TRUE(with(issue_list(options, ca_)).validate(chain(other_leaf_, other_ca_), kNow).warnings.empty());
  options.revoked = {{&ca_}};
  ChainValidator known = validator();
  EXPECT_FALSE(known.add_crl(issue_list(options, root_, &other_ca_), CrlTrust::as_given));  // an anchor's name
}

TEST_F(Revocation, TheListIsOfThePlaceThatServedIt) {
  RevocationListOptions options = indirect();
  const std::string list = issue_list(options, sti_pa_);
  EXPECT_EQ(refusal(list, CrlTrust::signed_by_known, "https://sti-pa.example.net/crl"), "");
  EXPECT_EQ(refusal(list, CrlTrust::signed_by_known, "https://sti-pa.example.net/old"),
            "the CRL names https://sti-pa.example.net/crl as its place, not the URL that served it");
  options.extensions.clear();
  EXPECT_EQ(refusal(issue_list(options, sti_pa_), CrlTrust::signed_by_known, "https://elsewhere.example.net/crl"), "");
}

// A list from a server: an indirect one must be of a known signer; a direct one counts for its own issuer's
// certificates only, who is known with the path.
TEST_F(Revocation, FetchedListsAreBelievedByTheirSignature) {
  const std::string url = "https://sti-pa.example.net/crl";
  RevocationListOptions options = indirect();
  options.revoked = {{&leaf_, name_of(ca_)}};
  ChainValidator nobody = validator();
  const auto refused = nobody.replace_crl(issue_list(options, sti_pa_), url);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "the CRL is not signed by any of the certificates trusted for that");
  ChainValidator known = validator();
  ASSERT_TRUE(known.add_crl_signers(sti_pa_.pem()));
  EXPECT_TRUE(known.replace_crl(issue_list(options, sti_pa_), url));
  EXPECT_EQ(first(known), Reason::certificate_revoked);
  EXPECT_EQ(second(known), Reason::verified);

  RevocationListOptions direct;
  direct.revoked = {{&leaf_}};
  ChainValidator path = validator();
  ASSERT_TRUE(path.replace_crl(issue_list(direct, ca_), url));
  EXPECT_EQ(first(path), Reason::certificate_revoked);
  EXPECT_EQ(second(path), Reason::verified);
  ASSERT_TRUE(path.replace_crl(issue_list(direct, ca_, &other_ca_), url));  // in another's name: of no use
  EXPECT_EQ(first(path), Reason::verified);
}

TEST_F(Revocation, AUrlHasOneListAndWhatIsRefusedTakesNothingAway) {
  const std::string url = "https://sti-pa.example.net/crl";
  RevocationListOptions direct;
  direct.revoked = {{&leaf_}};
  ChainValidator made = validator();
  const auto empty = made.crl_epoch();
  ASSERT_TRUE(made.replace_crl(issue_list(direct, ca_), url));
  const auto revoking = made.crl_epoch();
  EXPECT_NE(revoking, empty);
  EXPECT_FALSE(made.replace_crl("no list", url));
  EXPECT_FALSE(made.replace_crl(issue_list(indirect(), sti_pa_), url));
  EXPECT_EQ(made.crl_epoch(), revoking);
  EXPECT_EQ(first(made), Reason::certificate_revoked);
  // Beside it those of files and of other URLs.
  ASSERT_TRUE(made.replace_crl(issue_list({}, other_ca_), "https://elsewhere.example.net/crl"));
  EXPECT_EQ(first(made), Reason::certificate_revoked);
  ASSERT_TRUE(made.replace_crl(issue_list({}, ca_), url));
  EXPECT_EQ(first(made), Reason::verified);
  ASSERT_TRUE(made.replace_crl(issue_list(direct, ca_), url));
  made.forget_crl(url);
  EXPECT_EQ(first(made), Reason::verified);
}

TEST_F(Revocation, AServedListIsReadInPemAndDer) {
  RevocationListOptions options;
  options.revoked = {{&leaf_}, {&other_leaf_}};
  options.this_update = kNow;
  options.next_update = kNow + 5;
  const std::string pem = issue_list(options, ca_);
  const auto facts = read_revocation_list(pem);
  ASSERT_TRUE(facts) << facts.error();
  EXPECT_EQ(facts->this_update, kNow);
  EXPECT_EQ(facts->next_update, kNow + 5);
  EXPECT_EQ(facts->entries, 2U);
  const std::string der = test::list_der(pem);
  const auto same = read_revocation_list(der);
  ASSERT_TRUE(same) << same.error();
  EXPECT_EQ(same->pem, facts->pem);
  options.next_update = 0;
  EXPECT_EQ(read_revocation_list(issue_list(options, ca_))->next_update, std::nullopt);
  for (const std::string& rubbish : {std::string(), std::string("text"), der + "x", der.substr(1), pem + pem,
                                     leaf_.pem(), std::string(kMaxRevocationListBytes + 1, '0')}) {
    EXPECT_FALSE(read_revocation_list(rubbish));
  }
}

// STIR-CE-09: whose lists are asked for is said by paths that lead to an anchor, and by nobody else.
TEST_F(Revocation, APathNamesItsListsAStrangerNamesNone) {
  CertificateOptions named = test::shaken_leaf_options();
  named.set("crlDistributionPoints", "URI:https://one.example/crl,URI:http://two.example/crl");
  const ChainVerdict good = validator().validate(chain(issue(named, &ca_), ca_), kNow);
  EXPECT_EQ(good.list_urls, (std::vector<std::string>{"https://one.example/crl", "https://sti-pa.example.net/crl"}));
  EXPECT_TRUE(validator().validate(issue(named, nullptr).pem(), kNow).list_urls.empty());
  ChainValidator hard = validator({.revocation_required = true});
  const ChainVerdict uncovered = hard.validate(chain(leaf_, ca_), kNow);
  EXPECT_EQ(uncovered.list_urls, std::vector<std::string>{"https://sti-pa.example.net/crl"});
  EXPECT_TRUE(uncovered.uncovered);
}

TEST_F(Revocation, ListsThatCannotBeReadAloneAreRefused) {
  RevocationListOptions options;
  options.raw_extensions = {{"2.5.29.27", {0x02, 0x01, 0x01}, true}};
  EXPECT_EQ(refusal(issue_list(options, ca_)), "the CRL is a delta list, which cannot be read alone (RFC 5280 5.2.4)");
  options.raw_extensions = {{"1.2.3.4", {0x05, 0x00}, true}};
  EXPECT_EQ(refusal(issue_list(options, ca_)), "the CRL has a critical extension that is not known: 1.2.3.4");
  options.raw_extensions[0].critical = false;
  EXPECT_EQ(refusal(issue_list(options, ca_)), "");
  options.raw_extensions = {{"2.5.29.28", {0x05, 0x00}, true}};
  EXPECT_EQ(refusal(issue_list(options, ca_)), "the issuingDistributionPoint of the CRL is malformed or comes twice");
  options.raw_extensions.clear();
  options.revoked = {{&leaf_, nullptr, "1.2.3.5"}};
  EXPECT_EQ(refusal(issue_list(options, ca_)),
            "an entry of the CRL has a critical extension that is not known: 1.2.3.5");
  options.revoked = {{&leaf_, nullptr, "2.5.29.29"}};  // a certificateIssuer that holds NULL
  EXPECT_EQ(refusal(issue_list(options, ca_)), "an entry of the CRL is malformed");
  options.revoked.clear();
  options.extensions = {{"issuingDistributionPoint", "critical,@idp_attributes"}};
  EXPECT_EQ(refusal(issue_list(options, ca_)), "the CRL is of attribute certificates only");
  EXPECT_FALSE(refusal("no list").empty());
}

// Soft by default: an alarm. Hard where the regime says so: no current list, no trust.
TEST_F(Revocation, StaleListsAreAnAlarmOrAFailure) {
  RevocationListOptions options = indirect();
  options.next_update = kNow - 1;
  const ChainValidator soft = with(issue_list(options, sti_pa_));
  EXPECT_TRUE(soft.revocation_lists().stale(kNow));
  EXPECT_EQ(first(soft), Reason::verified);

  const auto hard = [&](const RevocationListOptions& list) {
    ChainValidator made = validator({.revocation_required = true});
    EXPECT_TRUE(made.add_crl_signers(sti_pa_.pem()));
    EXPECT_TRUE(made.add_crl(issue_list(list, sti_pa_), CrlTrust::signed_by_known));
    return first(made);
  };
  EXPECT_EQ(first(validator({.revocation_required = true})), Reason::certificate_untrusted);
  EXPECT_EQ(hard(options), Reason::certificate_untrusted);
  options.next_update = kNow;
  EXPECT_EQ(hard(options), Reason::verified);
  options.this_update = kNow + 1;
  options.next_update = kNow + 2;
  EXPECT_EQ(hard(options), Reason::certificate_untrusted);  // of tomorrow
  options.this_update = kNow;
  options.next_update = 0;
  EXPECT_EQ(hard(options), Reason::verified);  // no nextUpdate: never stale
  options.extensions.clear();
  EXPECT_EQ(hard(options), Reason::certificate_untrusted);  // not indirect: answers for nobody here
}

// RFC 5280 6.3.3: a list answers for the certificates that name its place; but whom it names is revoked all the same.
TEST_F(Revocation, AListOfAnotherPlaceCoversNobodyAndStillRevokes) {
  CertificateOptions elsewhere = test::shaken_leaf_options();
  elsewhere.set("crlDistributionPoints", "crl_elsewhere");
  const IssuedCertificate leaf = issue(elsewhere, &ca_);
  RevocationListOptions options = indirect();
  ChainValidator made = validator({.revocation_required = true});
  ASSERT_TRUE(made.add_crl(issue_list(options, sti_pa_), CrlTrust::as_given));
  EXPECT_EQ(first(made), Reason::verified);
  EXPECT_EQ(made.validate(chain(leaf, ca_), kNow).standing, Reason::certificate_untrusted);
  options.revoked = {{&leaf, name_of(ca_)}};
  EXPECT_EQ(with(issue_list(options, sti_pa_)).validate(chain(leaf, ca_), kNow).standing, Reason::certificate_revoked);
}

}  // namespace
}  // namespace stirline::crypto::revocation_test
