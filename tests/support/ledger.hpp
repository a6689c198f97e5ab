// The ledger of design.md 3: no packet is lost without a counter.
#pragma once

#include "dataplane/counters.hpp"
#include "dataplane/poll/poll_core.hpp"

namespace stirline::test {

// True if received + created = transmitted + held + dropped + replaced, at a moment when the core is at rest.
[[nodiscard]] inline bool ledger_balances(const dataplane::PollCore& core) {
  using dataplane::Counter;
  const dataplane::Counters& counters = core.counters();
  std::uint64_t dropped = 0;
  for (const Counter drop : dataplane::kDropCounters) {
    dropped += counters.value(drop);
  }
  return counters.value(Counter::received) + counters.value(Counter::created) ==
         counters.value(Counter::transmitted) + core.held_packets() + dropped + counters.value(Counter::replaced);
}

}  // namespace stirline::test
