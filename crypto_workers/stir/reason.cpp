#include "crypto_workers/stir/reason.hpp"

#include <array>

namespace stirline::crypto {
namespace {

constexpr std::string_view kStaleDate = "Stale Date";
constexpr std::string_view kUseIdentity = "Use Identity Header";
constexpr std::string_view kBadInfo = "Bad Identity Info";
constexpr std::string_view kUnsupported = "Unsupported Credential";
constexpr std::string_view kInvalid = "Invalid Identity Header";

// In the order of the enumeration (RFC 8224 6.2.2; STIR-VS-14).
constexpr std::array<ReasonFacts, kReasons> kFacts = {{
    {"verified", 0, "", false, "The token is right and its signer may speak for the caller."},
    {"no_identity", 428, kUseIdentity, false, "The request carries no usable Identity header field."},
    {"unsupported_ppt", 428, "Use Supported PASSporT Format", false,
     "The PASSporT type is not one that is judged here."},
    {"info_missing", 436, kBadInfo, false, "The Identity header field has no info parameter."},
    {"info_malformed", 436, kBadInfo, false, "The info parameter is not a URI in angle brackets."},
    {"digest_malformed", 438, kInvalid, false, "The token is not made of three base64url segments."},
    {"parameter_malformed", 438, kInvalid, false,
     "A parameter of the Identity header field is malformed or given twice."},
    {"token_too_long", 438, kInvalid, false, "The token exceeds a limit of length, nesting or number of members."},
    {"compact_form", 438, kInvalid, false,
     "This PASSporT must be sent in full form, or cannot be rebuilt without a Date."},
    {"header_not_json", 438, kInvalid, false, "The token's header is not a JSON object."},
    {"payload_not_json", 438, kInvalid, false, "The token's payload is not a JSON object."},
    {"duplicate_member", 438, kInvalid, false, "A JSON object of the token has two members of one name."},
    {"header_key_missing", 436, kBadInfo, false, "The token's header lacks alg, typ, x5u or ppt."},
    {"x5u_mismatch", 436, kBadInfo, false, "The token's x5u differs from the info parameter."},
    {"typ_unsupported", 437, kUnsupported, false, "The token's typ is not passport."},
    {"alg_unsupported", 437, kUnsupported, false, "The token's alg is not ES256."},
    {"crit_unsupported", 437, kUnsupported, false, "The token's header demands extensions that are not known here."},
    {"alg_mismatch", 438, kInvalid, false, "The alg parameter differs from the token's alg."},
    {"ppt_mismatch", 438, kInvalid, false, "The ppt parameter differs from the token's ppt."},
    {"claim_missing", 438, kInvalid, false, "The token lacks a claim that its type demands."},
    {"claim_malformed", 438, kInvalid, false, "A claim is of the wrong JSON type or content."},
    {"attest_invalid", 438, kInvalid, false, "The claim attest is not A, B or C."},
    {"origid_invalid", 438, kInvalid, false, "The claim origid is not a UUID."},
    {"not_deterministic", 438, kInvalid, false, "The token is not its own deterministic serialisation."},
    {"date_malformed", 403, kStaleDate, false, "The compact form needs the Date header field, which is malformed."},
    {"date_stale", 403, kStaleDate, false, "The compact form needs the Date header field, which is not fresh."},
    {"iat_stale", 403, kStaleDate, false, "The claim iat lies too far in the past."},
    {"iat_in_future", 403, kStaleDate, false, "The claim iat lies too far in the future."},
    {"originator_unknown", 438, kInvalid, false, "Neither From nor P-Asserted-Identity holds a usable identity."},
    {"destination_unknown", 438, kInvalid, false, "To holds no usable identity."},
    {"orig_mismatch", 438, kInvalid, false, "The claim orig is not the caller of the request."},
    {"dest_mismatch", 438, kInvalid, false, "The claim dest does not hold the called party of the request."},
    {"media_keys_mismatch", 438, kInvalid, false,
     "The claim mky is not made of the fingerprints in the body of the request."},
    {"media_keys_missing", 438, kInvalid, false,
     "The body has fingerprints of media keys, and the token no claim mky."},
    {"priority_mismatch", 438, kInvalid, false, "A priority that the token claims is not one of the request."},
    {"message_mismatch", 438, kInvalid, false, "The claim msgi is not the digest of the body of the request."},
    {"chain_incomplete", 438, kInvalid, false,
     "The diversion does not lead from the called number to a verified caller."},
    {"third_party", 428, kUseIdentity, false,
     "The token is a third party's, and none of the request proves the caller."},
    {"certificate_unknown", 436, kBadInfo, false, "No certificate is known under the token's x5u."},
    {"certificate_unavailable", 436, kBadInfo, false,
     "The token's x5u could not be fetched a moment ago, and is not tried again yet."},
    {"certificate_malformed", 437, kUnsupported, true, "What the x5u serves is not a readable certificate chain."},
    {"certificate_untrusted", 437, kUnsupported, true, "The certificate chain does not lead to a trust anchor."},
    {"certificate_expired", 437, kUnsupported, true, "A certificate is expired or not yet valid."},
    {"certificate_revoked", 437, kUnsupported, true, "A certificate of the chain is revoked."},
    {"certificate_profile", 437, kUnsupported, true,
     "The certificate does not fit the profile: key, use, CA or TNAuthList."},
    {"certificate_scope", 437, kUnsupported, true,
     "The certificate does not cover the number, or the priority, that the token is about."},
    {"outside_certificate_validity", 437, kUnsupported, true, "The claim iat lies outside the certificate's validity."},
    {"signature_malformed", 438, kInvalid, false, "The signature is not 64 octets long."},
    {"signature_wrong", 438, kInvalid, true, "The signature does not match the token and the certificate."},
    {"claim_constraint", 438, kInvalid, true, "The certificate's claim constraints forbid this token."},
}};

static_assert(kFacts.back().name == "claim_constraint");

}  // namespace

const ReasonFacts& facts(Reason reason) {
  return kFacts[static_cast<std::size_t>(reason)];
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::none:
      return "none";
    case Verdict::valid:
      return "valid";
    case Verdict::invalid:
      return "invalid";
  }
  return {};
}

std::string_view verstat(Verdict verdict, Reason reason) {
  switch (verdict) {
    case Verdict::none:
      return "No-TN-Validation";
    case Verdict::valid:
      return "TN-Validation-Passed";
    case Verdict::invalid:
      return facts(reason).failed ? "TN-Validation-Failed" : "No-TN-Validation";
  }
  return {};
}

}  // namespace stirline::crypto
