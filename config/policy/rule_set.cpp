#include "config/policy/rule_set.hpp"

#include <algorithm>
#include <bit>

#include "config/policy/rule.hpp"
#include "config/policy/rule_set_layout.hpp"

namespace stirline::config::policy {
namespace {

using layout::ConditionHead;
using layout::ConditionKind;
using layout::ContactRow;
using layout::kUnit;
using layout::ManyHead;
using layout::RuleRow;
using layout::RuleTail;
using layout::SetHead;
using layout::TextHead;

template <typename T>
const T* at(const std::byte* octets) {
  return reinterpret_cast<const T*>(octets);
}

// What a condition or a rule consists of, one part behind the other.
class Walk {
 public:
  explicit Walk(const std::byte* octets) : next_(octets) {}

  template <typename T>
  const T& one() {
    return some<T>(1).front();
  }
  template <typename T>
  std::span<const T> some(std::size_t count) {
    const std::span<const T> found(at<T>(next_), count);
    next_ += count * sizeof(T);
    return found;
  }

 private:
  const std::byte* next_;
};

const SetHead& head_of(const std::byte* octets) {
  return *at<SetHead>(octets);
}
const FactWord* admitted_of(const std::byte* octets) {
  return at<FactWord>(octets + sizeof(SetHead));
}
const RuleRow* rows_of(const std::byte* octets) {
  return at<RuleRow>(octets + sizeof(SetHead) + head_of(octets).rules * sizeof(FactWord));
}

const RuleTail* tails_of(const std::byte* octets) {
  return at<RuleTail>(octets + head_of(octets).tails * kUnit);
}

// Few keys are looked at one and all: a wrong guess at a branch costs more. `key` may be kNoKey, which is no one's.
bool has(std::span<const Key> sorted, Key key) {
  constexpr std::size_t kFew = 8;
  if (sorted.size() > kFew) {
    return key != kNoKey && std::ranges::binary_search(sorted, key);
  }
  unsigned same = 0;
  for (const Key one : sorted) {
    same |= one == key ? 1U : 0U;
  }
  return same != 0 && key != kNoKey;
}

// RFC 4745 7.1: nobody is who has not been authenticated. Otherwise goes on to the end of the condition.
bool holds_identity(const ConditionHead& head, Walk& walk, const CallFacts& call) {
  if (call.caller == kNoKey) {
    return false;
  }
  bool found = has(walk.some<Key>(head.first), call.caller);
  for (std::size_t i = 0; i < head.second; ++i) {
    const auto& many = walk.one<ManyHead>();
    const auto exceptions = walk.some<Key>(many.exceptions);
    found = found || ((many.domain == kNoKey || many.domain == call.caller_domain) && !has(exceptions, call.caller) &&
                      !has(exceptions, call.caller_domain));
  }
  return found;
}

bool holds_text(const ConditionHead& head, Walk& walk, const CallFacts& call) {
  const auto any = walk.some<Key>(head.first);
  return std::ranges::any_of(call.texts[head.detail].view(), [&](Key key) { return has(any, key); });
}

bool holds_time(const ConditionHead& head, Walk& walk, const CallFacts& call) {
  const auto intervals = walk.some<Interval>(head.first);
  const auto after = std::ranges::upper_bound(intervals, call.now, {}, &Interval::from);
  return after != intervals.begin() && call.now < std::prev(after)->until;
}

bool holds_one(Walk& walk, const CallFacts& call) {
  const auto& head = walk.one<ConditionHead>();
  switch (static_cast<ConditionKind>(head.kind)) {
    case ConditionKind::identity:
      return holds_identity(head, walk, call);
    case ConditionKind::text:
      return holds_text(head, walk, call);
    case ConditionKind::time:
      return holds_time(head, walk, call);
  }
  return false;
}

constexpr std::array kResultFacts{Fact::puzzle, Fact::turing, Fact::consent, Fact::payment};

constexpr FactWord results(Result value) {
  FactWord word = 0;
  for (const Fact fact : kResultFacts) {
    word |= fact_bit(fact, value);
  }
  return word;
}
constexpr FactWord kNoResults = results(Result::none);

bool is_success(FactWord result) {
  return (result & results(Result::success)) != 0;
}

// All values of the fact that this one is of.
FactWord fact_of_result(FactWord result) {
  FactWord found = 0;
  for (const Fact fact : kResultFacts) {
    found |= (result & all_of(fact)) != 0 ? all_of(fact) : 0;
  }
  return found;
}

// Takes in a rule that matches.
void combine(Outcome& outcome, std::uint16_t index, const RuleRow& row) {
  outcome.notify = outcome.notify || (row.flags & layout::kNotifies) != 0;
  const auto handling = static_cast<Handling>(row.handling);
  if (handling == Handling::none || handling < outcome.handling) {
    return;
  }
  const auto component = static_cast<Component>(row.component);
  if (handling > outcome.handling) {
    outcome.handling = handling;
    outcome.rule = index;
    outcome.component = component;
    outcome.work = row.work;
    return;
  }
  if (component == outcome.component) {
    outcome.work = std::max(outcome.work, row.work);
  }
}

}  // namespace

RuleSet RuleSet::trusted(const std::byte* octets) {
  return RuleSet(octets);
}

std::size_t RuleSet::octets() const {
  return octets_ == nullptr ? 0 : head_of(octets_).units * kUnit;
}

std::size_t RuleSet::rules() const {
  return octets_ == nullptr ? 0 : head_of(octets_).rules;
}

std::uint32_t RuleSet::asked() const {
  return octets_ == nullptr ? 0 : head_of(octets_).asked;
}

bool RuleSet::holds(const RuleRow& row, const CallFacts& call) const {
  Walk walk(octets_ + row.details * kUnit);
  for (std::size_t i = 0; i < row.conditions; ++i) {
    if (!holds_one(walk, call)) {
      return false;
    }
  }
  return true;
}

// What is there of him: few rows, one behind the other.
std::span<const ContactRow> RuleSet::contacts_of(Key caller) const {
  if (octets_ == nullptr || head_of(octets_).contacts == 0 || caller == kNoKey) {
    return {};
  }
  const SetHead& head = head_of(octets_);
  const std::size_t rows = (head.rules * sizeof(RuleRow) + kUnit - 1) / kUnit * kUnit;
  const std::span contacts(at<ContactRow>(octets_ + sizeof(SetHead) + head.rules * sizeof(FactWord) + rows),
                           head.contacts);
  const auto [first, last] = std::ranges::equal_range(contacts, caller, {}, &ContactRow::key);
  return {first, last};
}

bool RuleSet::knows(const CallFacts& call) const {
  return std::ranges::any_of(contacts_of(call.caller), [&](const ContactRow& contact) {
    return call.now < contact.until && (contact.result == 0 || is_success(contact.result));
  });
}

FactWord RuleSet::with_results(const CallFacts& call, FactWord facts) const {
  for (const ContactRow& contact : contacts_of(call.caller)) {
    const FactWord fact = fact_of_result(contact.result);
    const bool is_open = (facts & fact) == (fact & kNoResults);  // what the call itself shows counts for more
    if (contact.result != 0 && call.now < contact.until && (is_open || is_success(contact.result))) {
      facts = (facts & ~fact) | contact.result;
    }
  }
  return facts;
}

// Of twenty rules all but their tails: they lie on pages of their own, so nothing else fetches them. Into the second
// cache: a core has so many lines on their way to the first one only, and drops what it is asked to fetch beyond.
void RuleSet::prefetch() const {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kAhead = 12 * kLine;
  for (std::size_t at = 0; octets_ != nullptr && at < kAhead; at += kLine) {
    __builtin_prefetch(octets_ + at, 0, 2);
  }
}

// Which of the rules from `first` on, 64 at most, admit the facts and the score: a bit each. Without branches, since no
// guess is right about most rules.
std::uint64_t RuleSet::admitting(std::size_t first, FactWord facts, std::uint8_t score) const {
  const std::size_t count = std::min<std::size_t>(head_of(octets_).rules - first, 64);
  const FactWord* const admitted = admitted_of(octets_) + first;
  const RuleRow* const rows = rows_of(octets_) + first;
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned admits = static_cast<unsigned>((facts & ~admitted[i]) == 0) &
                            static_cast<unsigned>(rows[i].least_score <= score) &
                            static_cast<unsigned>(score <= rows[i].most_score);
    found |= std::uint64_t{admits} << i;
  }
  return found;
}

bool RuleSet::matches(std::size_t index, const CallFacts& call) const {
  return (admitting(index, call.facts, call.score) & 1) != 0 && holds(rows_of(octets_)[index], call);
}

Handling RuleSet::handling_of(std::size_t index) const {
  return static_cast<Handling>(rows_of(octets_)[index].handling);
}

bool RuleSet::is_admitted(std::uint16_t index, const RuleRow& row, const Limited& limited) const {
  return (row.flags & layout::kIsLimited) == 0 || limited.limits == nullptr ||
         limited.limits->admits({.layer = limited.layer,
                                 .group = limited.group,
                                 .id = text(index, RuleText::id),
                                 .index = index,
                                 .handling = static_cast<Handling>(row.handling),
                                 .per_second = limit_of(index)});
}

std::uint16_t RuleSet::limit_of(std::size_t index) const {
  return tails_of(octets_)[index].limit;
}

void RuleSet::evaluate(const CallFacts& call, FactWord facts, const Limited& limited, Outcome& outcome) const {
  outcome = {};
  if (octets_ == nullptr) {
    return;
  }
  const SetHead& head = head_of(octets_);
  const RuleRow* const rows = rows_of(octets_);
  bool is_decided = false;
  for (std::size_t first = 0; first < head.rules && !is_decided; first += 64) {
    for (std::uint64_t left = admitting(first, facts, call.score); left != 0 && !is_decided; left &= left - 1) {
      const auto i = static_cast<std::uint16_t>(first + static_cast<std::size_t>(std::countr_zero(left)));
      if (holds(rows[i], call) && is_admitted(i, rows[i], limited)) {
        combine(outcome, i, rows[i]);
        is_decided =
            (head.first_match != 0 || (rows[i].flags & layout::kEnds) != 0) && outcome.handling != Handling::none;
      }
    }
  }
  if (!is_decided && outcome.handling < Handling::allow && knows(call)) {
    outcome = {.handling = Handling::allow, .rule = Outcome::kContact, .notify = outcome.notify};
  }
  if (outcome.rule < Outcome::kContact && (rows[outcome.rule].flags & layout::kHasResponse) != 0) {
    outcome.response = tails_of(octets_)[outcome.rule].response;
  }
}

std::string_view RuleSet::text(std::size_t index, RuleText kind, std::size_t number) const {
  const RuleTail& tail = tails_of(octets_)[index];
  const std::byte* next = octets_ + tail.texts * kUnit;
  for (std::size_t i = 0; i < tail.text_count; ++i) {
    const TextHead& head = *at<TextHead>(next);
    next += sizeof(TextHead);
    if (static_cast<RuleText>(head.kind) == kind && number-- == 0) {
      return {reinterpret_cast<const char*>(next), head.length};
    }
    next += head.length;
  }
  return {};
}

}  // namespace stirline::config::policy
