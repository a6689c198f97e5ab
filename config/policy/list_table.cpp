#include "config/policy/list_table.hpp"

#include <algorithm>

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

void put(std::size_t list, std::uint16_t origin, ListHits& hits) {
  const auto bit = list_bit(static_cast<List>(list));
  if ((hits.lists & bit) == 0) {
    hits.lists |= bit;
    hits.origins[list] = origin;
  }
}

}  // namespace

std::string_view to_string(List list) {
  return kNames[static_cast<std::size_t>(list)];
}

std::optional<List> find_list(std::string_view word) {
  const auto* const found = std::ranges::find(kNames, word);
  return found == kNames.end() ? std::nullopt : std::optional(static_cast<List>(found - kNames.begin()));
}

void ListTable::ask(Key subject, ListBits lists, ListUntil now, ListHits& hits) const {
  if (subject == kNoKey || slots_.empty()) {
    return;
  }
  const std::uint64_t mixed = layout::mixed_key(secret_, subject);
  for (const ListSlot* slot = &slots_[layout::home_of_mixed(mixed, lines_)]; slot->list != 0 && slot->mixed <= mixed;
       ++slot) {
    const std::size_t list = slot->list - 1U;
    if (slot->mixed == mixed && (lists >> list & 1U) != 0 && now < slot->until) {
      put(list, slot->origin, hits);
    }
  }
}

void ListTable::ask_spans(Key number, ListBits lists, ListUntil now, ListHits& hits) const {
  if (!is_number(number)) {
    return;
  }
  for (const std::uint32_t mark : {prefixes_.find(place_by_digits(number)), ranges_.find(number)}) {
    if (mark == 0) {
      continue;
    }
    const ListMarks& marks = marks_[mark - 1];
    for (std::size_t list = 0; list < kLists; ++list) {
      if ((marks.lists & lists & list_bit(static_cast<List>(list))) != 0 && now < marks.until[list]) {
        put(list, marks.origin[list], hits);
      }
    }
  }
}

void ListTable::prefetch(const ShownCaller& caller, const ClaimedCall& call) const {
  if (slots_.empty()) {
    return;
  }
  for (const Key subject : {caller.identity, caller.domain, caller.signer, caller.certificate, caller.trunk,
                            call.caller, call.caller_domain, call.called}) {
    if (subject != kNoKey) {
      __builtin_prefetch(&slots_[layout::home_of_mixed(layout::mixed_key(secret_, subject), lines_)]);
    }
  }
}

ListHits ListTable::of_caller(const ShownCaller& caller, std::int64_t now) const {
  ListHits hits;
  const ListUntil until = as_until(now);
  for (const Key subject : {caller.identity, caller.domain, caller.signer, caller.certificate, caller.trunk}) {
    ask(subject, kOfCaller, until, hits);
  }
  ask_spans(caller.identity, kOfCaller, until, hits);
  return hits;
}

ListHits ListTable::of_claim(const ClaimedCall& call, std::int64_t now) const {
  ListHits hits;
  const ListUntil until = as_until(now);
  ask(call.caller, kOfClaim, until, hits);
  ask(call.caller_domain, kOfClaim, until, hits);
  ask(call.called, kOfCalled, until, hits);
  ask_spans(call.caller, kOfClaim, until, hits);
  ask_spans(call.called, kOfCalled, until, hits);
  return hits;
}

std::string_view ListTable::origin(std::uint16_t number) const {
  if (number >= origins_.size()) {
    return {};
  }
  const std::uint32_t begin = number == 0 ? 0 : origins_[number - 1U];
  return {origin_texts_ + begin, origins_[number] - begin};
}

}  // namespace stirline::config::policy
