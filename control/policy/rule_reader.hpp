// From a document of rules to rules: common policy with the conditions and actions of spit-policy and its modules
// (SPIT-CP-01 to -07, SPIT-PL-01 to -03). What the document means for this user at this moment: his sphere, his time.
//
// Any thread; one document belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/policy/rule.hpp"
#include "control/policy/time_period.hpp"
#include "control/xcap/xml_document.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::policy {

// Whose actions count in a document: those of the other say nothing there.
enum class RuleUsage : std::uint8_t { spit_policy, presence };

// What rules refer to without saying it.
struct RuleContext {
  RuleUsage usage = RuleUsage::spit_policy;
  std::string sphere = {};                   // of the user, now; empty: undefined (RFC 4745 7.3)
  std::vector<std::string> activities = {};  // of his presence (RPID), now
  TimeWindow window = {};                    // for which periods of time are spread out
  sip::DialPlan dial_plan = {};              // for numbers that are not written in full
};

// A mistake that the writer must mend before the document is taken (SPIT-XC-07): not merely something unknown.
struct RuleMistake {
  std::string text = {};  // a phrase: "rule r3: sp:response: 200 is no refusal"
  long line = 0;          // of the document
};

[[nodiscard]] std::expected<config::policy::Rules, RuleMistake> read_rules(XmlElement ruleset,
                                                                           const RuleContext& context);

// Namespaces of conditions and actions that are understood: what xcap-caps announces (SPIT-FW-03).
[[nodiscard]] std::vector<std::string_view> rule_namespaces();

}  // namespace stirline::control::policy
