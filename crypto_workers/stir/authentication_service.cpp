#include "crypto_workers/stir/authentication_service.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "crypto_workers/stir/session_keys.hpp"
#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::crypto {
namespace {

using sip::detail::equal_ignoring_case;

// Numbers that reach emergency services somewhere: an inline device on an interconnect cannot know the country of the
// caller, and a call too many passed on unsigned does no harm.
constexpr std::array<std::string_view, 6> kEmergencyNumbers = {"112", "911", "999", "000", "110", "119"};

// urn:service:sos and its children, urn:service:sos.police (RFC 5031 4.2).
bool is_sos_urn(std::string_view uri) {
  constexpr std::string_view kSos = "urn:service:sos";
  return uri.size() >= kSos.size() && equal_ignoring_case(uri.substr(0, kSos.size()), kSos) &&
         (uri.size() == kSos.size() || uri[kSos.size()] == '.');
}

bool is_emergency_uri(std::string_view octets, const sip::Uri& uri) {
  if (uri.scheme == sip::Scheme::urn) {
    return is_sos_urn(sip::text(octets, uri.whole));
  }
  // Local numbers of any context count: tel:112;phone-context=example.com is no less urgent.
  const std::string_view user = sip::text(octets, uri.user);
  auto number = sip::canonical_number(user.substr(0, user.find(';')), sip::DialPlan{});
  if (!number) {
    number = sip::telephone_number(octets, uri, sip::DialPlan{});  // escapes undone
  }
  return number && std::ranges::find(kEmergencyNumbers, number->view()) != kEmergencyNumbers.end();
}

// Is there a token about the caller: shaken, or for a message msg?
bool already_signed(const sip::Message& message, std::string_view octets, TokenType type) {
  // Header fields beyond the limit are not read: one of them may be what is looked for.
  return message.identities_seen() > message.identities().size() ||
         std::ranges::any_of(message.identities(), [&](const sip::IdentityHeader& identity) {
           const std::string_view ppt = sip::text(octets, identity.ppt);
           return equal_ignoring_case(ppt, kShaken) || equal_ignoring_case(ppt, facts(type).ppt);
         });
}

// Of the request's priorities those of the given namespaces.
sip::ResourcePriorityList priorities_of(const sip::Message& message, std::string_view octets,
                                        std::span<const std::string> namespaces) {
  sip::ResourcePriorityList chosen;
  if (namespaces.empty() || message.first(sip::HeaderId::resource_priority) == nullptr) {
    return chosen;
  }
  const auto all = sip::read_resource_priorities(message, octets).value_or(sip::ResourcePriorityList{});
  for (const sip::ResourcePriority& priority : all.view()) {
    const auto same = [&](const std::string& name) {
      return equal_ignoring_case(sip::text(octets, priority.name_space), name);
    };
    if (std::ranges::any_of(namespaces, same)) {
      static_cast<void>(chosen.push(priority));
    }
  }
  return chosen;
}

bool is_stale(std::int64_t date, std::int64_t now, std::int64_t tolerance) {
  return date < now - tolerance || date > now + tolerance;
}

}  // namespace

std::string_view to_string(NotSigned reason) {
  switch (reason) {
    case NotSigned::other_method:
      return "other_method";
    case NotSigned::in_dialog:
      return "in_dialog";
    case NotSigned::already_signed:
      return "already_signed";
    case NotSigned::emergency:
      return "emergency";
    case NotSigned::date_malformed:
      return "date_malformed";
    case NotSigned::date_stale:
      return "date_stale";
    case NotSigned::no_originator:
      return "no_originator";
    case NotSigned::no_destination:
      return "no_destination";
    case NotSigned::destination:
      return "destination";
    case NotSigned::anonymous:
      return "anonymous";
    case NotSigned::media_keys_unreadable:
      return "media_keys_unreadable";
  }
  return {};
}

bool is_emergency(const sip::Message& message, std::string_view octets) {
  return goes_to_emergency(message, octets) ||
         (message.kind() == sip::Kind::request && is_emergency_uri(octets, message.to().uri));
}

bool goes_to_emergency(const sip::Message& message, std::string_view octets) {
  return message.kind() == sip::Kind::request && is_emergency_uri(octets, message.request_uri());
}

std::expected<SignPlan, NotSigned> plan_signing(const sip::Message& message, std::string_view octets,
                                                const SignPolicy& policy, std::int64_t now) {
  const bool is_call = message.method() == sip::Method::invite;
  const bool is_message = message.method() == sip::Method::message;
  const bool signs_first_hand = (is_call && policy.calls) || (is_message && policy.messages);
  const bool signs_diverted = (is_call || is_message) && policy.diversions;
  if (message.kind() != sip::Kind::request || !(signs_first_hand || signs_diverted)) {
    return std::unexpected(NotSigned::other_method);
  }
  if (is_emergency(message, octets)) {
    return std::unexpected(NotSigned::emergency);
  }
  if (!message.to().tag.empty()) {
    return std::unexpected(NotSigned::in_dialog);
  }
  SignPlan plan;
  plan.type = is_call ? TokenType::shaken : TokenType::msg;
  if (already_signed(message, octets, plan.type)) {
    plan.type = TokenType::div;
  }
  const bool diverted = plan.type == TokenType::div;
  if (!diverted && !signs_first_hand) {
    return std::unexpected(NotSigned::other_method);
  }
  if (diverted && (!policy.diversions || message.identities_seen() >= sip::kMaxIdentities)) {
    return std::unexpected(NotSigned::already_signed);
  }
  if (message.date_malformed()) {
    return std::unexpected(NotSigned::date_malformed);
  }
  plan.iat = message.date().value_or(now);
  plan.insert_date = !message.date() && !diverted;
  if (is_stale(plan.iat, now, policy.date_tolerance_seconds)) {
    return std::unexpected(NotSigned::date_stale);
  }
  const ExtractedIdentity orig = extract_originator(message, octets, policy.dial_plan, policy.originator);
  if (!orig.number) {
    return std::unexpected(is_anonymous(octets, message.from().uri) ? NotSigned::anonymous : NotSigned::no_originator);
  }
  plan.orig = *orig.number;
  const ExtractedIdentity dest = diverted ? extract_target(message, octets, policy.dial_plan)
                                          : extract_destination(message, octets, policy.dial_plan);
  if (!dest.number) {
    return std::unexpected(diverted ? NotSigned::already_signed : NotSigned::no_destination);
  }
  plan.dest = *dest.number;
  const auto begins_dest = [&](const std::string& prefix) { return plan.dest.view().starts_with(prefix); };
  if (std::ranges::any_of(policy.unsigned_destinations, begins_dest)) {
    return std::unexpected(NotSigned::destination);
  }
  if (diverted) {
    plan.diverters = read_diverters(message, octets, policy.dial_plan, plan.dest);
    if (plan.diverters.empty()) {
      return std::unexpected(NotSigned::already_signed);
    }
    return plan;
  }
  const auto media_keys = read_session_keys(message, octets);
  if (!media_keys) {
    return std::unexpected(NotSigned::media_keys_unreadable);
  }
  plan.media_keys = *media_keys;
  if (is_call) {
    plan.priorities = priorities_of(message, octets, policy.priorities);
  }
  return plan;
}

}  // namespace stirline::crypto
