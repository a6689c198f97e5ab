// How a fetch can end: one enumerator a cause, one table row and one counter each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::control {

enum class FetchOutcome : std::uint8_t {
  fetched = 0,
  url_refused,   // STIR-CF-01: no socket was opened
  switched_off,  // the configuration fetches nothing
  pausing,       // it failed a moment ago: STIR-CF-04
  queue_full,    // too many URLs wait, in all or for this host
  name_unknown,
  address_denied,  // STIR-CF-04: private, loopback, link-local ...
  not_reached,
  tls_failed,  // no common version, or a server certificate that is not believed
  timed_out,
  redirected,      // STIR-CF-01: not followed
  status_refused,  // another status than 200
  too_large,       // STIR-CF-04
  broken_off,      // less came than was announced, or no proper end
  no_chain,        // what came holds no certificates
  failed,          // anything else
};
inline constexpr std::size_t kFetchOutcomes = static_cast<std::size_t>(FetchOutcome::failed) + 1;

struct FetchOutcomeFacts {
  std::string_view name;  // "timed_out": counters, JSON
  std::string_view text;  // a sentence for an engineer
};
[[nodiscard]] const FetchOutcomeFacts& facts(FetchOutcome outcome);

using FetchOutcomeCounts = std::array<std::uint64_t, kFetchOutcomes>;  // by outcome

}  // namespace stirline::control
