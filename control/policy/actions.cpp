// Actions and transformations of rules (SPIT-PL-03): what a rule does to a call that it matches.
#include <algorithm>
#include <array>

#include "config/policy/message_cuts.hpp"
#include "config/policy/removable_fields.hpp"
#include "config/policy/rule_texts.hpp"
#include "config/tables/answer_policy.hpp"
#include "control/policy/rule_names.hpp"
#include "control/policy/rule_parts.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::Actions;
using config::policy::Component;
using config::policy::Handling;
using config::policy::Rule;
using Read = std::expected<void, std::string>;

// A rule that says several things does the most that it permits, as several rules would.
void permit(Handling handling, Rule& rule) {
  rule.actions.handling = std::max(rule.actions.handling, handling);
}

Read read_handling(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  constexpr std::array<std::pair<std::string_view, Handling>, 4> kWords{{
      {"block", Handling::block},
      {"polite-block", Handling::polite_block},
      {"allow-marked", Handling::allow_marked},
      {"allow", Handling::allow},
  }};
  const std::vector<std::string> words = words_of(element.text());
  const auto* const found = words.size() == 1
                                ? std::ranges::find(kWords, words[0], &std::pair<std::string_view, Handling>::first)
                                : kWords.end();
  if (found == kWords.end()) {
    return std::unexpected("is block, polite-block, allow-marked or allow");
  }
  permit(found->second, rule);
  return {};
}

Read read_forward_to(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const std::vector<std::string> words = words_of(element.text());
  if (words.size() != 1 || words[0].size() > config::policy::kMaxTextBytes ||
      !config::tables::is_redirection(words[0])) {
    return std::unexpected("is one sip, sips or tel URI of at most 255 octets");
  }
  rule.actions.target = words[0];
  permit(Handling::forward, rule);
  return {};
}

Read read_hashcash(XmlElement element, Actions& actions) {
  const auto work = number_of(element.attribute("work").value_or("15"), 1, config::policy::kMaxWork);
  if (!work) {
    return std::unexpected("work: " + work.error());
  }
  actions.component = Component::hashcash;
  actions.work = static_cast<std::uint8_t>(*work);
  return {};
}

Read read_turing(XmlElement element, Actions& actions) {
  const std::string target = element.attribute("target").value_or("");
  if (target.size() > config::policy::kMaxTextBytes || !config::tables::is_redirection(target)) {
    return std::unexpected("target is one sip, sips or tel URI of at most 255 octets");
  }
  actions.component = Component::turing;
  actions.target = target;
  return {};
}

// The element inside names the component.
Read read_execute(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const XmlElement component = element.first();
  if (!component || component.next()) {
    return std::unexpected("holds one component");
  }
  Read read;
  if (component.is(kHashcash, "hashcash")) {
    read = read_hashcash(component, rule.actions);
  } else if (component.is(kSpitPolicy, "ivr") || component.is(kSpitPolicy, "captcha")) {
    read = read_turing(component, rule.actions);
  } else if (component.is(kSpitPolicy, "consent")) {
    rule.actions.component = Component::consent;
  } else if (component.is(kSpitPolicy, "pay")) {
    rule.actions.component = Component::payment;
  } else {
    return {};  // a component that is not there permits nothing
  }
  if (read) {
    permit(Handling::challenge, rule);
  }
  return read;
}

Read read_mark(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const auto mark = truth_of(element.text());
  if (!mark) {
    return std::unexpected(mark.error());
  }
  rule.actions.mark = rule.actions.mark || *mark;
  return {};
}

Read read_notify(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const auto notify = truth_of(element.text());
  if (!notify) {
    return std::unexpected(notify.error());
  }
  rule.actions.notify = rule.actions.notify || *notify;
  return {};
}

Read read_response(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const auto code = number_of(element.attribute("code").value_or(""), 400, 699);
  if (!code ||
      config::tables::answer_of_refusal(static_cast<std::uint16_t>(*code)) == config::tables::Answer::forward) {
    return std::unexpected("code is 403, 480, 486, 603, 607 or 608");
  }
  const std::string phrase = element.attribute("phrase").value_or("");
  if (!config::policy::is_reason_phrase(phrase)) {
    return std::unexpected("phrase is at most 255 letters, digits, blanks and any of ;/?:@&=+$,-_.!~*'()");
  }
  rule.actions.response = static_cast<std::uint16_t>(*code);
  rule.actions.phrase = phrase;
  permit(Handling::block, rule);
  return {};
}

Read read_limit(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const auto rate = number_of(element.attribute("cps").value_or(""), 1, 65'535);
  if (!rate) {
    return std::unexpected("cps: " + rate.error());
  }
  rule.actions.limit = static_cast<std::uint16_t>(*rate);
  return {};
}

Read read_strip_header(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const std::string written = small_letters(element.attribute("name").value_or(""));
  const std::string name(config::policy::long_field_name(written));
  if (!config::policy::is_removable_field(name)) {
    return std::unexpected("name \"" + name.substr(0, 64) + "\" is no header field that may be taken out");
  }
  rule.actions.strip_headers.push_back(name);
  return {};
}

Read read_set_display(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const std::string prefix = element.attribute("prefix").value_or("");
  if (!config::policy::is_name_prefix(prefix)) {
    return std::unexpected("prefix is 1 to 64 printable ASCII characters without quotes and backslashes");
  }
  rule.actions.display_prefix = prefix;
  return {};
}

Read read_remove_body_part(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const std::string type = small_letters(element.attribute("type").value_or(""));
  if (!config::policy::is_removable_type(type)) {
    return std::unexpected("type \"" + type.substr(0, 64) + "\" is no media type that may be taken out");
  }
  rule.actions.remove_body_parts.push_back(type);
  return {};
}

constexpr std::array kActions{
    PartRow{kSpitPolicy, "handling", read_handling}, PartRow{kSpitPolicy, "forward-to", read_forward_to},
    PartRow{kSpitPolicy, "execute", read_execute},   PartRow{kSpitPolicy, "mark", read_mark},
    PartRow{kSpitPolicy, "notify", read_notify},     PartRow{kSpitPolicy, "response", read_response},
    PartRow{kSpitPolicy, "limit", read_limit},
};

constexpr std::array kTransformations{
    PartRow{kSpitPolicy, "strip-header", read_strip_header},
    PartRow{kSpitPolicy, "set-display", read_set_display},
    PartRow{kSpitPolicy, "remove-body-part", read_remove_body_part},
};

PartReader find(std::span<const PartRow> rows, XmlElement element) {
  const auto row = std::ranges::find_if(rows, [&](const PartRow& one) { return element.is(one.space, one.name); });
  return row == rows.end() ? nullptr : row->read;
}

}  // namespace

PartReader find_action(XmlElement element) {
  return find(kActions, element);
}

PartReader find_transformation(XmlElement element) {
  return find(kTransformations, element);
}

}  // namespace stirline::control::policy
