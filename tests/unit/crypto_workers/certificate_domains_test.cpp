// Domains of a certificate (STIR-ID-07; RFC 5922 7.1, 7.2), and chains that speak for domains alone.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "crypto_workers/certificate/chain.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::certificate_domains_test {
namespace {

using test::CertificateOptions;
using test::issue;
using test::IssuedCertificate;
using test::kNow;
using Domains = std::vector<std::string>;

CertificateOptions with_names(const std::string& names) {
  CertificateOptions options;
  options.common_name = "cn.example.org";
  options.extensions = {{"subjectAltName", names}};
  return options;
}

Domains domains(const std::string& names) {
  return read_domains(*issue(with_names(names), nullptr).certificate);
}

// STIR-ID-07
TEST(CertificateDomains, AreThoseOfSipUrisOrElseOfDnsNames) {
  EXPECT_EQ(domains("URI:sip:example.org"), Domains{"example.org"});
  EXPECT_EQ(domains("URI:SIP:Example.ORG"), Domains{"example.org"});
  EXPECT_EQ(domains("DNS:Example.net"), Domains{"example.net"});
  EXPECT_EQ(domains("DNS:b.example,DNS:a.example,DNS:b.example"), (Domains{"a.example", "b.example"}));
  EXPECT_EQ(domains("URI:sip:example.org,DNS:www.example.org"), Domains{"example.org"});  // RFC 5922 7.1
}

// STIR-ID-07: exact names only.
TEST(CertificateDomains, NothingElseIsADomain) {
  for (const char* names :
       {"URI:sip:mike@example.org", "URI:sip:example.org:5060", "URI:sip:example.org;transport=tls",
        "URI:sips:example.org", "URI:https://example.org", "URI:sip:*.example.org", "URI:sip:", "DNS:*.example.org",
        "DNS:.example.org", "DNS:example.org.", "email:mike@example.org", "IP:192.0.2.1"}) {
    EXPECT_EQ(domains(names), Domains{}) << names;
  }
  CertificateOptions nameless = with_names("DNS:x");
  nameless.extensions.clear();
  EXPECT_EQ(read_domains(*issue(nameless, nullptr).certificate), Domains{});  // the CN is never used
  CertificateOptions hidden = with_names("DNS:x");
  hidden.extensions.clear();
  hidden.raw_extensions = {{"2.5.29.17", {0x30, 0x07, 0x82, 0x05, 'a', '.', 'b', 0x00, 'c'}, false}};
  EXPECT_EQ(read_domains(*issue(hidden, nullptr).certificate), Domains{});  // an octet 0 cuts no name short
}

// STIR-ID-07: only where the regime says so, and never for a number.
TEST(CertificateDomains, SpeakForDomainsAndForNoNumber) {
  CertificateOptions ca = test::authority_options("Example CA");
  ca.curve = "RSA";  // STIR-CE-06: outside SHAKEN
  const IssuedCertificate root = issue(ca, nullptr);
  const IssuedCertificate leaf = issue(with_names("URI:sip:example.org"), &root);
  ChainValidator shaken;
  ASSERT_TRUE(shaken.add_anchors(root.pem()));
  EXPECT_EQ(shaken.validate(leaf.pem(), kNow).standing, Reason::certificate_profile);
  ChainValidator domains_too({.domains = true});
  ASSERT_TRUE(domains_too.add_anchors(root.pem()));
  const ChainVerdict verdict = domains_too.validate(leaf.pem(), kNow);
  EXPECT_EQ(verdict.standing, Reason::verified) << verdict.text;
  EXPECT_EQ(verdict.facts.domains, Domains{"example.org"});
  EXPECT_TRUE(verdict.facts.scope.empty());
  EXPECT_FALSE(verdict.facts.scope.covers("12155551212"));
  // Neither numbers nor domains; a CA; a key that ES256 cannot use.
  CertificateOptions nobody = with_names("URI:sip:mike@example.org");
  EXPECT_EQ(domains_too.validate(issue(nobody, &root).pem(), kNow).standing, Reason::certificate_profile);
  CertificateOptions authority = with_names("DNS:example.org");
  authority.is_ca = true;
  EXPECT_EQ(domains_too.validate(issue(authority, &root).pem(), kNow).standing, Reason::certificate_profile);
  CertificateOptions rsa = with_names("DNS:example.org");
  rsa.curve = "RSA";
  EXPECT_EQ(domains_too.validate(issue(rsa, &root).pem(), kNow).standing, Reason::certificate_profile);
}

// STIR-CF-02: one certificate in DER, where the regime is not SHAKEN's alone.
TEST(CertificateDomains, MayComeInDer) {
  const IssuedCertificate root = issue(test::authority_options("Example CA"), nullptr);
  const IssuedCertificate leaf = issue(with_names("DNS:example.org"), &root);
  unsigned char* octets = nullptr;
  const int length = i2d_X509(leaf.certificate.get(), &octets);
  ASSERT_GT(length, 0);
  std::string der(octets, octets + length);
  OPENSSL_free(octets);
  ChainValidator open({.domains = true});
  ASSERT_TRUE(open.add_anchors(root.pem()));
  EXPECT_EQ(open.validate(der, kNow).standing, Reason::verified);
  EXPECT_EQ(open.validate(der + "x", kNow).standing, Reason::certificate_malformed);
  EXPECT_EQ(open.validate(der.substr(0, der.size() - 1), kNow).standing, Reason::certificate_malformed);
  ChainValidator shaken;
  ASSERT_TRUE(shaken.add_anchors(root.pem()));
  EXPECT_EQ(shaken.validate(der, kNow).standing, Reason::certificate_malformed);
}

}  // namespace
}  // namespace stirline::crypto::certificate_domains_test
