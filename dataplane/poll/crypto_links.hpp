// The way from a poll core to the crypto cores and back: which of them gets the next job, and which is stuck.
//
// A crypto core is stuck for a poll core if it has jobs of that poll core and has given none back for kPatience times
// the deadline of a job. It gets no more of them until it gives one back; what it has goes on at its own deadline.
// Thread: one poll core, unless said otherwise.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>

#include <rte_cycles.h>

namespace stirline::dataplane {

// Job indices between one poll core and one crypto core, there and back.
using JobQueue = boost::lockfree::spsc_queue<std::uint32_t>;
struct CryptoLink {
  explicit CryptoLink(std::size_t slots) : jobs(slots), results(slots) {}
  JobQueue jobs;
  JobQueue results;                           // as many places as there are slots: a result always fits
  std::atomic<bool> stuck{false};             // written by the poll core; any thread
  std::atomic<std::uint64_t> found_stuck{0};  // how often; likewise
  // What the queues hold, as the poll core last saw it; likewise.
  std::atomic<std::size_t> jobs_queued{0};
  std::atomic<std::size_t> results_queued{0};
};

class CryptoLinks {
 public:
  static constexpr std::uint64_t kPatience = 4;  // deadlines: a late core is not a stuck one

  // `links`: one per crypto core; they outlive this. `deadline`: of a job, in TSC cycles.
  CryptoLinks(std::vector<CryptoLink*> links, std::uint64_t deadline);

  // The link that a job had best go by; nothing if all crypto cores are stuck.
  [[nodiscard]] std::optional<std::size_t> choose();

  // False: the crypto core has as many jobs as its queue takes. `now` in TSC cycles.
  [[nodiscard]] bool send(std::size_t link, std::uint32_t slot, std::uint64_t now);

  // Calls `fetch(slots)` with all that one crypto core has given back, then `visit(slot)` with each; returns how many.
  // `visit` may send more.
  template <typename Fetch, typename Visit>
  std::size_t take(Fetch&& fetch, Visit&& visit) {
    std::array<std::uint32_t, 64> slots;
    std::size_t taken = 0;
    for (Way& way : ways_) {
      const std::size_t count = way.link->results.pop(slots.data(), slots.size());
      if (count == 0) {
        continue;
      }
      note_moved(way, static_cast<std::uint32_t>(count), rte_rdtsc());
      fetch(std::span(slots.data(), count));
      for (std::size_t i = 0; i < count; ++i) {
        visit(slots[i]);
      }
      taken += count;
    }
    return taken;
  }

  // Looks for crypto cores that have become stuck. Call once a turn, behind take().
  void watch(std::uint64_t now);

  // Notes in each link what its queues hold. `places`: slots, as many as a queue takes.
  void show_queued(std::size_t places);

 private:
  struct Way {
    CryptoLink* link = nullptr;
    std::uint32_t outstanding = 0;  // jobs that have not come back
    std::uint64_t moved_at = 0;     // TSC cycles: since when it owes us one
  };

  void note_moved(Way& way, std::uint32_t count, std::uint64_t now);
  void list_usable();

  std::vector<Way> ways_;
  std::vector<std::size_t> usable_;  // those not stuck
  std::size_t next_ = 0;             // in usable_
  std::uint64_t limit_;              // TSC cycles
};

}  // namespace stirline::dataplane
