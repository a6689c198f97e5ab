#include "config/policy/listed_call.hpp"

#include <algorithm>
#include <bit>

namespace stirline::config::policy {

ListTable::Answer add_lists(const ListTable& lists, DescribedCall& call) {
  if (!call.asks(KeyKind::list) || lists.empty()) {
    return {};
  }
  CallFacts& facts = call.facts;
  call.shown.identity = facts.caller;
  call.shown.domain = facts.caller_domain;
  const ListTable::Answer answer = lists.ask(call.shown, call.claimed, facts.now);
  const bool claims_black = answer.of_claim.has(List::black) && !answer.of_caller.has(List::black);
  facts.score = std::max(facts.score, claims_black ? lists.claim_score() : std::uint8_t{0});
  unsigned on = answer.of_caller.lists | (answer.of_claim.lists & ~unsigned{list_bit(List::black)});
  auto& words = facts.texts[static_cast<std::size_t>(KeyKind::list)];
  for (; on != 0; on &= on - 1) {
    static_cast<void>(words.push(lists.word_of(static_cast<List>(std::countr_zero(on)))));
  }
  return answer;
}

}  // namespace stirline::config::policy
