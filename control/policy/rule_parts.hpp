// The parts of a rule by the element that says them: one row an element, so that a new condition or action is a new row
// (SPIT-FW-03). Internal to control/policy.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/policy/rule.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control::policy {

// Takes the element into the rule. The error is a phrase about what its writer has to mend.
using PartReader = std::expected<void, std::string> (*)(XmlElement element, const RuleContext& context,
                                                        config::policy::Rule& rule);

struct PartRow {
  std::string_view space;
  std::string_view name;
  PartReader read;
};

// Null: no such part.
[[nodiscard]] PartReader find_condition(XmlElement element);
[[nodiscard]] PartReader find_action(XmlElement element);
[[nodiscard]] PartReader find_transformation(XmlElement element);
[[nodiscard]] PartReader find_presence_action(XmlElement element);  // RFC 5025 3.2

// Words between blanks.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

// A whole number in decimal digits from `least` to `most`; the error is a phrase.
[[nodiscard]] std::expected<unsigned, std::string> number_of(std::string_view text, unsigned least, unsigned most);

// "true", "1" or nothing at all: true; "false", "0": false (xs:boolean).
[[nodiscard]] std::expected<bool, std::string> truth_of(std::string_view text);

[[nodiscard]] std::string small_letters(std::string_view text);

}  // namespace stirline::control::policy
