// What this project wants to know of one certificate (RFC 5280 4; RFC 8226; STIR-CE-07, hard list).
//
// Off the packet path: used by the control daemon and by the offline command. Any thread; allocates.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>

#include <openssl/x509.h>

#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/certificate/tn_auth_list.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

struct CertificateFacts {
  std::array<std::uint8_t, kPointBytes> point{};  // public key, uncompressed; all zero if it is not on P-256
  std::int64_t not_before = 0;                    // seconds since 1970, inclusive
  std::int64_t not_after = 0;
  TnAuthList scope;
  ClaimConstraints constraints;
  std::string subject;  // RFC 2253 form
  std::string issuer;
  std::string serial;  // hexadecimal, upper case
};

// Why a certificate cannot be used, with a sentence for an engineer.
struct CertificateProblem {
  Reason reason = Reason::certificate_malformed;
  std::string text;
};

// Subject, issuer, serial and validity of any certificate; point, scope and constraints where it has them.
// Fails with certificate_malformed if a field or one of the STIR extensions cannot be read.
[[nodiscard]] std::expected<CertificateFacts, CertificateProblem> read_facts(const X509& certificate);

// Its TNAuthList, empty if it has none.
[[nodiscard]] std::expected<TnAuthList, CertificateProblem> read_scope(const X509& certificate);

// May it sign PASSporTs? Version 3, P-256 key, no CA, digitalSignature if it has a keyUsage, and a TNAuthList; the
// rest of the SHAKEN profile is a matter for a linter. certificate_profile otherwise.
[[nodiscard]] std::expected<void, CertificateProblem> check_end_entity(X509& certificate,
                                                                       const CertificateFacts& facts);

// True if the only critical extensions OpenSSL does not know are those that are honoured here.
[[nodiscard]] bool critical_extensions_known(const X509& certificate);

}  // namespace stirline::crypto
