#include "control/policy/presence_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <utility>

#include "config/policy/facts.hpp"
#include "control/policy/rule_names.hpp"
#include "control/policy/rule_parts.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::Component;
using config::policy::Fact;
using config::policy::Handling;
using config::policy::Result;
using config::policy::Rule;
using config::policy::Truth;

struct SubHandling {
  std::string_view word;
  Handling handling = Handling::none;
};

// By what they permit, from the least (RFC 5025 3.2.1).
constexpr std::array kSubHandlings{
    SubHandling{"block", Handling::block},
    SubHandling{"confirm", Handling::challenge},
    SubHandling{"polite-block", Handling::polite_block},
    SubHandling{"allow", Handling::allow},
};

std::ptrdiff_t permission_of(const Rule& rule) {
  return std::ranges::find(kSubHandlings, rule.actions.handling, &SubHandling::handling) - kSubHandlings.begin();
}

std::expected<void, std::string> read_sub_handling(XmlElement element, const RuleContext& /*context*/, Rule& rule) {
  const std::vector<std::string> words = words_of(element.text());
  const auto* const found =
      words.size() == 1 ? std::ranges::find(kSubHandlings, words[0], &SubHandling::word) : kSubHandlings.end();
  if (found == kSubHandlings.end()) {
    return std::unexpected("is block, confirm, polite-block or allow");
  }
  if (rule.actions.handling == Handling::none || permission_of(rule) < found - kSubHandlings.begin()) {
    rule.actions.handling = found->handling;
    rule.actions.component = found->handling == Handling::challenge ? Component::consent : Component::none;
  }
  return {};
}

}  // namespace

PartReader find_presence_action(XmlElement element) {
  return element.is(kPresenceRules, "sub-handling") ? read_sub_handling : nullptr;
}

std::expected<std::vector<Rule>, RuleMistake> read_presence_rules(XmlElement ruleset, RuleContext context) {
  context.usage = RuleUsage::presence;
  auto read = read_rules(ruleset, context);
  if (!read) {
    return std::unexpected(std::move(read.error()));
  }
  std::vector<Rule> rules = std::move(read->rules);
  std::erase_if(rules, [](const Rule& rule) { return rule.actions.handling == Handling::none; });
  for (Rule& rule : rules) {
    rule.ends = true;
    rule.id = ("pres-rules/" + rule.id).substr(0, config::policy::kMaxTextBytes);
    rule.facts &= ~all_of(Fact::watch) | fact_bit(Fact::watch, Truth::yes);
    if (rule.actions.handling == Handling::challenge) {
      rule.facts &= ~fact_bit(Fact::consent, Result::success);
    }
  }
  return rules;
}

void put_presence_first(std::vector<Rule> presence, config::policy::Rules& rules) {
  std::vector<Rule> all;
  for (const SubHandling& most : kSubHandlings | std::views::reverse) {
    for (Rule& rule : presence) {
      if (rule.actions.handling == most.handling) {
        all.push_back(std::move(rule));
      }
    }
  }
  std::ranges::move(rules.rules, std::back_inserter(all));
  rules.rules = std::move(all);
}

}  // namespace stirline::control::policy
