// Certificate revocation lists, direct and indirect (RFC 5280 5, 6.3; STIR-CE-09).
//
// SHAKEN has one indirect list for all CAs, run by the STI-PA, whose key need not lead to the same anchor as the
// certificates do. OpenSSL insists on one anchor for both, so the list is looked up here, with OpenSSL's decoding.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

enum class CrlTrust : std::uint8_t {
  signed_by_known,  // the signature must be good under a certificate given as anchor or CRL signer
  as_given,         // the operator vouches for the file: used even if its signer is unknown. It can only revoke more
};

class RevocationLists {
 public:
  // Certificates whose keys may have signed a list: trust anchors, the STI-PA's. The error is a sentence.
  [[nodiscard]] std::expected<void, std::string> add_signers(std::string_view pem);

  // Adds all lists of `pem`; signers must have been added before.
  // Refuses, and adds nothing, if one is malformed or its signature is not good.
  [[nodiscard]] std::expected<void, std::string> add(std::string_view pem, CrlTrust trust);

  [[nodiscard]] bool empty() const { return lists_.empty(); }

  // True if a list names `certificate`: by serial number in a list of its own issuer, or by issuer and serial number in
  // an indirect one. Distribution points are not compared: they tell where a list is complete, not whom it revokes.
  [[nodiscard]] bool revoked(X509& certificate) const;

  // True if the nextUpdate of a list lies before `at`: an alarm, not a failure (soft fail).
  [[nodiscard]] bool stale(std::int64_t at) const;

 private:
  std::vector<X509Certificate> signers_;
  std::vector<X509RevocationList> lists_;
};

}  // namespace stirline::crypto
