// A shard of called users, octet for octet. Internal to config/policy.
//
// The records of the image are the slots of a hash table with linear probing, a power of two of them; a free one is
// zero. The pool begins with a ShardHead; then sets of rules, one behind the other, each used by at least one slot.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "config/policy/facts.hpp"
#include "config/policy/identity_key.hpp"

namespace stirline::config::policy::layout {

struct UserSlot {
  Key called = kNoKey;
  std::uint32_t rules = 0;  // units from the pool's begin; 0: none
  std::uint16_t facts = 0;  // of the user, from bit kUserFactsAt of the word
  std::uint16_t asked = 0;  // as the rules have it: known before they are read
};
static_assert(sizeof(UserSlot) == 16 && kKeyKinds <= 16);

struct ShardHead {
  KeySecret secret{};
  std::uint32_t number = 0;
  std::uint32_t users = 0;
};
static_assert(sizeof(ShardHead) == 24);

inline constexpr unsigned kUserFactsAt = std::countr_zero(kAnyUser);
static_assert(kAnyUser >> kUserFactsAt <= 0xffff);

// Keys that are numbers lie close together; their product with an odd constant does not. The upper bits choose the
// shard, those below them the slot.
[[nodiscard]] constexpr std::uint64_t spread(Key called) {
  return called * 0x9E37'79B9'7F4A'7C15;
}
[[nodiscard]] constexpr std::size_t home_of(Key called, std::size_t slots) {
  constexpr unsigned kBelowShard = 8;
  return (spread(called) << kBelowShard >> 32) & (slots - 1);
}

}  // namespace stirline::config::policy::layout
