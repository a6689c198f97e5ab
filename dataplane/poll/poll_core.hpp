// One poll core: takes packets from its ports, moves messages through their stages, gives packets to its ports. The
// only thread that touches its queues, slots and counters. Never blocks while there is traffic, never allocates, never
// logs.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataplane/core_load.hpp"
#include "dataplane/idle.hpp"
#include "dataplane/poll/call_stage.hpp"
#include "dataplane/poll/intake.hpp"
#include "dataplane/poll/poll_context.hpp"

namespace stirline::dataplane {

class PollCore {
 public:
  static constexpr const char* kThreadName = "poll";

  PollCore(unsigned reader, std::vector<PollPort> ports, rte_mempool* pool, const config::DataplaneConfig& config,
           Publication& publication, const Clock& clock, const WatchBoard& watch_board, std::vector<CryptoLink*> links,
           const OrigidKey& origid_key);

  // Runs until `stop`, then sends on what it holds: parked messages as their crypto cores answer (which must still run)
  // or their deadline passes, fragments untouched.
  void run(const std::atomic<bool>& stop);

  // One turn: results, packets, deadlines, transmission. True if anything moved.
  bool turn();

  [[nodiscard]] const Counters& counters() const { return context_.counters; }
  [[nodiscard]] const DelayHistogram& delays(DelayPath path) const { return context_.delays.histogram(path); }
  [[nodiscard]] const CoreLoad& load() const { return load_; }
  [[nodiscard]] const TableFills& fills() const { return fills_; }
  [[nodiscard]] std::span<Slot> slots() { return calls_.slots(); }

  // Main thread: calls `visit` with the URL of each certificate that a call has needed in vain.
  template <typename Visit>
  void take_certificate_requests(Visit&& visit) {
    calls_.certificate_requests().take(visit);
  }

  // Main thread: calls `visit` with each source that went over its limit.
  template <typename Visit>
  void take_shed_sources(Visit&& visit) {
    calls_.source_limits().take_shed(visit);
  }

  // Main thread: calls `visit` with the figures of callers, signers, trunks and prefixes that have done something.
  template <typename Visit>
  void take_figures(Visit&& visit) {
    calls_.figures().take_told(visit);
  }

  // Main thread: a called user has complained of a call that this core has counted. False: too many wait.
  [[nodiscard]] bool tell_complaint(const config::policy::Complaint& complaint) {
    return calls_.figures().tell_complaint(complaint);
  }

  // Main thread: octets of records that wait to be taken.
  [[nodiscard]] std::size_t records_queued() const { return calls_.records().queued(); }

  // Main thread: appends records of decisions to `batch`, whole ones, at most until it has `most` octets.
  void take_records(std::string& batch, std::size_t most) { calls_.records().take(batch, most); }

  // Main thread: the same for contacts that users have made.
  void take_contacts(std::string& batch, std::size_t most) { calls_.contacts().take(batch, most); }

  // Main thread: the same for events of watched messages.
  void take_watched(std::string& batch, std::size_t most) { context_.watcher.queue().take(batch, most); }

  // What this core holds, as of its last turn; any thread.
  [[nodiscard]] std::uint32_t parked() const { return parked_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t held_packets() const { return held_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint16_t kBurst = 32;
  static constexpr std::uint32_t kShowEvery = 64;  // turns

  std::size_t receive(std::uint16_t port, const Live* live);
  void drain();
  void show(bool moved);

  PollContext context_;
  CallStage calls_;
  Intake intake_;
  Idler idler_;
  CoreLoad load_;
  TableFills fills_;
  std::uint32_t busy_turns_ = 0;
  bool moved_ = true;  // in the turn before
  std::atomic<std::uint32_t> parked_{0};
  std::atomic<std::uint32_t> held_{0};
};

}  // namespace stirline::dataplane
