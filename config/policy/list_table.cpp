#include "config/policy/list_table.hpp"

#include <algorithm>
#include <bit>

#include "config/policy/list_table_layout.hpp"

namespace stirline::config::policy {
namespace {

using layout::ListMarks;
using layout::ListSlot;

constexpr ListBits kOfCaller = list_bit(List::white) | list_bit(List::black);
constexpr ListBits kOfClaim = list_bit(List::black) | list_bit(List::do_not_originate) | list_bit(List::unallocated);
constexpr ListBits kOfCalled = list_bit(List::do_not_call);

constexpr std::array<std::string_view, kLists> kNames{
    "white", "black", "do-not-originate", "do-not-call", "unallocated",
};

// A time that entries are compared with: an entry for ever outlasts all.
ListUntil as_until(std::int64_t now) {
  return static_cast<ListUntil>(std::clamp<std::int64_t>(now, 0, std::int64_t{kForEver} - 1));
}

void put(std::size_t list, std::uint16_t origin, ListBits lists, ListHits& hits) {
  const auto bit = static_cast<ListBits>(list_bit(static_cast<List>(list)) & lists);
  hits.lists |= bit;
  hits.origins[list] = bit != 0 ? origin : hits.origins[list];
}

}  // namespace

std::string_view to_string(List list) {
  return kNames[static_cast<std::size_t>(list)];
}

std::optional<List> find_list(std::string_view word) {
  const auto* const found = std::ranges::find(kNames, word);
  return found == kNames.end() ? std::nullopt : std::optional(static_cast<List>(found - kNames.begin()));
}

// All four slots of a line are looked at, whatever the first ones say: that costs less than a wrong guess where to end.
void ListTable::ask_subject(const ListQuestion::Subject& subject, ListUntil now, Answer& answer) const {
  const std::uint64_t mixed = subject.mixed;
  for (std::size_t line = subject.home; line < slots_.size(); line += layout::kLineSlots) {
    const std::span<const ListSlot, layout::kLineSlots> slots(&slots_[line], layout::kLineSlots);
    const auto is_same = [&](std::size_t i) { return static_cast<unsigned>(slots[i].mixed == mixed); };
    static_assert(layout::kLineSlots == 4);
    for (unsigned same = is_same(0) | is_same(1) << 1 | is_same(2) << 2 | is_same(3) << 3; same != 0;
         same &= same - 1) {
      const ListSlot& slot = slots[static_cast<std::size_t>(std::countr_zero(same))];
      if (slot.list != 0 && now < slot.until) {
        put(slot.list - 1U, slot.origin, subject.of_caller, answer.of_caller);
        put(slot.list - 1U, slot.origin, subject.of_claim, answer.of_claim);
      }
    }
    if (slots.back().list == 0 || slots.back().mixed > mixed) {
      return;
    }
  }
}

void ListTable::ask_spans(const ListQuestion::Number& number, ListUntil now, Answer& answer) const {
  for (const std::uint32_t mark : {prefixes_.find(number.by_digits), ranges_.find(number.by_length)}) {
    if (mark == 0) {
      continue;
    }
    const ListMarks& marks = marks_[mark - 1];
    for (unsigned left = marks.lists; left != 0; left &= left - 1) {
      const auto list = static_cast<std::size_t>(std::countr_zero(left));
      if (now < marks.until[list]) {
        put(list, marks.origin[list], number.of_caller, answer.of_caller);
        put(list, marks.origin[list], number.of_claim, answer.of_claim);
      }
    }
  }
}

// Who says truly who he is, is looked up once for both questions. Numbers that no stretch could say anything about, as
// called ones mostly are, are not looked for among them.
void ListTable::prepare(const ShownCaller& caller, const ClaimedCall& call, ListQuestion& question) const {
  const bool is_same = caller.identity == call.caller;
  const bool is_same_domain = caller.domain == call.caller_domain;
  const ListBits both = is_same ? kOfCaller : ListBits{0};
  question.subject_count = 0;
  question.number_count = 0;
  const auto add_subject = [&](Key key, ListBits of_caller, ListBits of_claim) {
    if (key == kNoKey) {
      return;
    }
    ListQuestion::Subject& subject = question.subjects[question.subject_count++];
    subject.mixed = layout::mixed_key(secret_, key);
    subject.home = static_cast<std::uint32_t>(layout::home_of_mixed(subject.mixed, lines_));
    subject.of_caller = of_caller;
    subject.of_claim = of_claim;
    __builtin_prefetch(slots_.data() + subject.home);
  };
  const auto add_number = [&](Key key, ListBits of_caller, ListBits of_claim) {
    if (is_number(key) && ((of_caller | of_claim) & span_lists_) != 0) {
      ListQuestion::Number& number = question.numbers[question.number_count++];
      number = {place_of(NumberOrder::by_digits, key), place_of(NumberOrder::by_length, key), of_caller, of_claim};
      prefixes_.prefetch_cell(number.by_digits);
      ranges_.prefetch_cell(number.by_length);
    }
  };
  add_subject(call.caller, both, kOfClaim);
  add_subject(call.caller_domain, is_same_domain ? kOfCaller : ListBits{0}, kOfClaim);
  add_subject(call.called, 0, kOfCalled);
  add_subject(is_same ? kNoKey : caller.identity, kOfCaller, 0);
  add_subject(is_same_domain ? kNoKey : caller.domain, kOfCaller, 0);
  add_subject(caller.signer, kOfCaller, 0);
  add_subject(caller.certificate, kOfCaller, 0);
  add_subject(caller.trunk, kOfCaller, 0);
  add_number(call.caller, both, kOfClaim);
  add_number(call.called, 0, kOfCalled);
  add_number(is_same ? kNoKey : caller.identity, kOfCaller, 0);
}

void ListTable::fetch(const ListQuestion& question) const {
  for (std::size_t i = 0; i < question.number_count; ++i) {
    prefixes_.prefetch(question.numbers[i].by_digits);
    ranges_.prefetch(question.numbers[i].by_length);
  }
}

ListTable::Answer ListTable::ask(const ListQuestion& question, std::int64_t now) const {
  Answer answer;
  const ListUntil until = as_until(now);
  for (std::size_t i = 0; i < question.subject_count; ++i) {
    ask_subject(question.subjects[i], until, answer);
  }
  for (std::size_t i = 0; i < question.number_count; ++i) {
    ask_spans(question.numbers[i], until, answer);
  }
  return answer;
}

std::string_view ListTable::origin(std::uint16_t number) const {
  if (number >= origins_.size()) {
    return {};
  }
  const std::uint32_t begin = number == 0 ? 0 : origins_[number - 1U];
  return {origin_texts_ + begin, origins_[number] - begin};
}

}  // namespace stirline::config::policy
