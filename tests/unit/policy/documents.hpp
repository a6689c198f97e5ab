// Documents of users and operators, and the tables that come of them, for tests.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "config/policy/judge.hpp"
#include "control/policy/rule_keeper.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::control::policy::test {

inline std::string ruleset(std::string_view rules) {
  return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\" "
         "xmlns:sa=\"urn:ietf:params:xml:ns:statistical-analysis\">\n" +
         std::string(rules) + "</ruleset>";
}

inline std::string rule(std::string_view id, std::string_view conditions, std::string_view handling) {
  return "<rule id=\"" + std::string(id) + "\"><conditions>" + std::string(conditions) +
         "</conditions><actions><sp:handling>" + std::string(handling) + "</sp:handling></actions></rule>\n";
}

// One rule without conditions.
inline std::string always(std::string_view handling) {
  return ruleset(rule("r", "", handling));
}

inline std::string profile(std::string_view parts) {
  return "<profile xmlns=\"urn:stirline:xml:ns:user-profile\">" + std::string(parts) + "</profile>";
}

// The images as a packet core has them; they stay while this is used.
inline config::policy::PolicyTables tables_of(const RuleImages& images) {
  config::policy::PolicyTables tables;
  const auto common = config::policy::CommonRules::open(*images.common);
  EXPECT_TRUE(common.has_value()) << (common ? "" : common.error().text);
  tables.common = common.value_or(config::policy::CommonRules());
  for (std::size_t i = 0; i < images.users.size(); ++i) {
    const auto shard = config::policy::UserShard::open(*images.users[i]);
    EXPECT_TRUE(shard.has_value()) << (shard ? "" : shard.error().text);
    tables.users[i] = shard.value_or(config::policy::UserShard());
  }
  return tables;
}

inline config::policy::Judgement judged(const RuleImages& images, std::string_view called,
                                        const config::policy::CallFacts& call) {
  const config::policy::PolicyTables tables = tables_of(images);
  return config::policy::judge(tables, config::policy::identity_key(tables.common.secret(), called), call);
}
inline config::policy::Handling handling_of(const RuleImages& images, std::string_view called) {
  return judged(images, called, config::policy::test::plain_call()).outcome.handling;
}

}  // namespace stirline::control::policy::test
