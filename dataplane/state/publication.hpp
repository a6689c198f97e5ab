// Hands generations from the main thread to the poll cores and takes old ones back (design.md 2).
//
// A poll core reads the current generation once per turn and says "quiescent" at its end. A message parked at a crypto
// core outlives that, so it is counted under its generation until it comes back. A generation is destroyed when every
// poll core has passed a quiescent state after its successor was published and no parked message is left. At most two
// live; a third waits ("busy").
//
// Rules about calls go the same way on their own, as they change more often than all else. A poll core uses them within
// one turn of its loop and no longer, so nothing is counted. Trained corpora, which crypto cores read for jobs of poll
// cores, are held by those jobs; here each is kept until no job does, so that it is always the main thread that lets go
// last.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include <rte_rcu_qsbr.h>

#include "dataplane/state/generation.hpp"
#include "dataplane/state/rule_tables.hpp"

namespace stirline::dataplane {

// One of the two places a generation can live in.
struct Live {
  std::unique_ptr<const Generation> generation;
  unsigned place = 0;  // 0 or 1
};

class Publication {
 public:
  // `readers`: how many poll cores; reader ids are 0 .. readers-1.
  explicit Publication(unsigned readers);
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;

  // Main thread. False if an older generation is still alive beside the current one.
  [[nodiscard]] bool ready_for_next();
  void publish(std::unique_ptr<const Generation> generation);  // only after ready_for_next()
  void reclaim();                                              // call now and then; never blocks

  // The same for rules. Main thread.
  [[nodiscard]] bool ready_for_rules();
  void publish_rules(std::unique_ptr<const RuleTables> rules);  // only after ready_for_rules()
  // The current rules; nullptr before the first. A poll core may use them until its next quiescent().
  [[nodiscard]] const RuleTables* rules() const { return rules_.load(std::memory_order_acquire); }

  // The current generation; nullptr before the first commit. A poll core may use it until its next quiescent().
  [[nodiscard]] const Live* current() const { return current_.load(std::memory_order_acquire); }

  // Poll core `reader`. Offline: asleep or gone; uses nothing. A reader starts offline.
  void online(unsigned reader) { rte_rcu_qsbr_thread_online(qsbr_.get(), reader); }
  void offline(unsigned reader) { rte_rcu_qsbr_thread_offline(qsbr_.get(), reader); }
  void quiescent(unsigned reader) { rte_rcu_qsbr_quiescent(qsbr_.get(), reader); }
  void park(unsigned reader, const Live& live) {
    parked_[reader].at[live.place].fetch_add(1, std::memory_order_relaxed);
  }
  void unpark(unsigned reader, const Live& live) {
    parked_[reader].at[live.place].fetch_sub(1, std::memory_order_release);
  }

 private:
  struct Free {
    void operator()(rte_rcu_qsbr* qsbr) const { std::free(qsbr); }
  };
  struct alignas(64) Parked {
    std::array<std::atomic<std::uint32_t>, 2> at{};
  };

  std::atomic<const Live*> current_{nullptr};
  std::unique_ptr<rte_rcu_qsbr, Free> qsbr_;
  std::vector<Parked> parked_;
  std::array<Live, 2> lives_;
  unsigned newest_ = 1;    // the place of the current generation; the first one goes to place 0
  bool retiring_ = false;  // the other place waits for its last users
  std::uint64_t token_ = 0;

  std::atomic<const RuleTables*> rules_{nullptr};
  std::unique_ptr<const RuleTables> newest_rules_;
  std::unique_ptr<const RuleTables> old_rules_;  // waits for its last users
  std::uint64_t rules_token_ = 0;
  std::vector<SharedContent> contents_;  // in use, or held by a job that still is
};

}  // namespace stirline::dataplane
