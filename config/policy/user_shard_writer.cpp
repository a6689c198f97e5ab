// UserShardWriter: who is called, and what rules he has, laid out as user_shard_layout.hpp says.
#include <bit>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "config/policy/rule_set_layout.hpp"
#include "config/policy/user_shard.hpp"
#include "config/policy/user_shard_layout.hpp"
#include "config/tables/image_writer.hpp"

namespace stirline::config::policy {
namespace {

using layout::kUnit;
using layout::ShardHead;
using layout::UserSlot;

// At most two thirds are taken, so that a search ends after few steps.
std::size_t slots_for(std::size_t users) {
  return users == 0 ? 0 : std::bit_ceil(users + users / 2 + 1);
}

std::string_view text_of(std::span<const std::byte> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

void place(std::vector<UserSlot>& slots, const UserSlot& slot) {
  std::size_t at = layout::home_of(slot.called, slots.size());
  while (slots[at].called != kNoKey) {
    at = (at + 1) & (slots.size() - 1);
  }
  slots[at] = slot;
}

}  // namespace

tables::Image UserShardWriter::take() const {
  std::vector<UserSlot> slots(slots_for(users_.size()));
  std::unordered_map<std::string_view, std::uint32_t> begins;
  std::vector<std::span<const std::byte>> sets;
  std::size_t pool = sizeof(ShardHead);
  for (const User& user : users_) {
    UserSlot slot{.called = user.called, .facts = static_cast<std::uint16_t>(user.facts >> layout::kUserFactsAt)};
    if (!user.rules.empty()) {
      const auto [known, is_new] = begins.try_emplace(text_of(user.rules), static_cast<std::uint32_t>(pool / kUnit));
      slot.rules = known->second;
      slot.asked = static_cast<std::uint16_t>(RuleSet::trusted(user.rules.data()).asked());
      if (is_new) {
        sets.push_back(user.rules);
        pool += user.rules.size();
      }
    }
    place(slots, slot);
  }
  tables::ImageWriter<UserSlot> writer(tables::TableKind::user_rules, slots.size(), pool);
  for (const UserSlot& slot : slots) {
    writer.add(slot);
  }
  const ShardHead head{.secret = secret_,
                       .number = static_cast<std::uint32_t>(number_),
                       .users = static_cast<std::uint32_t>(users_.size())};
  writer.put(std::as_bytes(std::span(&head, 1)));
  for (const std::span<const std::byte> set : sets) {
    writer.put(set);
  }
  return writer.take();
}

}  // namespace stirline::config::policy
