// The authentication service's questions to a SIP request (RFC 8224 6.1; STIR-AS-02..05, -10..14): may it be signed,
// with which identities and which time. Pure: message and policy in, plan out.
#pragma once

#include <cstdint>
#include <expected>

#include "sip_parser/body/media_keys.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

enum class Originator : std::uint8_t {
  asserted_then_from,  // P-Asserted-Identity if there is a usable one, else From (STIR-ID-01, SHAKEN)
  from,
};

struct SignPolicy {
  sip::DialPlan dial_plan;
  Originator originator = Originator::asserted_then_from;
  std::int64_t date_tolerance_seconds = 60;  // STIR-AS-03
};

// Why a request is passed on unsigned. Each has a counter in the data plane.
enum class NotSigned : std::uint8_t {
  not_invite,      // STIR-AS-14
  in_dialog,       // To tag present (INL-TX-10)
  already_signed,  // carries an Identity with ppt shaken (STIR-AS-12)
  emergency,       // urn:service:sos or an emergency number (STIR-AS-13)
  date_malformed,
  date_stale,             // STIR-AS-03
  no_originator,          // neither PAI nor From holds a telephone number
  no_destination,         // To holds none
  anonymous,              // *@anonymous.invalid and no asserted identity (STIR-ID-06)
  media_keys_unreadable,  // the body may hold fingerprints, and they cannot be read: no mky could be right (STIR-AS-07)
};
inline constexpr std::size_t kNotSigned = static_cast<std::size_t>(NotSigned::media_keys_unreadable) + 1;
[[nodiscard]] std::string_view to_string(NotSigned reason);

struct SignPlan {
  sip::TelephoneNumber orig;
  sip::TelephoneNumber dest;
  std::int64_t iat = 0;       // the Date, or now if there is none
  bool insert_date = false;   // STIR-AS-02
  sip::MediaKeys media_keys;  // STIR-AS-07
};

// `message` was parsed from `octets`. `now` in seconds since 1970.
[[nodiscard]] std::expected<SignPlan, NotSigned> plan_signing(const sip::Message& message, std::string_view octets,
                                                              const SignPolicy& policy, std::int64_t now);

// True for calls that must never be delayed or blocked: Request-URI or To urn:service:sos..., 112, 911 and the like.
[[nodiscard]] bool is_emergency(const sip::Message& message, std::string_view octets);

}  // namespace stirline::crypto
