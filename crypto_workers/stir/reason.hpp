// Why a verdict is what it is: one enumerator a cause, one table row each (RFC 8224 6.2.2; STIR-VS-14).
#pragma once

#include <cstdint>
#include <string_view>

namespace stirline::crypto {

enum class Reason : std::uint8_t {
  verified = 0,
  no_identity,                   // 428 nothing usable
  unsupported_ppt,               // ignored, neither valid nor invalid (STIR-VS-01)
  info_missing,                  // 436
  info_malformed,                // 436
  digest_malformed,              // 438 not three base64url segments
  parameter_malformed,           // 438
  token_too_long,                // 438 STIR-HDR-11
  compact_form,                  // 438 the type must be sent in full form
  header_not_json,               // 438
  payload_not_json,              // 438
  duplicate_member,              // 438 STIR-VS-08
  header_key_missing,            // 436 alg, typ, x5u (or ppt) absent
  x5u_mismatch,                  // 436 x5u differs from info
  typ_unsupported,               // 437
  alg_unsupported,               // 437
  crit_unsupported,              // 437 the header names extensions that must be understood (RFC 7515 4.1.11)
  alg_mismatch,                  // 438 the parameter differs from the token's alg
  ppt_mismatch,                  // 438
  claim_missing,                 // 438
  claim_malformed,               // 438 wrong JSON type or content of orig, dest, iat
  attest_invalid,                // 438
  origid_invalid,                // 438
  not_deterministic,             // 438 profile strict only (STIR-VS-03)
  date_malformed,                // 403
  date_stale,                    // 403
  iat_stale,                     // 403
  iat_in_future,                 // 403
  originator_unknown,            // 438 From and P-Asserted-Identity hold no usable identity
  destination_unknown,           // 438 To holds none
  orig_mismatch,                 // 438 STIR-VS-02
  dest_mismatch,                 // 438
  media_keys_mismatch,           // 438 mky is not of the body's fingerprints (STIR-PT-06)
  media_keys_missing,            // 438 the body has fingerprints, a baseline token no mky
  priority_mismatch,             // 438 rph or sph is not of Resource-Priority and Priority (STIR-RP-01, -04)
  message_mismatch,              // 438 msgi is not the digest of the body (STIR-MS-04)
  chain_incomplete,              // 438 a diversion that does not lead from this call to its caller (STIR-DV-03)
  third_party,                   // ignored: it says something of a caller whom no other token proves (STIR-RC-03)
  certificate_unknown,           // 436 nothing is known under this x5u
  certificate_unavailable,       // 436 what this x5u names could not be fetched a moment ago (STIR-CF-04)
  certificate_malformed,         // 437
  certificate_untrusted,         // 437
  certificate_expired,           // 437 also: not yet valid
  certificate_revoked,           // 437
  certificate_profile,           // 437 no TNAuthList, not P-256, CA, key usage ...
  certificate_scope,             // 437 does not cover the originating number (STIR-VS-09)
  outside_certificate_validity,  // 437 iat or Date outside the certificate's validity (STIR-VS-06)
  signature_malformed,           // 438 not 64 octets
  signature_wrong,               // 438
  claim_constraint,              // 438 the certificate forbids such a token (RFC 8226 8, RFC 9118; STIR-CE-05)
};
inline constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::claim_constraint) + 1;

struct ReasonFacts {
  std::string_view name;    // "signature_wrong": counters, JSON, logs
  std::uint16_t code;       // 0, 403, 428, 436, 437, 438
  std::string_view phrase;  // "Invalid Identity Header"
  bool failed = false;      // the call's number was validated, and failed; false: it could not be validated
  std::string_view text;    // one sentence for an engineer
};
[[nodiscard]] const ReasonFacts& facts(Reason reason);

enum class Verdict : std::uint8_t { none, valid, invalid };
[[nodiscard]] std::string_view to_string(Verdict verdict);  // "none", "valid", "invalid"

// What the callee's network is told (STIR-SH-03; the column verstat of STIR-VS-14): of an invalid call the reason says
// whether its number failed validation, or could not be validated.
[[nodiscard]] std::string_view verstat(Verdict verdict, Reason reason);

}  // namespace stirline::crypto
