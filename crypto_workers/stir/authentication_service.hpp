// The authentication service's questions to a SIP request (RFC 8224 6.1; STIR-AS-02..05, -10..14): may it be signed,
// with which identities and which time. Pure: message and policy in, plan out.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "crypto_workers/passport/token_type.hpp"
#include "crypto_workers/stir/diverters.hpp"
#include "sip_parser/body/media_keys.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/headers/resource_priority.hpp"
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
  bool calls = true;        // INVITE with shaken
  bool messages = true;     // MESSAGE with msg (STIR-AS-14, STIR-MS-01)
  bool diversions = false;  // div for signed requests whose Request-URI is another than their tokens' (STIR-DV-01)
  std::span<const std::string> priorities = {};  // namespaces of Resource-Priority, signed with rph (STIR-RP-01)
  std::span<const std::string> unsigned_destinations = {};  // prefixes of numbers, digits of the international form
  std::int64_t date_tolerance_seconds = 60;                 // STIR-AS-03
};

// Why a request is passed on unsigned. Each has a counter in the data plane.
enum class NotSigned : std::uint8_t {
  other_method,    // STIR-AS-14, or one that the policy leaves out
  in_dialog,       // To tag present (INL-TX-10)
  already_signed,  // carries an Identity about its caller, and was not diverted from anybody of ours (STIR-AS-12)
  emergency,       // urn:service:sos or an emergency number (STIR-AS-13)
  date_malformed,
  date_stale,             // STIR-AS-03
  no_originator,          // neither PAI nor From holds a telephone number
  no_destination,         // To holds none
  destination,            // one that policy leaves out
  anonymous,              // *@anonymous.invalid and no asserted identity (STIR-ID-06)
  media_keys_unreadable,  // the body may hold fingerprints, and they cannot be read: no mky could be right (STIR-AS-07)
};
inline constexpr std::size_t kNotSigned = static_cast<std::size_t>(NotSigned::media_keys_unreadable) + 1;
[[nodiscard]] std::string_view to_string(NotSigned reason);

struct SignPlan {
  TokenType type = TokenType::shaken;  // the token about the request: shaken or msg; div if it has one already
  sip::TelephoneNumber orig;
  sip::TelephoneNumber dest;             // of To; of a div: of the Request-URI
  Diverters diverters;                   // of a div: who may have diverted the request
  std::int64_t iat = 0;                  // the Date, or now if there is none
  bool insert_date = false;              // STIR-AS-02
  sip::MediaKeys media_keys;             // STIR-AS-07
  sip::ResourcePriorityList priorities;  // for a token of type rph beside the first; empty: none
};

// `message` was parsed from `octets`. `now` in seconds since 1970.
[[nodiscard]] std::expected<SignPlan, NotSigned> plan_signing(const sip::Message& message, std::string_view octets,
                                                              const SignPolicy& policy, std::int64_t now);

// True for calls that must never be delayed or blocked: Request-URI or To urn:service:sos..., 112, 911 and the like.
[[nodiscard]] bool is_emergency(const sip::Message& message, std::string_view octets);

// The same of the Request-URI alone: where the call goes, whatever To says.
[[nodiscard]] bool goes_to_emergency(const sip::Message& message, std::string_view octets);

}  // namespace stirline::crypto
