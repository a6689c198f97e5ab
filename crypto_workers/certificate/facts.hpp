// What this project wants to know of one certificate (RFC 5280 4; RFC 8226; STIR-CE-07, hard list).
//
// Off the packet path: used by the control daemon and by the offline command. Any thread; allocates.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <openssl/x509.h>

#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/certificate/tn_auth_list.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

struct Validity {
  std::int64_t not_before = 0;  // seconds since 1970, inclusive
  std::int64_t not_after = 0;
};

// As people read them.
struct CertificateNames {
  std::string subject;  // RFC 2253 form
  std::string issuer;
  std::string serial;  // hexadecimal, upper case
};

struct CertificateFacts {
  std::array<std::uint8_t, kPointBytes> point{};  // public key, uncompressed; all zero if it is not on P-256
  std::int64_t not_before = 0;                    // seconds since 1970, inclusive
  std::int64_t not_after = 0;
  TnAuthList scope;
  std::string scope_url;  // where the rest of the TNAuthList is served, if it goes by reference (STIR-CE-04)
  ClaimConstraints constraints;
  std::vector<std::string> domains;  // for which the subject speaks, lower case (STIR-ID-07)
  std::string subject;               // RFC 2253 form
  std::string issuer;
  std::string serial;  // hexadecimal, upper case
};

// Why a certificate cannot be used, with a sentence for an engineer.
struct CertificateProblem {
  Reason reason = Reason::certificate_malformed;
  std::string text;
};

// Subject, issuer, serial and validity of any certificate; all else where it has it.
// Fails with certificate_malformed if a field or one of the STIR extensions cannot be read.
[[nodiscard]] std::expected<CertificateFacts, CertificateProblem> read_facts(const X509& certificate);

[[nodiscard]] CertificateNames read_names(const X509& certificate);

// Nothing if one of the times is unreadable.
[[nodiscard]] std::optional<Validity> read_validity(const X509& certificate);

// Its TNAuthList, empty if it has none.
[[nodiscard]] std::expected<TnAuthList, CertificateProblem> read_scope(const X509& certificate);

// The https URL of id-ad-stirTNList in its authorityInfoAccess (RFC 8226 10.1); empty if it has none.
[[nodiscard]] std::string read_scope_url(const X509& certificate);

// Its claim constraints of either kind, empty if it has none (STIR-CE-05).
[[nodiscard]] std::expected<ClaimConstraints, CertificateProblem> read_constraints(const X509& certificate);

// The domains of its subjectAltName (RFC 5922 7.1): those of `URI:sip:domain`, or if there is none the dNSNames. No
// wildcards, no user, no port; the common name is never used.
[[nodiscard]] std::vector<std::string> read_domains(const X509& certificate);

// True if the only critical extensions OpenSSL does not know are those that are honoured here.
[[nodiscard]] bool critical_extensions_known(const X509& certificate);

}  // namespace stirline::crypto
