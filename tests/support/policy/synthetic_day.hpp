// A day of calls in a town, made up from a seed, of which is known who is a nuisance: people, firms, those who remind
// of appointments (and ring as many strangers as a nuisance does), and robocallers of several trades. What statistics
// are held against (SPIT-CL-14).
#pragma once

#include <cstdint>
#include <vector>

#include "config/policy/statistics/call_statistics.hpp"

namespace stirline::test {

enum class Trade : std::uint8_t {
  person,       // a few calls to people he knows
  firm,         // many calls by day, to its customers
  reminder,     // calls each number once, and is brief: wanted all the same
  dialler,      // rings number after number
  list_caller,  // slowly, from a list that was sold to him, well attested
  neighbour,    // as if from the called one's street
  one_ring,     // hangs up before anybody answers, to be called back
  snowshoe,     // one campaign over many numbers, each used little, all by one signer
};
inline constexpr std::size_t kTrades = static_cast<std::size_t>(Trade::snowshoe) + 1;
[[nodiscard]] constexpr bool is_nuisance(Trade trade) {
  return trade >= Trade::dialler;
}
[[nodiscard]] const char* to_string(Trade trade);

struct DayCall {
  config::policy::BegunCall begun;
  std::uint32_t caller = 0;  // who it is, whatever number he shows
  Trade trade = Trade::person;
};

struct DayEvent {
  enum class Kind : std::uint8_t { begin, answer, end };

  std::int64_t at = 0;  // seconds since 1970
  Kind kind = Kind::begin;
  std::uint16_t status = 0;  // of an answer
  std::uint32_t call = 0;    // index
};

struct SyntheticDay {
  std::vector<DayCall> calls;
  std::vector<DayEvent> events;  // in order of time
  std::uint32_t callers = 0;
};

// `first_second` is midnight; a town of 4,000 people, 150 firms, 40 reminders and some 70 robocallers.
[[nodiscard]] SyntheticDay synthetic_day(std::uint64_t seed, std::int64_t first_second);

}  // namespace stirline::test
