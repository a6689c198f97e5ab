#include "control/policy/rule_reader.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "control/policy/rule_names.hpp"
#include "control/policy/rule_parts.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::Actions;
using config::policy::Component;
using config::policy::Handling;
using config::policy::Rule;
using config::policy::Rules;

enum class Unknown : std::uint8_t { never_matches, says_nothing };

// RFC 4745 7: a condition that is not known is false; an action that is not known permits nothing.
std::expected<void, RuleMistake> read_parts(XmlElement parent, PartReader (*find)(XmlElement), Unknown unknown,
                                            const RuleContext& context, Rule& rule) {
  for (const XmlElement part : parent.children()) {
    const PartReader read = find(part);
    if (read == nullptr) {
      rule.never = rule.never || unknown == Unknown::never_matches;
      continue;
    }
    if (const auto taken = read(part, context, rule); !taken) {
      return std::unexpected(
          RuleMistake{"rule " + rule.id + ": " + std::string(part.name()) + ": " + taken.error(), part.line()});
    }
  }
  return {};
}

// A rule that says several things does the one that permits most; what belongs to the others goes.
void settle(Actions& actions) {
  // "allow" beside a mark means "allow, marked": else the mark would say nothing.
  if (actions.mark && (actions.handling == Handling::none || actions.handling == Handling::allow)) {
    actions.handling = Handling::allow_marked;
  }
  if (actions.handling != Handling::challenge) {
    actions.component = Component::none;
    actions.work = 0;
  }
  if (actions.handling != Handling::block) {
    actions.response = 0;
    actions.phrase.clear();
  }
  if (actions.handling != Handling::challenge && actions.handling != Handling::forward) {
    actions.target.clear();
  }
}

std::expected<Rule, RuleMistake> read_rule(XmlElement element, const RuleContext& context) {
  Rule rule;
  const bool is_presence = context.usage == RuleUsage::presence;
  rule.id = element.attribute("id").value_or("");
  if (rule.id.empty() || rule.id.size() > config::policy::kMaxTextBytes) {
    return std::unexpected(RuleMistake{"a rule needs an id of 1 to 255 octets", element.line()});
  }
  for (const XmlElement child : element.children()) {
    std::expected<void, RuleMistake> read;
    if (child.is(kCommonPolicy, "conditions")) {
      read = read_parts(child, find_condition, Unknown::never_matches, context, rule);
    } else if (child.is(kCommonPolicy, "actions")) {
      read = read_parts(child, is_presence ? find_presence_action : find_action, Unknown::says_nothing, context, rule);
    } else if (child.is(kCommonPolicy, "transformations") && !is_presence) {
      read = read_parts(child, find_transformation, Unknown::says_nothing, context, rule);
    }
    if (!read) {
      return std::unexpected(read.error());
    }
  }
  settle(rule.actions);
  return rule;
}

}  // namespace

std::expected<Rules, RuleMistake> read_rules(XmlElement ruleset, const RuleContext& context) {
  Rules rules;
  if (!ruleset.is(kCommonPolicy, "ruleset")) {
    return std::unexpected(RuleMistake{"the document is no ruleset", ruleset.line()});
  }
  if (const auto evaluation = ruleset.attribute("evaluation", kSpitPolicy)) {
    if (*evaluation != "first-match" && *evaluation != "combine") {
      return std::unexpected(RuleMistake{"evaluation is first-match or combine", ruleset.line()});
    }
    rules.first_match = *evaluation == "first-match";  // SPIT-CP-07
  }
  std::set<std::string> ids;
  for (const XmlElement child : ruleset.children()) {
    if (!child.is(kCommonPolicy, "rule")) {
      continue;
    }
    auto rule = read_rule(child, context);
    if (!rule) {
      return std::unexpected(rule.error());
    }
    if (!ids.insert(rule->id).second) {
      return std::unexpected(RuleMistake{"rule " + rule->id + " is there twice", child.line()});
    }
    if (rules.rules.size() == config::policy::kMaxRules) {
      return std::unexpected(RuleMistake{"more than 1,000 rules", child.line()});
    }
    rules.rules.push_back(std::move(*rule));
  }
  return rules;
}

std::vector<std::string_view> rule_namespaces() {
  return {kCommonPolicy, kSpitPolicy, kHashcash, kStatistics};
}

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.empty()) {
      return words;
    }
    const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::expected<unsigned, std::string> number_of(std::string_view text, unsigned least, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return std::unexpected("\"" + std::string(text.substr(0, 32)) + "\" is no number from " + std::to_string(least) +
                           " to " + std::to_string(most));
  }
  return value;
}

std::expected<bool, std::string> truth_of(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty() || (words.size() == 1 && (words[0] == "true" || words[0] == "1"))) {
    return true;
  }
  if (words.size() == 1 && (words[0] == "false" || words[0] == "0")) {
    return false;
  }
  return std::unexpected("is neither true nor false");
}

std::string small_letters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

}  // namespace stirline::control::policy
