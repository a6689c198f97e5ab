#include "crypto_workers/stir/verification_service.hpp"

#include <algorithm>

#include "crypto_workers/passport/token_type.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "crypto_workers/stir/session_keys.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/headers/priority.hpp"
#include "sip_parser/headers/resource_priority.hpp"
#include "sip_parser/parameters.hpp"

namespace stirline::crypto {
namespace {

using sip::detail::is;
using sip::detail::lower;

constexpr std::string_view kVerstat = "verstat";

// "verstat" in any case, escapes undone: "%56erStat" names the same parameter (RFC 3261 19.1.4).
bool names_verstat(std::string_view name) {
  std::size_t matched = 0;
  while (!name.empty()) {
    char c = name.front();
    std::size_t taken = 1;
    if (c == '%' && name.size() >= 3 && is(name[1], sip::detail::kHex) && is(name[2], sip::detail::kHex)) {
      const auto nibble = [](char digit) {
        return is(digit, sip::detail::kDigit) ? digit - '0' : lower(digit) - 'a' + 10;
      };
      c = static_cast<char>(nibble(name[1]) * 16 + nibble(name[2]));
      taken = 3;
    }
    if (matched == kVerstat.size() || lower(c) != kVerstat[matched]) {
      return false;
    }
    ++matched;
    name.remove_prefix(taken);
  }
  return matched == kVerstat.size();
}

class Marker {
 public:
  Marker(std::string_view octets, const sip::DialPlan& dial_plan, MarkPlan& plan)
      : octets_(octets), dial_plan_(dial_plan), plan_(plan) {}

  void remove(sip::Span span) {
    if (plan_.removal_count == plan_.removals.size()) {
      plan_.complete = false;
      return;
    }
    plan_.removals[plan_.removal_count++] = span;
  }

  void identity(const sip::NameAddr& name_addr) {
    const sip::Uri& uri = name_addr.uri;
    const bool is_tel = uri.scheme == sip::Scheme::tel;
    if (!is_tel) {
      strip_behind(uri.user);
      strip_behind(uri.password);
    }
    strip_uri_parameters(uri.params);
    strip_header_parameters(name_addr.params);
    if (sip::telephone_number(octets_, uri, dial_plan_)) {
      mark(name_addr, is_tel);
    }
  }

 private:
  // In front of '@' in a SIP URI, at the end of a tel URI (TS 24.229 7.2A.20).
  void mark(const sip::NameAddr& name_addr, bool is_tel) {
    const sip::Uri& uri = name_addr.uri;
    MarkPlan::Mark& mark = plan_.marks[plan_.mark_count++];
    mark.offset = static_cast<std::uint16_t>(is_tel ? uri.whole.end() : uri.user.end());
    if (!name_addr.bracketed) {
      mark.bracket = uri.whole;
    }
  }

  // Parameters of a number inside a user part: all behind the first ';'.
  void strip_behind(sip::Span user) {
    const std::size_t semicolon = sip::text(octets_, user).find(';');
    if (semicolon != std::string_view::npos) {
      strip_uri_parameters(sip::detail::span_between(user.offset + semicolon + 1, user.end()));
    }
  }

  // No quotes in a URI: a ';' always separates, and empty parameters hide nothing.
  void strip_uri_parameters(sip::Span parameters) {
    if (parameters.empty()) {
      return;
    }
    std::size_t begin = parameters.offset;
    while (begin <= parameters.end()) {
      const std::size_t end = std::min<std::size_t>(octets_.find(';', begin), parameters.end());
      const std::string_view parameter = octets_.substr(begin, end - begin);
      if (names_verstat(parameter.substr(0, parameter.find('=')))) {
        remove(sip::detail::span_between(begin - 1, end));
      }
      begin = end + 1;
    }
  }

  void strip_header_parameters(sip::Span parameters) {
    sip::detail::ParameterCursor cursor(octets_, parameters);
    sip::detail::ParameterItem item;
    while (cursor.next(item) == sip::detail::ParameterCursor::Step::item) {
      if (names_verstat(sip::text(octets_, item.name))) {
        remove(item.whole);
      }
    }
  }

  std::string_view octets_;
  const sip::DialPlan& dial_plan_;
  MarkPlan& plan_;
};

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

MarkPlan plan_marks(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan) {
  MarkPlan plan;
  Marker marker(octets, dial_plan, plan);
  for (const sip::HeaderLine& line : message.headers()) {
    if (line.id == sip::HeaderId::attestation_info || line.id == sip::HeaderId::origination_id) {
      marker.remove(line.whole());
    }
  }
  marker.identity(message.from());
  for (const sip::NameAddr& asserted : message.asserted_identities()) {
    marker.identity(asserted);
  }
  return plan;
}

bool apply_marks(const MarkPlan& plan, std::string_view mark, sip::EditList& edits) {
  bool fits = plan.complete;
  for (std::size_t i = 0; i < plan.removal_count; ++i) {
    fits = edits.remove(plan.removals[i]) && fits;
  }
  if (mark.empty()) {
    return fits;
  }
  for (std::size_t i = 0; i < plan.mark_count; ++i) {
    const MarkPlan::Mark& place = plan.marks[i];
    const bool bracket = !place.bracket.empty();
    fits = (!bracket || edits.insert(place.bracket.offset, "<")) && fits;
    fits = edits.insert(place.offset, mark) && fits;
    fits = (!bracket || edits.insert(static_cast<std::uint16_t>(place.bracket.end()), ">")) && fits;
  }
  return fits;
}

std::string_view verstat_parameter(Verdict verdict) {
  switch (verdict) {
    case Verdict::none:
      return ";verstat=No-TN-Validation";
    case Verdict::valid:
      return ";verstat=TN-Validation-Passed";
    case Verdict::invalid:
      return ";verstat=TN-Validation-Failed";
  }
  return {};
}

}  // namespace stirline::crypto
