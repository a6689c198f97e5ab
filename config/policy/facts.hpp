// What rules can ask about a call that has few answers: enumerated facts, packed in one word so that a rule without
// conditions on them costs nothing and one with many costs one comparison (SPIT-PL-01, SPIT-FW-06).
//
// Each fact owns some bits of the word, one for each of its values. A call has exactly one bit of each; a rule has all
// those that it admits. So a rule admits a call if (admitted & call) == call. A new fact is a line in kFactBits and one
// in the table of facts.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace stirline::config::policy {

using FactWord = std::uint64_t;

enum class Fact : std::uint8_t {
  // of the call
  authentication,
  method,
  anonymous,
  international,
  diverted,
  puzzle,   // what became of a hashcash challenge (SPIT-HC)
  turing,   // of a test whether a person calls (SPIT-PY-02)
  consent,  // of asking the called user (SPIT-CO)
  payment,  // of a deposit (SPIT-PY-01)
  sender,   // whether its peer may speak for who calls (SPIT-CL-12)
  watch,    // whether it subscribes to presence (SPIT-CL-16)
  // of the called user, as of now
  group,  // SPIT-FW-08
  presence,
  call_state,
};
inline constexpr std::size_t kFacts = static_cast<std::size_t>(Fact::call_state) + 1;
inline constexpr std::size_t kCallFacts = static_cast<std::size_t>(Fact::group);  // the first ones

// How sure it is who calls. `asserted`: a trusted peer says so; `signed_`: a valid token that attests nothing about
// the number (RFC 8224 alone); the letters are those of shaken. `failed`: judged invalid.
enum class Authentication : std::uint8_t { none, asserted, signed_, verified_a, verified_b, verified_c, failed };
enum class CallMethod : std::uint8_t { invite, message, subscribe };
enum class Truth : std::uint8_t { no, yes };
enum class Result : std::uint8_t { none, success, failure, pending };
// unchecked: the trunk says nothing about its peer, or the call names nobody whose domain or provider could be known.
enum class Sender : std::uint8_t { unchecked, match, mismatch };
enum class UserGroup : std::uint8_t { none, closed, semi_open, open };
enum class Presence : std::uint8_t { unknown, open, closed };
enum class CallState : std::uint8_t { unknown, idle, busy, no_answer, not_registered, ringing };

inline constexpr std::array<std::uint8_t, kFacts> kFactBits{7, 3, 2, 2, 2, 4, 4, 4, 4, 3, 2, 4, 3, 6};

namespace detail {
constexpr unsigned first_bit(std::size_t fact) {
  unsigned bit = 0;
  for (std::size_t i = 0; i < fact; ++i) {
    bit += kFactBits[i];
  }
  return bit;
}
}  // namespace detail
static_assert(detail::first_bit(kFacts) <= 64);

// `values`: one bit for each value, from the lowest.
[[nodiscard]] constexpr FactWord fact_bits(Fact fact, std::uint64_t values) {
  return values << detail::first_bit(static_cast<std::size_t>(fact));
}
template <typename Value>
[[nodiscard]] constexpr FactWord fact_bit(Fact fact, Value value) {
  return fact_bits(fact, std::uint64_t{1} << static_cast<unsigned>(value));
}
[[nodiscard]] constexpr FactWord all_of(Fact fact) {
  return fact_bits(fact, (std::uint64_t{1} << kFactBits[static_cast<std::size_t>(fact)]) - 1);
}

inline constexpr FactWord kAnything = (FactWord{1} << detail::first_bit(kFacts)) - 1;
inline constexpr FactWord kAnyCall = (FactWord{1} << detail::first_bit(kCallFacts)) - 1;
inline constexpr FactWord kAnyUser = kAnything & ~kAnyCall;
// Facts that tell what became of a challenge.
inline constexpr FactWord kAnyResult =
    all_of(Fact::puzzle) | all_of(Fact::turing) | all_of(Fact::consent) | all_of(Fact::payment);

// Has `word` exactly one value of each fact in `within`, which is kAnyCall or kAnyUser, and nothing else?
[[nodiscard]] bool is_complete(FactWord word, FactWord within);

// A word that a document may say about a fact, and the values it stands for, one bit each.
struct FactValue {
  std::string_view word;
  std::uint8_t values = 0;
};

struct FactRow {
  std::string_view name;  // for people: "authentication"
  std::span<const FactValue> words;
};
[[nodiscard]] const FactRow& facts_of(Fact fact);

// The bits that a word of a document stands for; 0: it is no word of that fact, and nothing can be what it says.
[[nodiscard]] FactWord find_word(Fact fact, std::string_view word);

}  // namespace stirline::config::policy
