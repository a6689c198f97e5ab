#include "perf/pipeline_rules.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "config/policy/list_table_writer.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::perf {
namespace {

using namespace config::policy;

constexpr std::uint32_t kRules = 20;
constexpr std::uint32_t kFriends = 10;  // the rule with the caller
constexpr std::uint64_t kListed = 1'000'000;
constexpr std::uint64_t kRanges = 20'000;

Rule usual_rule(std::uint32_t number, const test::CallSpec& call, std::uint32_t i) {
  Rule rule = test::lab_rule("r" + std::to_string(number), Handling::allow);
  switch (number % 5) {
    case 0:
      rule.identities.push_back(
          {{number == kFriends ? test::originator(call) : std::to_string(12'125'550'000 + i + number),
            "sip:friend" + std::to_string(i * kRules + number) + "@foo.example.com"},
           {}});
      break;
    case 1:
      rule.identities.push_back({{}, {{.domain = "company" + std::to_string(i + number) + ".example"}}});
      break;
    case 2:
      rule.facts = (kAnything & ~all_of(Fact::authentication)) | fact_bit(Fact::authentication, Authentication::none);
      rule.actions.handling = Handling::block;
      break;
    case 3:
      rule.facts = (kAnything & ~all_of(Fact::method)) | fact_bit(Fact::method, CallMethod::message);
      rule.least_score = 80;
      rule.actions.handling = Handling::polite_block;
      break;
    default:
      rule.least_score = 60;
      rule.actions.handling = Handling::allow_marked;
  }
  return rule;
}

// B and C vouch for somebody else than the caller: no identity condition holds for them.
Rule vouched_rule() {
  Rule rule = test::lab_rule("vouched", Handling::allow);
  rule.facts = (kAnything & ~all_of(Fact::authentication)) |
               fact_bit(Fact::authentication, Authentication::verified_b) |
               fact_bit(Fact::authentication, Authentication::verified_c);
  return rule;
}

Rule list_rule(const std::string& list) {
  Rule rule = test::lab_rule(list, Handling::block);
  rule.texts = {{KeyKind::list, {list}}};
  return rule;
}

config::tables::Image lists_of_others(const KeySecret& secret) {
  ListTableWriter writer(secret);
  const std::uint16_t origin = writer.origin("others.csv");
  for (std::uint64_t i = 0; i < kListed; ++i) {
    writer.add(List::black, identity_key(secret, std::to_string(19'000'000'000 + 7 * i)), kForEver, origin);
  }
  for (std::uint64_t i = 0; i < kRanges; ++i) {
    const std::uint64_t first = 30'000'000'000 + 2'000 * i;
    writer.add_range(List::do_not_originate, identity_key(secret, std::to_string(first)),
                     identity_key(secret, std::to_string(first + 999)), kForEver, origin);
  }
  auto image = writer.take();
  if (!image) {
    throw std::runtime_error(image.error());
  }
  return std::move(*image);
}

}  // namespace

test::LabRules rules_of_everybody(std::uint32_t first, std::uint32_t calls) {
  test::LabRules rules;
  rules.legal.rules = {list_rule("do-not-originate")};
  rules.operator_hard.rules = {list_rule("black")};
  rules.lists = lists_of_others(rules.secret);
  std::map<std::string, std::size_t> place_of;  // some numbers are called twice: both callers are friends of theirs
  for (std::uint32_t i = 0; i < calls; ++i) {
    const test::CallSpec call{.number = first + i, .attest = "ABC"[i % 3]};
    const auto [place, is_new] = place_of.try_emplace(test::destination(call), rules.users.size());
    if (!is_new) {
      Rule& friends = rules.users[place->second].rules.rules[kFriends];
      friends.identities.front().ones.push_back(test::originator(call));
      continue;
    }
    Rules own;
    for (std::uint32_t number = 0; number + 1 < kRules; ++number) {
      own.rules.push_back(usual_rule(number, call, i));
    }
    own.rules.push_back(vouched_rule());
    rules.users.push_back({.called = test::destination(call), .rules = std::move(own)});
  }
  return rules;
}

}  // namespace stirline::perf
