#include "config/policy/user_shard.hpp"

#include <algorithm>
#include <cstring>

#include "config/policy/rule_set_layout.hpp"
#include "config/policy/user_shard_layout.hpp"
#include "config/tables/image_reader.hpp"

namespace stirline::config::policy {
namespace {

using layout::kUnit;
using layout::kUserFactsAt;
using layout::ShardHead;
using layout::UserSlot;
using tables::ImageReader;
using tables::TableKind;

constexpr unsigned kShardBits = std::countr_zero(kUserShards);

struct Set {
  std::uint32_t begin = 0;  // in units
  std::uint32_t asked = 0;
};

// The sets of rules, one behind the other up to the pool's end.
std::vector<Set> find_sets(ImageReader& reader, std::span<const std::byte> pool) {
  std::vector<Set> sets;
  for (std::size_t at = sizeof(ShardHead); at < pool.size() && !reader.failed();) {
    const auto set = RuleSet::open(pool.subspan(at));
    if (reader.require(set.has_value(), "rules", set ? "" : set.error())) {
      sets.push_back({static_cast<std::uint32_t>(at / kUnit), set->asked()});
      at += set->octets();
    }
  }
  return sets;
}

// Every user is found where find() looks for him, and has rules that begin somewhere.
std::size_t check_slots(ImageReader& reader, std::span<const UserSlot> slots, std::size_t number,
                        std::span<const Set> sets) {
  std::size_t users = 0;
  std::vector<bool> used(sets.size());
  for (std::size_t i = 0; i < slots.size() && !reader.failed(); ++i) {
    const auto slot = reader.record<UserSlot>(i);
    if (slot.called == kNoKey) {
      reader.require(slot.rules == 0 && slot.facts == 0 && slot.asked == 0, "slot", "is free and not empty");
      continue;
    }
    ++users;
    reader.require(shard_of(slot.called) == number, "called", "belongs to another shard");
    reader.require(is_complete(FactWord{slot.facts} << kUserFactsAt, kAnyUser), "facts", "are not one of each");
    for (std::size_t at = layout::home_of(slot.called, slots.size()); at != i; at = (at + 1) & (slots.size() - 1)) {
      if (!reader.require(slots[at].called != kNoKey && slots[at].called != slot.called, "called",
                          "lies where it is not looked for")) {
        break;
      }
    }
    if (slot.rules == 0) {
      reader.require(slot.asked == 0, "asked", "is said of no rules");
      continue;
    }
    const auto set = std::ranges::lower_bound(sets, slot.rules, {}, &Set::begin);
    if (reader.require(set != sets.end() && set->begin == slot.rules, "rules", "begin where no set does")) {
      reader.require(set->asked == slot.asked, "asked", "is not what the rules ask for");
      used[static_cast<std::size_t>(set - sets.begin())] = true;
    }
  }
  reader.require(std::ranges::all_of(used, std::identity{}), "rules", "are nobody's");
  reader.require(slots.empty() || users < slots.size(), "slots", "are all taken");  // or find() would not end
  return users;
}

}  // namespace

std::size_t shard_of(Key called) {
  return layout::spread(called) >> (64 - kShardBits);
}

FactWord facts_of_a_stranger() {
  return fact_bit(Fact::group, UserGroup::none) | fact_bit(Fact::presence, Presence::unknown) |
         fact_bit(Fact::call_state, CallState::unknown);
}

std::expected<UserShard, tables::TableError> UserShard::open(tables::ImageView image) {
  ImageReader reader(image, TableKind::user_rules, sizeof(UserSlot));
  const std::byte* const records = reader.record_octets().data();
  reader.require(reinterpret_cast<std::uintptr_t>(records) % kUnit == 0, "image", "is not aligned");
  reader.require(reader.records() == 0 || std::has_single_bit(reader.records()), "slots", "are no power of two");
  const std::span<const std::byte> pool = reader.pool();
  ShardHead head;
  if (reader.require(pool.size() >= sizeof(head) && pool.size() % kUnit == 0, "pool", "has an impossible length")) {
    std::memcpy(&head, pool.data(), sizeof(head));
  }
  reader.require(head.number < kUserShards, "number", "is of no shard");
  UserShard shard;
  if (!reader.failed()) {
    const auto sets = find_sets(reader, pool);
    if (reader.records() != 0) {
      shard.slots_ = {reinterpret_cast<const UserSlot*>(records), reader.records()};
    }
    const std::size_t users = check_slots(reader, shard.slots_, head.number, sets);
    reader.require(users == head.users, "users", "are not as many as are said to be there");
  }
  if (reader.failed()) {
    return reader.error();
  }
  shard.sets_ = pool.data();
  shard.number_ = head.number;
  shard.users_ = head.users;
  shard.secret_ = head.secret;
  return shard;
}

void UserShard::prefetch(Key called) const {
  if (!slots_.empty()) {
    __builtin_prefetch(&slots_[layout::home_of(called, slots_.size())]);
  }
}

std::optional<CalledUser> UserShard::find(Key called) const {
  if (slots_.empty() || called == kNoKey) {
    return std::nullopt;
  }
  for (std::size_t at = layout::home_of(called, slots_.size());; at = (at + 1) & (slots_.size() - 1)) {
    const UserSlot& slot = slots_[at];
    if (slot.called == called) {
      return CalledUser{.facts = FactWord{slot.facts} << kUserFactsAt,
                        .rules = slot.rules == 0 ? RuleSet() : RuleSet::trusted(sets_ + slot.rules * kUnit),
                        .asked = slot.asked};
    }
    if (slot.called == kNoKey) {
      return std::nullopt;
    }
  }
}

}  // namespace stirline::config::policy
