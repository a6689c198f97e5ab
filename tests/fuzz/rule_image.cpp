// Any octets as a set of rules, a shard of called users, or the common rules: what is accepted is evaluated without
// reading outside of it, and its rules match as the whole says (SPIT-FW-06, SPIT-PL-07). The first octet chooses; the
// next eight are facts of a call.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "config/policy/judge.hpp"
#include "config/tables/records.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::rule_image {
namespace {

using namespace stirline::config;
using namespace stirline::config::policy;

constexpr std::size_t kLead = 1 + sizeof(FactWord);

CallFacts call_of(FactWord octets) {
  CallFacts call;
  for (std::size_t i = 0; i < kFacts; ++i) {
    call.facts |= fact_bit(static_cast<Fact>(i), octets % kFactBits[i]);
    octets /= kFactBits[i];
  }
  call.caller = 12155550112;
  call.score = static_cast<std::uint8_t>(octets % 101);
  call.now = 1'800'000'000;
  return call;
}

void ask(const RuleSet& set, const CallFacts& call) {
  const Outcome outcome = set.evaluate(call);
  Handling most = Handling::none;
  for (std::size_t i = 0; i < set.rules(); ++i) {
    if (set.matches(i, call)) {
      most = std::max(most, set.handling_of(i));
    }
    for (std::size_t kind = 0; kind < kRuleTexts; ++kind) {
      static_cast<void>(set.text(i, static_cast<RuleText>(kind), 2));
    }
  }
  check(outcome.handling <= std::max(most, Handling::allow), "nothing is said that no rule says");
  check(outcome.rule >= Outcome::kContact || set.handling_of(outcome.rule) == outcome.handling,
        "the rule that is named says it");
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size < kLead) {
    return 0;
  }
  FactWord facts = 0;
  std::memcpy(&facts, data + 1, sizeof(facts));
  const CallFacts call = call_of(facts);
  const auto octets = std::as_bytes(std::span(data + kLead, size - kLead));
  tables::Image image(octets.begin(), octets.end());
  if (data[0] % 3 == 0) {
    if (const auto set = RuleSet::open(image)) {
      check(set->octets() <= image.size(), "a set is inside its octets");
      ask(*set, call);
    }
    return 0;
  }
  // The fuzzer cannot guess the hash: it is put in where it is.
  if (const std::uint64_t schema = tables::schema_hash(); image.size() >= sizeof(tables::ImageHeader)) {
    std::memcpy(image.data() + offsetof(tables::ImageHeader, schema), &schema, sizeof(schema));
  }
  PolicyTables tables;
  if (data[0] % 3 == 1) {
    if (const auto shard = UserShard::open(image)) {
      tables.users[shard->number()] = *shard;
    }
  } else if (const auto common = CommonRules::open(image)) {
    tables.common = *common;
  }
  CallFacts from_outside = call;
  from_outside.facts &= kAnyCall;
  const Judgement judgement = judge(tables, 12155550100, from_outside);
  check((judgement.layer == Layer::none) == (judgement.outcome.handling == Handling::none),
        "a layer that decides says something");
  return 0;
}

const Target kTarget("rule_image", run);

}  // namespace
}  // namespace stirline::fuzz::rule_image
