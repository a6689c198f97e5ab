// Who calls whom, in canonical form, out of a SIP request: the same answer for the authentication and the verification
// service (RFC 8224 8; STIR-ID-01, -02, -06, -08: a display name is never looked at).
#pragma once

#include <optional>
#include <string_view>

#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

// A number, or else a URI, or neither.
struct ExtractedIdentity {
  std::optional<sip::TelephoneNumber> number;
  UriIdentity uri;
};

// P-Asserted-Identity, if policy trusts it and a value holds a number; else From. Never *@anonymous.invalid.
[[nodiscard]] ExtractedIdentity extract_originator(const sip::Message& message, std::string_view octets,
                                                   const sip::DialPlan& dial_plan, Originator originator);

// The Request-URI: the party that a request has been diverted to (RFC 8946 4.2).
[[nodiscard]] ExtractedIdentity extract_target(const sip::Message& message, std::string_view octets,
                                               const sip::DialPlan& dial_plan);

// To, never the Request-URI.
[[nodiscard]] ExtractedIdentity extract_destination(const sip::Message& message, std::string_view octets,
                                                    const sip::DialPlan& dial_plan);

}  // namespace stirline::crypto
