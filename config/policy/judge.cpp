#include "config/policy/judge.hpp"

namespace stirline::config::policy {
namespace {

UserGroup group_of(FactWord user_facts) {
  for (std::size_t group = 0; group < kUserGroups; ++group) {
    const auto value = static_cast<UserGroup>(group);
    if ((user_facts & fact_bit(Fact::group, value)) != 0) {
      return value;
    }
  }
  return UserGroup::none;
}

// A help desk or an authority turns nobody away: what its own rules would refuse is marked (SPIT-FW-08). The law and
// the operator's hard rules hold for it, too.
void keep_open_house(Judgement& judgement) {
  if (judgement.outcome.handling != Handling::none && judgement.outcome.handling < Handling::allow_marked) {
    judgement.outcome.handling = Handling::allow_marked;
    judgement.outcome.component = Component::none;
    judgement.outcome.work = 0;
    judgement.outcome.response = 0;
    judgement.is_softened = true;
  }
}

}  // namespace

void prefetch_user(const PolicyTables& tables, Key called) {
  tables.users[shard_of(called)].prefetch(called);
}

CalledUser find_user(const PolicyTables& tables, Key called) {
  return tables.users[shard_of(called)].find(called).value_or(CalledUser{.facts = facts_of_a_stranger()});
}

std::optional<std::uint32_t> asked_about(const PolicyTables& tables, const CalledUser& user) {
  if (tables.common.empty() && user.rules.is_null()) {
    return std::nullopt;
  }
  return tables.common.asked() | user.asked;
}

Judgement judge(const PolicyTables& tables, Key called, const CallFacts& call) {
  const CalledUser user = find_user(tables, called);
  user.rules.prefetch();
  return judge(tables, user, call);
}

Judgement judge(const PolicyTables& tables, const CalledUser& user, const CallFacts& call, RuleLimits* limits) {
  Judgement judgement;
  judgement.user = user;
  const FactWord facts = user.rules.with_results(call, call.facts | user.facts);
  const UserGroup group = group_of(judgement.user.facts);
  for (std::size_t i = 0; i < kLayers; ++i) {
    const auto layer = static_cast<Layer>(i);
    const RuleSet& rules = layer == Layer::user ? judgement.user.rules : tables.common.of(layer, group);
    rules.evaluate(call, facts, {limits, layer, layer == Layer::group_default ? group : UserGroup::none},
                   judgement.outcome);
    if (layer == Layer::user) {
      judgement.notify = judgement.outcome.notify;
    }
    if (judgement.outcome.handling == Handling::none) {
      continue;
    }
    if (layer < Layer::user) {  // he has no say, and is told all the same; none of his limits is used up
      Outcome of_user;
      judgement.user.rules.evaluate(call, facts, {}, of_user);
      judgement.notify = of_user.notify;
    }
    judgement.layer = layer;
    judgement.rules = rules;
    if (group == UserGroup::open && layer >= Layer::user) {
      keep_open_house(judgement);
    }
    return judgement;
  }
  return judgement;
}

}  // namespace stirline::config::policy
