// Who may watch a user: documents of pres-rules (RFC 5025), as rules about subscriptions to his presence (SPIT-CL-16,
// SPIT-XC-10).
//
// Any thread; one document belongs to one thread at a time.
#pragma once

#include <expected>
#include <vector>

#include "config/policy/rule.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control::policy {

// Those of a document that say anything about subscriptions; what they say about the contents of presence is the
// presence server's business. "pres-rules/" stands before their ids, for records. `confirm` asks the user for his
// consent, and lets through whom he has granted it.
[[nodiscard]] std::expected<std::vector<config::policy::Rule>, RuleMistake> read_presence_rules(XmlElement ruleset,
                                                                                                RuleContext context);

// Puts those of all documents of a user before his other rules: about a subscription to his presence they decide if one
// of them matches. Of several the one that permits most does, in the order of RFC 5025 3.2.1: block, confirm,
// polite-block, allow, which is not the order of Handling.
void put_presence_first(std::vector<config::policy::Rule> presence, config::policy::Rules& rules);

}  // namespace stirline::control::policy
