#include "dataplane/poll/decided_requests.hpp"

#include <algorithm>
#include <bit>

#include <rte_prefetch.h>

namespace stirline::dataplane {

DecidedRequests::DecidedRequests(std::uint32_t requests, int socket, std::uint64_t memory_cycles)
    : sets_(std::bit_ceil((std::size_t{requests} + kWays - 1) / kWays), socket),
      memory_ticks_(static_cast<std::uint32_t>((memory_cycles >> kTickBits) + 1)) {}

std::uint32_t DecidedRequests::tick(std::uint64_t now_cycles) const {
  return static_cast<std::uint32_t>(now_cycles >> kTickBits) | 1U;
}

void DecidedRequests::prefetch(std::uint64_t key) const {
  rte_prefetch0(&sets_[place(key)]);
}

std::optional<Decided> DecidedRequests::find(std::uint64_t key, std::uint64_t now_cycles) const {
  const std::uint32_t now = tick(now_cycles);
  for (const Entry& entry : sets_[place(key)].entries) {
    if (entry.key == key && lives(entry, now)) {
      return entry.decided;
    }
  }
  return std::nullopt;
}

bool DecidedRequests::remember(std::uint64_t key, Decided decided, std::uint64_t now_cycles) {
  const std::uint32_t now = tick(now_cycles);
  auto& entries = sets_[place(key)].entries;
  Entry* oldest = &entries.front();
  for (Entry& entry : entries) {
    if (entry.key == key && lives(entry, now)) {
      return true;
    }
    // The age, not the time: zero is older than everything, and the count may have come around.
    if (!lives(entry, now) || (lives(*oldest, now) && now - entry.at > now - oldest->at)) {
      oldest = &entry;
    }
  }
  const bool spared = !lives(*oldest, now);
  *oldest = {.key = key, .at = now, .decided = decided};
  return spared;
}

bool DecidedRequests::replace(std::uint64_t key, Decided decided, std::uint64_t now_cycles) {
  for (Entry& entry : sets_[place(key)].entries) {
    if (entry.key == key) {
      entry = {};
    }
  }
  return remember(key, decided, now_cycles);
}

}  // namespace stirline::dataplane
