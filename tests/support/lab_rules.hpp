// Rules about calls as control would send them, for tests and benchmarks without control.
#pragma once

#include <string>
#include <vector>

#include "config/policy/payment_settings.hpp"
#include "config/policy/rule.hpp"
#include "config/tables/image.hpp"
#include "dataplane/state/rule_tables.hpp"

namespace stirline::test {

struct LabUser {
  std::string called;  // canonical
  config::policy::Rules rules = {};
  config::policy::UserGroup group = config::policy::UserGroup::none;
};

struct LabRules {
  std::vector<LabUser> users = {};
  config::policy::Rules legal = {};
  config::policy::Rules operator_hard = {};
  config::policy::Rules operator_soft = {};
  config::tables::Image lists = {};    // of a ListTableWriter; empty: none are sent
  config::tables::Image content = {};  // of a ContentTableWriter; likewise
  config::policy::PaymentSettings payment = {};
  config::policy::KeySecret secret{1, 2, 3, 4};

  // As it would arrive over the wire: sealed memfds, mapped. Every shard that has users, and the common rules.
  [[nodiscard]] dataplane::StagedRules staged() const;
};

// A rule without conditions.
[[nodiscard]] config::policy::Rule lab_rule(std::string id, config::policy::Handling handling);

}  // namespace stirline::test
