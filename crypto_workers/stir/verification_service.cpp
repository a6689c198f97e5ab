#include "crypto_workers/stir/verification_service.hpp"

#include <algorithm>

#include "crypto_workers/passport/token_type.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "crypto_workers/stir/session_keys.hpp"
#include "sip_parser/headers/priority.hpp"
#include "sip_parser/headers/resource_priority.hpp"

namespace stirline::crypto {
namespace {

Place place_of(const sip::Message& message) {
  if (message.kind() == sip::Kind::response) {
    return Place::response;
  }
  switch (message.method()) {
    case sip::Method::invite:
      return Place::invite;
    case sip::Method::message:
      return Place::message;
    default:
      return Place::other_request;
  }
}

// What only some types of tokens are compared with: read if one of them is there.
void plan_extensions(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                     VerifyJob& job) {
  ClaimSet claims;
  bool diverted = false;
  for (const sip::IdentityHeader& identity : message.identities()) {
    if (const TokenTypeFacts* const type = find_token_type(sip::text(octets, identity.ppt))) {
      claims = claims | type->required | type->meaning;
      diverted = diverted || type->subject == Subject::div;
    }
  }
  job.body = claims.has(Claim::msgi) ? message.body() : sip::Span{};
  job.priorities = {};
  job.psap_callback = false;
  if (claims.has(Claim::rph)) {
    // Header fields that cannot be read prove nothing and confirm nothing.
    job.priorities = sip::read_resource_priorities(message, octets).value_or(sip::ResourcePriorityList{});
    const auto priority = sip::read_priority(message, octets).value_or(std::nullopt);
    job.psap_callback = priority == sip::Priority::psap_callback;
  }
  job.diverted = diverted;
  job.target.reset();
  job.target_uri = {};
  if (diverted && message.kind() == sip::Kind::request) {
    const ExtractedIdentity target = extract_target(message, octets, dial_plan);
    job.target = target.number;
    job.target_uri = target.uri;
  }
}

}  // namespace

void plan_verification(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                       Originator originator, const VerifyPolicy& policy, std::int64_t now, VerifyJob& job) {
  job.message = octets;
  job.now = now;
  job.policy = policy;
  job.date = message.date();
  job.date_malformed = message.date_malformed();

  const ExtractedIdentity orig = extract_originator(message, octets, dial_plan, originator);
  const ExtractedIdentity dest = extract_destination(message, octets, dial_plan);
  job.has_orig = orig.number.has_value();
  job.has_dest = dest.number.has_value();
  job.orig = orig.number.value_or(sip::TelephoneNumber{});
  job.dest = dest.number.value_or(sip::TelephoneNumber{});
  job.orig_uri = orig.uri;
  job.dest_uri = dest.uri;

  job.place = place_of(message);
  plan_extensions(message, octets, dial_plan, job);

  const auto media_keys = read_session_keys(message, octets);
  job.media_keys_readable = media_keys.has_value();
  job.media_keys = media_keys.value_or(sip::MediaKeys{});

  const auto identities = message.identities();
  std::ranges::copy(identities, job.identities.begin());
  job.identity_count = static_cast<std::uint8_t>(identities.size());
}

}  // namespace stirline::crypto
