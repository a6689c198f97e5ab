// One decision on a call out of all the rules that have a say in it: the law's, the operator's, the called user's, his
// group's (SPIT-FW-01, SPIT-FW-08, SPIT-PL-06). What a packet core asks, and what `stirline explain` shows.
//
// PolicyTables is a view of images that somebody else keeps mapped. Any thread; no heap.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "config/policy/common_rules.hpp"
#include "config/policy/handling.hpp"
#include "config/policy/list_table.hpp"
#include "config/policy/rule_set.hpp"
#include "config/policy/user_shard.hpp"

namespace stirline::config::policy {

struct PolicyTables {
  CommonRules common;
  std::array<UserShard, kUserShards> users = {};
  ListTable lists = {};  // what they say is added to a call before it is judged: listed_call.hpp
};

struct Judgement {
  Layer layer = Layer::none;  // the first that says anything
  Outcome outcome = {};
  RuleSet rules = {};        // of that layer: outcome.rule and its texts
  CalledUser user = {};      // what is known of the called one
  bool notify = false;       // a rule of his own that matches wants him to be told, whoever decides (SPIT-PL-03)
  bool is_softened = false;  // would have been less, but the user keeps open house (SPIT-FW-08)
};

// `call.facts` holds the facts of the call alone (kAnyCall); those of the user come from the tables.
[[nodiscard]] Judgement judge(const PolicyTables& tables, Key called, const CallFacts& call);

// The same step by step, for whoever has something else to do, or other calls, while memory works: prefetch_user()
// fetches what find_user() reads, and CalledUser::rules.prefetch() what judge() does.
void prefetch_user(const PolicyTables& tables, Key called);
[[nodiscard]] CalledUser find_user(const PolicyTables& tables, Key called);

// Kinds of texts that anybody who has rules for calls to this user asks for, a bit 1 << KeyKind each; nothing: nobody
// has any. The user's rules are not read for it.
[[nodiscard]] std::optional<std::uint32_t> asked_about(const PolicyTables& tables, const CalledUser& user);

// `limits`: asked about each rule with a limit that matches; null: none is used up.
[[nodiscard]] Judgement judge(const PolicyTables& tables, const CalledUser& user, const CallFacts& call,
                              RuleLimits* limits = nullptr);

}  // namespace stirline::config::policy
