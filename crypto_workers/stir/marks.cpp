#include "crypto_workers/stir/marks.hpp"

#include <algorithm>
#include <array>

#include "sip_parser/characters.hpp"
#include "sip_parser/headers/privacy.hpp"
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

class Removals {
 public:
  explicit Removals(MarkPlan& plan) : plan_(&plan) {}

  void add(sip::Span span) { plan_->complete = plan_->removals.push(span) && plan_->complete; }

  void all_of(const sip::Message& message, sip::HeaderId id) {
    if (message.first(id) == nullptr) {
      return;
    }
    for (const sip::HeaderLine& line : message.headers()) {
      if (line.id == id) {
        add(line.whole());
      }
    }
  }

  // Ours is whatever our own side says about a call (TS 24.229 7.2.18, 7.2.19): it comes from no peer and goes to none.
  void inside_information(const sip::Message& message) {
    all_of(message, sip::HeaderId::attestation_info);
    all_of(message, sip::HeaderId::origination_id);
    all_of(message, sip::HeaderId::spam_score);  // SPIT-MK-01, SPIT-FW-05
  }

 private:
  MarkPlan* plan_;
};

class Marker {
 public:
  Marker(std::string_view octets, const sip::DialPlan& dial_plan, Removals removals, MarkPlan& plan)
      : octets_(octets), dial_plan_(dial_plan), removals_(removals), plan_(plan) {}

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
    MarkPlan::Mark mark;
    mark.offset = static_cast<std::uint16_t>(is_tel ? uri.whole.end() : uri.user.end());
    if (!name_addr.bracketed) {
      mark.bracket = uri.whole;
    }
    plan_.complete = plan_.marks.push(mark) && plan_.complete;
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
        removals_.add(sip::detail::span_between(begin - 1, end));
      }
      begin = end + 1;
    }
  }

  void strip_header_parameters(sip::Span parameters) {
    sip::detail::ParameterCursor cursor(octets_, parameters);
    sip::detail::ParameterItem item;
    while (cursor.next(item) == sip::detail::ParameterCursor::Step::item) {
      if (names_verstat(sip::text(octets_, item.name))) {
        removals_.add(item.whole);
      }
    }
  }

  std::string_view octets_;
  const sip::DialPlan& dial_plan_;
  Removals removals_;
  MarkPlan& plan_;
};

// A name with a quote or a backslash in it that is not quoted as a whole is left alone, and so is a URI without angle
// brackets: a name in front of it would make another URI of it.
void plan_name(const sip::NameAddr& from, std::string_view octets, MarkPlan& plan) {
  const std::string_view name = sip::text(octets, from.display_name);
  if (!from.bracketed || (!name.starts_with('"') && name.find_first_of("\"\\") != std::string_view::npos)) {
    return;
  }
  plan.name_form = name.empty()            ? MarkPlan::NameForm::absent
                   : name.starts_with('"') ? MarkPlan::NameForm::quoted
                                           : MarkPlan::NameForm::words;
  plan.caller_name = name.empty() ? sip::detail::span_between(from.uri.whole.offset - 1U, from.uri.whole.offset - 1U)
                                  : from.display_name;
}

bool wants_privacy(const sip::Message& message, std::string_view octets) {
  const auto privacy = sip::read_privacy(message, octets);
  return !privacy || privacy->id;
}

}  // namespace

MarkPlan plan_arrival(const sip::Message& message, TrustDomain domain) {
  MarkPlan plan;
  Removals removals(plan);
  removals.inside_information(message);
  if (domain == TrustDomain::other) {
    removals.all_of(message, sip::HeaderId::p_asserted_identity);
    removals.all_of(message, sip::HeaderId::p_preferred_identity);
  }
  return plan;
}

MarkPlan plan_marks(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                    TrustDomain domain, sip::InsertPosition position) {
  MarkPlan plan = plan_arrival(message, domain);
  plan.lines_at = sip::insertion_offset(message, position);
  plan.target = message.request_uri().whole;
  plan_name(message.from(), octets, plan);
  Marker marker(octets, dial_plan, Removals(plan), plan);
  marker.identity(message.from());
  if (domain == TrustDomain::same) {
    for (const sip::NameAddr& asserted : message.asserted_identities()) {
      marker.identity(asserted);
    }
  }
  return plan;
}

MarkPlan plan_departure(const sip::Message& message, std::string_view octets, TrustDomain domain) {
  MarkPlan plan;
  Removals removals(plan);
  removals.inside_information(message);
  if (domain == TrustDomain::other) {
    removals.all_of(message, sip::HeaderId::p_preferred_identity);
    if (message.first(sip::HeaderId::p_asserted_identity) != nullptr && wants_privacy(message, octets)) {
      removals.all_of(message, sip::HeaderId::p_asserted_identity);
    }
  }
  return plan;
}

namespace {

// Quoted as before, quoted now, or the prefix alone (RFC 3261 25.1: display-name).
bool prefix_name(const MarkPlan& plan, std::string_view prefix, sip::EditList& edits) {
  const std::uint16_t begin = plan.caller_name.offset;
  switch (plan.name_form) {
    case MarkPlan::NameForm::unfit:
      return true;
    case MarkPlan::NameForm::quoted:
      return edits.insert(static_cast<std::uint16_t>(begin + 1), prefix);
    case MarkPlan::NameForm::words:
      return edits.insert(begin, "\"") && edits.insert(begin, prefix) &&
             edits.insert(static_cast<std::uint16_t>(plan.caller_name.end()), "\"");
    case MarkPlan::NameForm::absent:
      return edits.insert(begin, "\"") && edits.insert(begin, prefix) && edits.insert(begin, "\" ");
  }
  return false;
}

}  // namespace

bool apply_marks(const MarkPlan& plan, const Conveyance& conveyance, sip::EditList& edits) {
  bool fits = plan.complete;
  for (const sip::Span& removal : plan.removals.view()) {
    fits = edits.remove(removal) && fits;
  }
  if (!conveyance.lines.empty()) {
    fits = edits.insert(plan.lines_at, conveyance.lines) && fits;
  }
  if (!conveyance.target.empty()) {
    fits = edits.replace(plan.target, conveyance.target) && fits;
  }
  if (!conveyance.name_prefix.empty()) {
    fits = prefix_name(plan, conveyance.name_prefix, edits) && fits;
  }
  if (conveyance.verstat.empty()) {
    return fits;
  }
  for (const MarkPlan::Mark& place : plan.marks.view()) {
    const bool bracket = !place.bracket.empty();
    fits = (!bracket || edits.insert(place.bracket.offset, "<")) && fits;
    fits = edits.insert(place.offset, conveyance.verstat) && fits;
    fits = (!bracket || edits.insert(static_cast<std::uint16_t>(place.bracket.end()), ">")) && fits;
  }
  return fits;
}

std::string_view verstat_parameter(Verdict verdict, Reason reason) {
  constexpr std::array<std::string_view, 3> kParameters = {";verstat=No-TN-Validation", ";verstat=TN-Validation-Passed",
                                                           ";verstat=TN-Validation-Failed"};
  const std::string_view value = verstat(verdict, reason);
  return *std::ranges::find_if(kParameters, [&](std::string_view parameter) { return parameter.ends_with(value); });
}

}  // namespace stirline::crypto
