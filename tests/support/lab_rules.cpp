#include "tests/support/lab_rules.hpp"

#include <map>
#include <stdexcept>
#include <utility>

#include "config/policy/rule_set_writer.hpp"
#include "tests/support/lab_tables.hpp"

namespace stirline::test {

namespace policy = config::policy;

namespace {

std::vector<std::byte> octets_of(const policy::Rules& rules, const policy::KeySecret& secret) {
  auto octets = policy::write_rule_set(rules, secret);
  if (!octets) {
    throw std::runtime_error(octets.error());
  }
  return std::move(*octets);
}

}  // namespace

dataplane::StagedRules LabRules::staged() const {
  dataplane::StagedRules staged;
  const std::vector<std::byte> law = octets_of(legal, secret);
  const std::vector<std::byte> soft = octets_of(operator_soft, secret);
  const std::vector<std::byte> hard = octets_of(operator_hard, secret);
  staged.common = mapped(
      policy::encode_common_rules({.legal = law, .operator_hard = hard, .operator_soft = soft}, secret, {}, payment));
  if (!lists.empty()) {
    staged.lists = mapped(lists);
  }
  if (!content.empty()) {
    staged.content = mapped(content);
  }
  std::map<std::size_t, policy::UserShardWriter> shards;
  std::vector<std::vector<std::byte>> sets;
  sets.reserve(users.size());  // the writers refer to them
  for (const LabUser& user : users) {
    const policy::Key called = policy::identity_key(secret, user.called);
    const std::size_t number = policy::shard_of(called);
    const policy::FactWord facts = (policy::facts_of_a_stranger() & ~policy::all_of(policy::Fact::group)) |
                                   policy::fact_bit(policy::Fact::group, user.group);
    sets.push_back(octets_of(user.rules, secret));
    shards.try_emplace(number, number, secret).first->second.add(called, facts, sets.back());
  }
  for (const auto& [number, writer] : shards) {
    staged.users.push_back(mapped(writer.take()));
  }
  return staged;
}

policy::Rule lab_rule(std::string id, policy::Handling handling) {
  policy::Rule rule;
  rule.id = std::move(id);
  rule.actions.handling = handling;
  return rule;
}

}  // namespace stirline::test
