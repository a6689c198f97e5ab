// The table of lists, octet for octet. Internal to config/policy.
//
// The image has no records: slots are to begin at a cache line. Its pool is
//
//   ListHead
//   ListSlot       slots[slots]         single subjects: a hash table, see below
//   std::uint64_t  starts of prefixes, starts of ranges (number_spans.hpp)
//   ListMarks      marks[marks]         what is said about a stretch of numbers; stretches name them from 1
//   std::uint32_t  cells and marks of the prefixes, cells and marks of the ranges, ends of the origins' texts
//   char           origins, one behind the other; filled up with zeros to kUnit octets
//
// Slots are sorted by (mixed, list). Home is the first slot of one of `lines` lines of four slots, 64 octets: which one
// grows with `mixed`. Everybody lies at home or as close behind as there is room, so a search begins at home and ends
// at the first free slot or at one that is greater. Slots are whole lines, and the last one is free.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "config/policy/identity_key.hpp"
#include "config/policy/list_table.hpp"
#include "config/policy/rule_set_layout.hpp"

namespace stirline::config::policy::layout {

struct ListHead {
  KeySecret secret{};
  std::uint64_t lines = 0;
  std::uint64_t slots = 0;
  std::uint64_t entries = 0;
  std::uint64_t prefixes = 0;
  std::uint64_t ranges = 0;
  std::uint64_t marks = 0;
  std::uint64_t origins = 0;
  std::uint64_t claim_score = 0;  // 0 to 100
  std::uint64_t learns = 0;       // 0 or 1
  std::uint64_t reserved = 0;
};
static_assert(sizeof(ListHead) == 96);  // with the image's header two cache lines

struct ListSlot {
  std::uint64_t mixed = 0;  // mixed_key() of the subject
  ListUntil until = 0;
  std::uint16_t origin = 0;
  std::uint8_t list = 0;  // 1 + its number; 0: free
  std::uint8_t reserved = 0;
};
static_assert(sizeof(ListSlot) == 16);

struct ListMarks {
  std::array<ListUntil, kLists> until{};
  std::array<std::uint16_t, kLists> origin{};
  ListBits lists = 0;
  std::uint8_t reserved = 0;
  friend auto operator<=>(const ListMarks&, const ListMarks&) = default;
};
static_assert(sizeof(ListMarks) == 32);

inline constexpr std::size_t kLineSlots = 4;
inline constexpr std::size_t kMostSteps = 256;  // from home to where an entry lies
inline constexpr std::size_t kMaxOrigins = 0xffff;

// Another number for each key, in no order that anybody outside can foresee: numbers are keys as they are, and whoever
// has thousands of his own listed must not be able to choose where they lie.
[[nodiscard]] inline std::uint64_t mixed_key(const KeySecret& secret, Key key) {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::memcpy(&first, secret.data(), sizeof(first));
  std::memcpy(&second, secret.data() + sizeof(first), sizeof(second));
  std::uint64_t mixed = (key ^ first) * 0x9E37'79B9'7F4A'7C15;
  mixed = (mixed ^ mixed >> 32 ^ second) * 0xD6E8'FEB8'6659'FD93;
  return mixed ^ mixed >> 32;
}

[[nodiscard]] inline std::size_t home_of_mixed(std::uint64_t mixed, std::uint64_t lines) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>((Wide{mixed} * lines) >> 64) * kLineSlots;
}

}  // namespace stirline::config::policy::layout
