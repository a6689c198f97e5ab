// From what a user keeps over XCAP to what packet cores read of him: his rules as they are with his profile and at this
// time, laid out (SPIT-PL-07, SPIT-FW-09). Also the sets that hold for many users.
//
// Pure functions of their arguments; any thread. Errors are phrases about what a document's writer has to mend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/facts.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/rule.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/policy/time_period.hpp"
#include "control/policy/user_profile.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control::policy {

// For how long recurring periods of time are spread out: whoever compiles at least once in 32 days is never without.
inline constexpr std::int64_t kWindowBefore = 86'400;      // seconds
inline constexpr std::int64_t kWindowAfter = 32 * 86'400;  // seconds
[[nodiscard]] TimeWindow window_at(std::int64_t now);

// A set of rules, laid out.
struct CompiledSet {
  std::vector<std::byte> octets;  // of write_rule_set()
  bool recurs = false;            // speaks of time: to be compiled anew as time goes on
};
[[nodiscard]] std::expected<CompiledSet, std::string> compile_set(const config::policy::Rules& rules,
                                                                  const config::policy::KeySecret& secret);

// The text of a rule set read and laid out, for a user of that profile.
[[nodiscard]] std::expected<CompiledSet, std::string> compile_document(std::string_view text,
                                                                       const UserProfile& profile, std::int64_t now,
                                                                       const config::policy::KeySecret& secret);

// Whether any user could have this document, in whatever sphere he is: for the one who writes it.
[[nodiscard]] std::expected<void, std::string> check_rules(XmlElement ruleset, std::int64_t now);

// The same of one of pres-rules.
[[nodiscard]] std::expected<void, std::string> check_presence_rules(XmlElement ruleset, std::int64_t now);

// Whose calls the documents of an XUI are about: its own canonical identity and nobody else's (SPIT-FW-07). kNoKey: it
// is nothing that can be called.
[[nodiscard]] config::policy::Key called_key(std::string_view xui, const config::policy::KeySecret& secret);

struct UserDocuments {
  std::string owner;  // XUI
  std::optional<std::string> rules;
  std::optional<std::string> profile;
  std::vector<std::string> presence = {};              // of pres-rules, by name
  std::vector<config::policy::Contact> contacts = {};  // those whom a rule blocks by name do not count

  [[nodiscard]] bool any() const { return rules || profile || !presence.empty() || !contacts.empty(); }
};

struct CompiledUser {
  config::policy::Key called = config::policy::kNoKey;
  config::policy::FactWord facts = 0;  // kAnyUser complete
  std::vector<std::byte> rules;        // empty: he has none
  bool recurs = false;
};

[[nodiscard]] std::expected<CompiledUser, std::string> compile_user(const UserDocuments& documents, std::int64_t now,
                                                                    const config::policy::KeySecret& secret);

}  // namespace stirline::control::policy
