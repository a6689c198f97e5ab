// What the texts of a rule may be: the same where a document is read and where an image is checked, so that no text of
// a user can break a message out of its lines, or take out what the message cannot do without (SPIT-PL-03).
//
// Pure; no heap; any thread.
#pragma once

#include <string_view>

#include "config/policy/rule_set.hpp"

namespace stirline::config::policy {

// A Reason-Phrase (RFC 3261 25.1) of at most kMaxTextBytes octets, without escapes and without UTF-8: no end of a line,
// no control character. Empty is fine.
[[nodiscard]] bool is_reason_phrase(std::string_view text);

// In front of the caller's name, within quotes: 1 to 64 printable ASCII characters without quotes and backslashes.
[[nodiscard]] bool is_name_prefix(std::string_view text);

// What a set of rules may have as a text of that kind: `text` is not empty.
[[nodiscard]] bool is_allowed(RuleText kind, std::string_view text);

}  // namespace stirline::config::policy
