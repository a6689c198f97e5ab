// A set of rules, octet for octet, as packet cores read it in place. Internal to config/policy.
//
//   SetHead
//   FactWord   admitted[rules]       what is asked first of every rule lies together: one cache line holds eight
//   RuleRow    rows[rules]
//   ContactRow contacts[contacts]    sorted by key, then by result
//   the conditions of each rule in turn
//   RuleTail   tails[rules]          from here on what only the rule that decides is asked for
//   the texts of each rule in turn
//
// Every part is filled up to a multiple of eight octets, begins where the one before it ends, and what fills up is
// zero. So there is one image of a set, and an image is checked by going through it once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "config/policy/facts.hpp"
#include "config/policy/identity_key.hpp"

namespace stirline::config::policy::layout {

inline constexpr std::size_t kUnit = 8;  // octets; offsets count in these

struct SetHead {
  std::uint32_t units = 0;  // of the whole set, this head included
  std::uint32_t tails = 0;  // units from the head
  std::uint32_t contacts = 0;
  std::uint32_t asked = 0;  // kinds of texts that conditions ask for: bit 1 << KeyKind
  std::uint16_t rules = 0;
  std::uint16_t first_match = 0;  // 0 or 1
  std::uint32_t reserved = 0;
};
static_assert(sizeof(SetHead) == 24);

struct RuleRow {
  std::uint32_t details = 0;  // units from the head: its conditions
  std::uint8_t conditions = 0;
  std::uint8_t least_score = 0;
  std::uint8_t most_score = 0;
  std::uint8_t handling = 0;
  std::uint8_t component = 0;
  std::uint8_t work = 0;
  std::uint8_t flags = 0;  // of those below
  std::uint8_t reserved = 0;
};
static_assert(sizeof(RuleRow) == 12);

inline constexpr std::uint8_t kNotifies = 1;
inline constexpr std::uint8_t kIsLimited = 2;    // its tail has a limit
inline constexpr std::uint8_t kHasResponse = 4;  // its tail has one
inline constexpr std::uint8_t kEnds = 8;         // where it matches, nothing behind it counts
inline constexpr std::uint8_t kRuleFlags = kNotifies | kIsLimited | kHasResponse | kEnds;

struct RuleTail {
  std::uint32_t texts = 0;  // units from the head
  std::uint16_t response = 0;
  std::uint16_t limit = 0;
  std::uint8_t text_count = 0;
  std::array<std::uint8_t, 3> reserved{};
};
static_assert(sizeof(RuleTail) == 12);

struct ContactRow {
  Key key = kNoKey;
  std::int64_t until = 0;
  FactWord result = 0;  // 0, or one value of one challenge's fact
};
static_assert(sizeof(ContactRow) == 24);

enum class ConditionKind : std::uint8_t { identity, text, time };

// identity: `first` keys, sorted; then `second` ManyHeads, each with its exceptions.
// text: `first` keys, sorted, of the kind `detail`. time: `first` intervals, sorted.
struct ConditionHead {
  std::uint8_t kind = 0;
  std::uint8_t detail = 0;
  std::uint16_t second = 0;
  std::uint32_t first = 0;
};
static_assert(sizeof(ConditionHead) == 8);

// Then `exceptions` keys of identities and domains, sorted.
struct ManyHead {
  Key domain = kNoKey;  // kNoKey: any
  std::uint32_t exceptions = 0;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(ManyHead) == 16);

// Texts of a rule lie one behind the other, in this order of kinds, each kind at most once but for the last two; the
// last is filled up to a unit.
struct TextHead {
  std::uint8_t kind = 0;  // RuleText
  std::uint8_t length = 0;
};
static_assert(sizeof(TextHead) == 2);

}  // namespace stirline::config::policy::layout
