// Identities as documents and files of people write them, in the form in which calls carry them after extraction, so
// that "tel:+1-212-555-1234" is the verified 12125551234 (SPIT-CP-03, STIR-ID-04, STIR-ID-05).
//
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sip_parser/telephone_number.hpp"

namespace stirline::control::policy {

// Digits, or a normalized sip or sips URI. Nothing if `uri` is neither a sip, sips or tel URI nor a number ("+1 212
// ...").
[[nodiscard]] std::optional<std::string> canonical_identity(std::string_view uri, const sip::DialPlan& dial_plan);

// A domain for comparing: escapes undone, in A-labels and small letters (RFC 4745 7.2). Nothing if it is no domain.
[[nodiscard]] std::optional<std::string> canonical_domain(std::string_view domain);

}  // namespace stirline::control::policy
