// Lays a set of rules out for packet cores. Control's side; any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "config/policy/identity_key.hpp"
#include "config/policy/rule.hpp"

namespace stirline::config::policy {

// The octets of the set, for RuleSet::open(). The error names the rule and what it has too much of (SPIT-FW-06).
[[nodiscard]] std::expected<std::vector<std::byte>, std::string> write_rule_set(const Rules& rules,
                                                                                const KeySecret& secret);

}  // namespace stirline::config::policy
