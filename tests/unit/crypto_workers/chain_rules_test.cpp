// The rules of a chain, one field wrong at a time: order, key identifiers, path length, time, delegation, anchors, and
// TNAuthLists that go by reference.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "crypto_workers/certificate/chain.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::chain_rules_test {
namespace {

using test::CertificateOptions;
using test::issue;
using test::IssuedCertificate;
using test::kNow;

constexpr const char* kSpc = "3008a006160435363738";                                 // 5678
constexpr const char* kThousand = "3015a1133011160b3132313535353531303030020203e8";  // 12155551000 x 1000
constexpr const char* kThousandAndOne = "3015a1133011160b3132313535353531303030020203e9";
constexpr const char* kOne = "300fa20d160b3132313535353531323132";                        // 12155551212
constexpr const char* kSpcAndOne = "3017a006160435363738a20d160b3132313535353531323132";  // 5678, 12155551212

// leaf <- issuer <- upper <- root, the anchor.
class ChainRules : public testing::Test {
 protected:
  static CertificateOptions authority(const std::string& name) {
    CertificateOptions options = test::shaken_intermediate_options();
    options.common_name = name;
    return options;
  }

  void SetUp() override { ASSERT_TRUE(validator_.add_anchors(root_.pem())); }

  Reason standing(const std::string& chain, std::int64_t at = kNow) const {
    return validator_.validate(chain, at).standing;
  }

  // A leaf under `issuer`, with both CAs delivered.
  std::string under(const IssuedCertificate& issuer,
                    const CertificateOptions& leaf = test::shaken_leaf_options()) const {
    return issue(leaf, &issuer).pem() + issuer.pem() + upper_.pem();
  }

  const IssuedCertificate root_ = issue(test::shaken_root_options(), nullptr);
  const IssuedCertificate upper_ = issue(authority("SHAKEN upper intermediate"), &root_);
  const IssuedCertificate issuer_ = issue(authority("SHAKEN lower intermediate"), &upper_);
  ChainValidator validator_;
};

// STIR-CE-06, STIR-CF-02
TEST_F(ChainRules, TheDeliveredOrderIsThatOfIssue) {
  const std::string leaf = issue(test::shaken_leaf_options(), &issuer_).pem();
  const std::vector<std::string> all = {leaf, issuer_.pem(), upper_.pem()};
  EXPECT_EQ(standing(all[0] + all[1] + all[2]), Reason::verified);
  EXPECT_EQ(standing(all[0] + all[1] + all[2] + root_.pem()), Reason::verified);
  std::vector<std::size_t> order = {0, 1, 2};
  while (std::ranges::next_permutation(order).found) {
    EXPECT_NE(standing(all[order[0]] + all[order[1]] + all[order[2]]), Reason::verified);
  }
  EXPECT_EQ(standing(all[0] + all[2] + all[1]), Reason::certificate_untrusted);
  EXPECT_EQ(standing(all[0] + all[1] + all[1] + all[2]), Reason::certificate_untrusted);
  EXPECT_EQ(standing(all[0] + all[2]), Reason::certificate_untrusted);
  EXPECT_EQ(standing(all[0]), Reason::certificate_untrusted);
}

// STIR-CE-06: AKI(n) = SKI(n+1). The other issuer has the same name and even the same key, only another identifier.
TEST_F(ChainRules, KeyIdentifiersLinkTheChain) {
  CertificateOptions twin = authority("SHAKEN lower intermediate");
  twin.key_of = &issuer_;
  twin.subject_key_id = "0102030405";
  const IssuedCertificate other = issue(twin, &upper_);
  const std::string leaf = issue(test::shaken_leaf_options(), &issuer_).pem();
  EXPECT_EQ(standing(leaf + issuer_.pem() + upper_.pem()), Reason::verified);
  EXPECT_EQ(standing(leaf + other.pem() + upper_.pem()), Reason::certificate_untrusted);
  CertificateOptions without = test::shaken_leaf_options();
  without.drop("authorityKeyIdentifier");  // a soft matter: the profile tells it
  EXPECT_EQ(standing(issue(without, &issuer_).pem() + other.pem() + upper_.pem()), Reason::verified);
}

// STIR-CE-06: a name alone is nothing.
TEST_F(ChainRules, SignaturesCount) {
  CertificateOptions twin = authority("SHAKEN lower intermediate");
  const IssuedCertificate impostor = issue(twin, &upper_);
  CertificateOptions without = test::shaken_leaf_options();
  without.drop("authorityKeyIdentifier");
  EXPECT_EQ(standing(issue(without, &issuer_).pem() + impostor.pem() + upper_.pem()), Reason::certificate_untrusted);
}

// STIR-CE-06
TEST_F(ChainRules, PathLengthIsKept) {
  CertificateOptions limited = authority("SHAKEN upper intermediate");
  limited.basic_constraints = "critical,CA:TRUE,pathlen:0";
  const IssuedCertificate upper = issue(limited, &root_);
  const IssuedCertificate lower = issue(authority("SHAKEN lower intermediate"), &upper);
  EXPECT_EQ(standing(issue(test::shaken_leaf_options(), &upper).pem() + upper.pem()), Reason::verified);
  EXPECT_EQ(standing(issue(test::shaken_leaf_options(), &lower).pem() + lower.pem() + upper.pem()),
            Reason::certificate_untrusted);
  limited.basic_constraints = "critical,CA:TRUE,pathlen:1";
  const IssuedCertificate longer = issue(limited, &root_);
  const IssuedCertificate below = issue(authority("SHAKEN lower intermediate"), &longer);
  EXPECT_EQ(standing(issue(test::shaken_leaf_options(), &below).pem() + below.pem() + longer.pem()), Reason::verified);
}

// STIR-CE-06: every certificate of the path, the anchor too; and the record ends with the first that ends.
TEST_F(ChainRules, EveryCertificateIsValidInTime) {
  constexpr std::int64_t kEarlier = 1'780'000'000;
  constexpr std::int64_t kLater = 1'800'000'000;
  for (const bool late : {false, true}) {
    CertificateOptions root = test::shaken_root_options();
    CertificateOptions authority_options = authority("SHAKEN brief intermediate");
    CertificateOptions leaf = test::shaken_leaf_options();
    for (CertificateOptions* shorter : {&root, &authority_options, &leaf}) {
      CertificateOptions saved = *shorter;
      shorter->not_before = late ? kLater : shorter->not_before;
      shorter->not_after = late ? shorter->not_after : kEarlier;
      const IssuedCertificate anchor = issue(root, nullptr);
      const IssuedCertificate issuer = issue(authority_options, &anchor);
      ChainValidator validator;
      ASSERT_TRUE(validator.add_anchors(anchor.pem()));
      const std::string chain = issue(leaf, &issuer).pem() + issuer.pem();
      EXPECT_EQ(validator.validate(chain, kNow).standing, Reason::certificate_expired);
      const ChainVerdict good = validator.validate(chain, late ? kLater : kEarlier - 1);
      EXPECT_EQ(good.standing, Reason::verified) << good.text;
      EXPECT_EQ(late ? good.validity.not_before : good.validity.not_after, late ? kLater : kEarlier);
      *shorter = std::move(saved);
    }
  }
}

// STIR-CE-13: within its steady time a verdict is the same, outside it need not be.
TEST_F(ChainRules, AVerdictSaysHowLongItHolds) {
  CertificateOptions leaf = test::shaken_leaf_options();
  leaf.not_before = kNow - 100;
  leaf.not_after = kNow + 100;
  const std::string chain = under(issuer_, leaf);
  const ChainVerdict now = validator_.validate(chain, kNow);
  EXPECT_EQ(now.standing, Reason::verified);
  EXPECT_EQ(now.steady_from, kNow - 100);
  EXPECT_EQ(now.steady_until, kNow + 99);
  const ChainVerdict before = validator_.validate(chain, kNow - 101);
  EXPECT_EQ(before.standing, Reason::certificate_expired);
  EXPECT_EQ(before.steady_until, kNow - 101);
  const ChainVerdict after = validator_.validate(chain, kNow + 101);
  EXPECT_EQ(after.standing, Reason::certificate_expired);
  EXPECT_EQ(after.steady_from, kNow + 101);
  for (const ChainVerdict* verdict : {&now, &before, &after}) {
    for (const std::int64_t at :
         {std::max(verdict->steady_from, kNow - 1'000), std::min(verdict->steady_until, kNow + 1'000)}) {
      EXPECT_EQ(validator_.validate(chain, at).standing, verdict->standing);
    }
  }
}

// STIR-CE-08: only an end entity signs.
TEST_F(ChainRules, ACaIsNoSigner) {
  CertificateOptions options = authority("SHAKEN 5678");
  options.tn_auth_list = test::from_hex(kSpc);
  options.key_usage = "critical,keyCertSign,digitalSignature";
  const ChainVerdict verdict = validator_.validate(under(issuer_, options), kNow);
  EXPECT_EQ(verdict.standing, Reason::certificate_profile);
  EXPECT_EQ(verdict.text, "certificate 1: the signer must not be a CA");
}

// STIR-CE-08: through three generations, where one in the middle need not say anything.
TEST_F(ChainRules, DelegatesStayWithinTheirParents) {
  const auto of = [&](const char* upper, const char* lower, const char* leaf) {
    CertificateOptions options = authority("SHAKEN 5678 upper CA");
    options.tn_auth_list = test::from_hex(upper);
    const IssuedCertificate first = issue(options, &root_);
    options = authority("SHAKEN 5678 lower CA");
    options.tn_auth_list = test::from_hex(lower);
    const IssuedCertificate second = issue(options, &first);
    options = test::shaken_leaf_options();
    options.tn_auth_list = test::from_hex(leaf);
    return issue(options, &second).pem() + second.pem() + first.pem();
  };
  EXPECT_EQ(standing(of(kSpc, kThousand, kOne)), Reason::verified);
  EXPECT_EQ(standing(of(kSpc, "", kThousand)), Reason::verified);
  EXPECT_EQ(standing(of(kThousand, kThousand, kThousand)), Reason::verified);
  EXPECT_EQ(standing(of(kThousand, "", kThousandAndOne)), Reason::certificate_scope);
  EXPECT_EQ(standing(of(kThousand, kThousandAndOne, kOne)), Reason::certificate_scope);
  EXPECT_EQ(standing(of(kOne, "", kThousand)), Reason::certificate_scope);
  EXPECT_EQ(standing(of(kThousand, "", kSpc)), Reason::certificate_scope);
  EXPECT_EQ(standing(of(kSpc, "", kSpcAndOne)), Reason::verified);

  ChainValidator strict({.spc_delegates_numbers = false});  // no numbers on the CA's word
  ASSERT_TRUE(strict.add_anchors(root_.pem()));
  EXPECT_EQ(strict.validate(of(kSpc, "", kOne), kNow).standing, Reason::certificate_scope);
  EXPECT_EQ(strict.validate(of(kSpcAndOne, "", kOne), kNow).standing, Reason::verified);
  EXPECT_EQ(strict.validate(of(kSpc, "", kSpc), kNow).standing, Reason::verified);
}

// STIR-CE-11: the chain of a web server, without and with its root among the anchors.
TEST_F(ChainRules, WebServersDoNotSignCalls) {
  CertificateOptions ca = test::authority_options("Web Root X1");
  ca.curve = "RSA";
  const IssuedCertificate web_root = issue(ca, nullptr);
  ca.common_name = "Web Intermediate R3";
  const IssuedCertificate web_ca = issue(ca, &web_root);
  for (const std::string curve : {"RSA", "P-256"}) {
    CertificateOptions server;
    server.common_name = "www.example.org";
    server.curve = curve;
    server.extensions = {{"subjectAltName", "DNS:www.example.org"}, {"extendedKeyUsage", "serverAuth"}};
    const std::string chain = issue(server, &web_ca).pem() + web_ca.pem();
    EXPECT_EQ(standing(chain), Reason::certificate_untrusted);
    ChainValidator mistaken({.profile = CertificateProfile::rfc8226});
    ASSERT_TRUE(mistaken.add_anchors(web_root.pem()));
    EXPECT_EQ(mistaken.validate(chain, kNow).standing, Reason::certificate_profile);
  }
}

// STIR-CE-12: whoever signs himself speaks for nobody, whatever his TNAuthList says.
TEST_F(ChainRules, SelfSignedCertificatesGrantNothing) {
  EXPECT_EQ(standing(issue(test::shaken_leaf_options(), nullptr).pem()), Reason::certificate_untrusted);
  EXPECT_EQ(standing(issue(test::shaken_leaf_options(), nullptr).pem() + root_.pem()), Reason::certificate_untrusted);
}

// STIR-CE-11: an issuer that only an AIA names is a missing issuer.
TEST_F(ChainRules, NothingIsFetchedToBuildAPath) {
  CertificateOptions leaf = test::shaken_leaf_options();
  leaf.set("authorityInfoAccess", "caIssuers;URI:https://cert.example.org/issuer.cer");
  EXPECT_EQ(standing(issue(leaf, &issuer_).pem()), Reason::certificate_untrusted);
  EXPECT_EQ(standing(under(issuer_, leaf)), Reason::verified);
}

// STIR-CE-04: a list that goes by reference counts as if it stood in the certificate.
class ReferencedLists : public ChainRules {
 protected:
  static constexpr const char* kUrl = "https://tn.example.org/list";

  static CertificateOptions by_reference(CertificateOptions options, const std::string& url = kUrl) {
    options.tn_auth_list.clear();
    options.set("authorityInfoAccess", "1.3.6.1.5.5.7.48.14;URI:" + url);
    return options;
  }
  ChainVerdict verdict(const CertificateOptions& leaf) const {
    return validator_.validate(under(issuer_, leaf), kNow, scopes_);
  }

  ReferencedScopes scopes_;
};

TEST_F(ReferencedLists, AreAskedForAndThenCount) {
  const CertificateOptions leaf = by_reference(test::shaken_leaf_options());
  ChainVerdict first = verdict(leaf);
  EXPECT_EQ(first.standing, Reason::certificate_scope);
  EXPECT_EQ(first.missing_scopes, std::vector<std::string>{kUrl});
  EXPECT_EQ(first.facts.scope_url, kUrl);
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex(kThousand)));
  const ChainVerdict known = verdict(leaf);
  EXPECT_EQ(known.standing, Reason::verified) << known.text;
  EXPECT_TRUE(known.missing_scopes.empty());
  EXPECT_EQ(known.scope_urls, std::vector<std::string>{kUrl}) << "still to be refreshed";
  EXPECT_TRUE(known.facts.scope.covers("12155551999"));
  EXPECT_FALSE(known.facts.scope.covers("12155552000"));
  // The content changes, and with it who may be spoken for.
  const auto epoch = scopes_.epoch();
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex(kOne)));
  EXPECT_NE(scopes_.epoch(), epoch);
  const auto changed = scopes_.epoch();
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex(kOne)));
  EXPECT_EQ(scopes_.epoch(), changed) << "the same content is no change";
  EXPECT_FALSE(verdict(leaf).facts.scope.covers("12155551999"));
  scopes_.forget(kUrl);
  EXPECT_EQ(verdict(leaf).standing, Reason::certificate_scope);
}

TEST_F(ReferencedLists, AddToWhatStandsInTheCertificate) {
  CertificateOptions leaf = by_reference(test::shaken_leaf_options());
  leaf.tn_auth_list = test::from_hex(kOne);
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex("300fa20d160b3132313535353532303030")));
  const ChainVerdict both = verdict(leaf);
  EXPECT_EQ(both.standing, Reason::verified) << both.text;
  EXPECT_TRUE(both.facts.scope.covers("12155551212"));
  EXPECT_TRUE(both.facts.scope.covers("12155552000"));
}

TEST_F(ReferencedLists, AreBoundByTheListAboveAndBindTheOneBelow) {
  CertificateOptions parent = by_reference(authority("SHAKEN 5678 CA"));
  const IssuedCertificate ca = issue(parent, &upper_);
  CertificateOptions leaf = test::shaken_leaf_options();
  leaf.tn_auth_list = test::from_hex(kThousand);
  const std::string chain = under(ca, leaf);
  EXPECT_EQ(validator_.validate(chain, kNow, scopes_).missing_scopes, std::vector<std::string>{kUrl});
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex(kThousand)));
  EXPECT_EQ(validator_.validate(chain, kNow, scopes_).standing, Reason::verified);
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex(kOne)));
  EXPECT_EQ(validator_.validate(chain, kNow, scopes_).standing, Reason::certificate_scope);
}

// Nobody is asked for a list on a stranger's word, and by https alone.
TEST_F(ReferencedLists, StrangersAndOtherSchemesAreNotAsked) {
  const CertificateOptions leaf = by_reference(test::shaken_leaf_options());
  EXPECT_TRUE(validator_.validate(issue(leaf, nullptr).pem(), kNow).missing_scopes.empty());
  EXPECT_TRUE(validator_.validate(issue(leaf, nullptr).pem(), kNow).scope_urls.empty());
  const ChainVerdict http = verdict(by_reference(test::shaken_leaf_options(), "http://tn.example.org/list"));
  EXPECT_EQ(http.standing, Reason::certificate_profile);
  EXPECT_TRUE(http.missing_scopes.empty());
}

TEST_F(ReferencedLists, BodiesAreCheckedBeforeTheyReplaceAnything) {
  ASSERT_TRUE(scopes_.set(kUrl, test::from_hex(kOne)));
  EXPECT_FALSE(scopes_.set(kUrl, test::from_hex("3000")));
  const std::vector<std::uint8_t> huge(kMaxReferencedScopeBytes + 1, 0x30);
  EXPECT_EQ(scopes_.set(kUrl, huge).error(), TnAuthListError::too_long);
  ASSERT_NE(scopes_.find(kUrl), nullptr);
  EXPECT_TRUE(scopes_.find(kUrl)->covers("12155551212"));
}

// STIR-CE-05: constraints bind the end entity that carries them; those of a CA are passed over, malformed or not.
TEST_F(ChainRules, ConstraintsOfACaBindNobody) {
  for (const char* constraints : {"300ca00a30081606617474657374", "3000"}) {
    CertificateOptions options = authority("SHAKEN constrained intermediate");
    options.constraints = test::from_hex(constraints);
    const ChainVerdict verdict = validator_.validate(under(issue(options, &upper_)), kNow);
    EXPECT_EQ(verdict.standing, Reason::verified) << verdict.text;
    EXPECT_TRUE(verdict.facts.constraints.empty());
  }
}

// STIR-CE-05: one extension with constraints, of either kind; an Enhanced one that excludes iat, orig or dest is void.
TEST_F(ChainRules, OneExtensionWithConstraints) {
  const auto with = [&](const std::vector<test::RawExtension>& extensions) {
    CertificateOptions leaf = test::shaken_leaf_options();
    leaf.raw_extensions = extensions;
    return validator_.validate(under(issuer_, leaf), kNow);
  };
  const std::string plain = "1.3.6.1.5.5.7.1.27";
  const std::string enhanced = "1.3.6.1.5.5.7.1.33";
  const auto attest = test::from_hex("300ca00a30081606617474657374");
  EXPECT_EQ(with({{plain, attest}}).facts.constraints.must_include, std::vector<std::string>{"attest"});
  EXPECT_EQ(with({{enhanced, attest}}).facts.constraints.must_include, std::vector<std::string>{"attest"});
  EXPECT_EQ(with({{plain, attest, true}}).standing, Reason::verified);
  for (const auto& both : std::vector<std::vector<test::RawExtension>>{{{plain, attest}, {enhanced, attest}},
                                                                       {{plain, attest}, {plain, attest}},
                                                                       {{enhanced, attest}, {enhanced, attest}}}) {
    EXPECT_EQ(with(both).standing, Reason::certificate_malformed);
  }
  // mustInclude attest, mustExclude orig (and then dest, iat): nothing of it holds, and the certificate stands.
  const auto wrapped = [](std::uint8_t tag, std::vector<std::uint8_t> content) {
    content.insert(content.begin(), {tag, static_cast<std::uint8_t>(content.size())});
    return content;
  };
  for (const std::string base : {"orig", "dest", "iat"}) {
    const auto excluded = wrapped(0xa2, wrapped(0x30, wrapped(0x16, {base.begin(), base.end()})));
    std::vector<std::uint8_t> content = test::from_hex("a00a30081606617474657374");
    content.insert(content.end(), excluded.begin(), excluded.end());
    const ChainVerdict voided = with({{enhanced, wrapped(0x30, content)}});
    EXPECT_EQ(voided.standing, Reason::verified) << voided.text;
    EXPECT_TRUE(voided.facts.constraints.empty()) << base;
  }
}

}  // namespace
}  // namespace stirline::crypto::chain_rules_test
