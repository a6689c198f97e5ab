// A certificate authority for tests: issues what the test PKI of the vectors does not hold, right or wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <openssl/x509.h>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::test {

struct CertificateOptions {
  std::string common_name = "SHAKEN 5678";
  std::string curve = "P-256";
  int version = 3;
  bool is_ca = false;
  std::string key_usage = "critical,digitalSignature";  // empty: no such extension
  std::vector<std::uint8_t> tn_auth_list = {};          // octets of the extension; empty: none
  bool tn_auth_list_critical = false;
  std::vector<std::uint8_t> constraints = {};  // JWTClaimConstraints, 1.3.6.1.5.5.7.1.27
  std::string unknown_critical_oid = {};       // an extension nobody knows
  std::int64_t not_before = 1'767'225'600;     // 2026-01-01
  std::int64_t not_after = 2'398'377'600;      // 2046-01-01
  std::string alternative_names = {};          // subjectAltName: DNS:a.test,IP:127.0.0.1; empty: no such extension
};

struct IssuedCertificate {
  crypto::X509Certificate certificate;
  crypto::EvpKey key;

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string key_pem() const;
};

// Issued by `issuer`, or self-signed if that is null.
[[nodiscard]] IssuedCertificate issue(const CertificateOptions& options, const IssuedCertificate* issuer);

[[nodiscard]] CertificateOptions authority_options(const std::string& common_name);

}  // namespace stirline::test
