// A certificate authority for tests: issues what the test PKI of the vectors does not hold, right or wrong.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <openssl/x509.h>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::test {

// An extension in OpenSSL's configuration language, or as octets under its OID.
struct ConfiguredExtension {
  std::string name;   // "certificatePolicies"
  std::string value;  // may name a section of kAuthoritySections
};
struct RawExtension {
  std::string oid;
  std::vector<std::uint8_t> octets;
  bool critical = false;
};

// Sections that extensions may name: distribution points of the STI-PA's list (crl_*), those of lists (idp_*), names.
extern const char* const kAuthoritySections;

struct IssuedCertificate {
  crypto::X509Certificate certificate;
  crypto::EvpKey key;

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string key_pem() const;
};

struct CertificateOptions {
  std::string common_name = "SHAKEN 5678";                        // empty: none
  std::vector<std::pair<std::string, std::string>> subject = {};  // what stands before it: {"C", "US"}
  std::string curve = "P-256";                                    // or "RSA": 2,048 bits
  const IssuedCertificate* key_of = nullptr;                      // take this one's key instead of a new one
  std::string digest = "SHA256";                                  // with which the issuer signs
  std::string serial = {};                                        // hexadecimal; empty: the next of a counter
  int version = 3;                                                // 1: without extensions
  bool is_ca = false;
  std::string basic_constraints = {};                   // empty: by is_ca; "none": no such extension
  std::string key_usage = "critical,digitalSignature";  // empty: no such extension
  std::string subject_key_id = "hash";                  // empty: no such extension
  std::vector<std::uint8_t> tn_auth_list = {};          // octets of the extension; empty: none
  bool tn_auth_list_critical = false;
  std::vector<std::uint8_t> constraints = {};  // JWTClaimConstraints, 1.3.6.1.5.5.7.1.27
  std::string unknown_critical_oid = {};       // an extension nobody knows
  std::vector<ConfiguredExtension> extensions = {};
  std::vector<RawExtension> raw_extensions = {};
  std::int64_t not_before = 1'767'225'600;  // 2026-01-01
  std::int64_t not_after = 2'398'377'600;   // 2046-01-01

  // Gives the extension `name` of `extensions` this value, or adds it; or takes it out.
  void set(const std::string& name, const std::string& value);
  void drop(const std::string& name);
};

// Issued by `issuer`, or self-signed if that is null.
[[nodiscard]] IssuedCertificate issue(const CertificateOptions& options, const IssuedCertificate* issuer);

[[nodiscard]] CertificateOptions authority_options(const std::string& common_name);

// What the SHAKEN profile asks for, to the last field (STIR-CE-07): a leaf for SPC 5678, and its issuers.
[[nodiscard]] CertificateOptions shaken_leaf_options();
[[nodiscard]] CertificateOptions shaken_intermediate_options();
[[nodiscard]] CertificateOptions shaken_root_options();

// An entry of a revocation list.
struct RevokedOptions {
  const IssuedCertificate* certificate = nullptr;  // its serial number
  const X509_NAME* issuer = nullptr;               // the entry's certificateIssuer; null: as in the entry before
  std::string unknown_critical_oid = {};
};
struct RevocationListOptions {
  std::vector<RevokedOptions> revoked = {};
  std::vector<ConfiguredExtension> extensions = {};
  std::vector<RawExtension> raw_extensions = {};
  std::int64_t this_update = 1'767'225'600;
  std::int64_t next_update = 2'398'377'600;  // 0: none
};

// The list of `signer`, PEM; signed with the key of `key_of` if that is given.
[[nodiscard]] std::string issue_list(const RevocationListOptions& options, const IssuedCertificate& signer,
                                     const IssuedCertificate* key_of = nullptr);

// The same list as servers have it.
[[nodiscard]] std::string list_der(const std::string& pem);

}  // namespace stirline::test
