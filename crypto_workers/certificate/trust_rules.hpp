// What one trust regime asks of its chains.
#pragma once

#include <cstdint>

namespace stirline::crypto {

// How much of the SHAKEN profile counts when a chain is judged. All want a P-256 key in a leaf that is no CA's.
enum class CertificateProfile : std::uint8_t {
  shaken,   // every hard rule, for leaf and intermediates
  rfc8226,  // those for the leaf; issuers may have any algorithm OpenSSL takes at 112 bits, RSA too (STIR-CE-06)
  domains,  // the same, of a leaf that speaks for domains alone: without TNAuthList (STIR-ID-07)
};

struct TrustRules {
  CertificateProfile profile = CertificateProfile::shaken;  // of signers for numbers
  bool domains = false;               // a leaf without TNAuthList may speak for the domains of its subjectAltName
  bool spc_delegates_numbers = true;  // below an SPC any number may be delegated, on the CA's word (STIR-CE-08)
  bool revocation_required = false;   // without a current list for each certificate a chain fails (STIR-CE-09)
};

}  // namespace stirline::crypto
