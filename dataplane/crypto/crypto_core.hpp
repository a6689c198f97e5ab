// One crypto core: an engine, and the job loop over the queues of all poll cores. It never sees a packet, only jobs.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/policy/content/content_score.hpp"
#include "crypto_workers/job/job_loop.hpp"
#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "dataplane/clock.hpp"
#include "dataplane/core_load.hpp"
#include "dataplane/idle.hpp"
#include "dataplane/poll/crypto_links.hpp"
#include "dataplane/poll/parking.hpp"

namespace stirline::dataplane {

class CryptoCore {
 public:
  static constexpr const char* kThreadName = "crypto";

  using Source = crypto::JobSource<JobQueue, Slot>;

  // `sources`: one per poll core.
  CryptoCore(crypto::Engine& engine, std::vector<Source> sources, Idler idler, const Clock& clock);

  void run(const std::atomic<bool>& stop);

  [[nodiscard]] std::uint64_t jobs() const {
    return jobs_.load(std::memory_order_relaxed);
  }  // done since start; any thread
  [[nodiscard]] std::uint64_t batches() const {
    return batches_.load(std::memory_order_relaxed);
  }  // turns that found any
  [[nodiscard]] const CoreLoad& load() const { return load_; }

 private:
  void maintain(bool idle);
  // What the text of a message looks like, if that is asked (SPIT-CL-01).
  void judge_content(Slot& slot);

  crypto::Engine& engine_;
  crypto::Processor processor_;
  std::vector<Source> sources_;
  Idler idler_;
  const Clock& clock_;
  sip::Message message_;
  std::unique_ptr<config::policy::content::ContentJudge> content_;
  std::int64_t maintained_at_;  // seconds since 1970
  CoreLoad load_;
  std::atomic<std::uint64_t> jobs_{0};
  std::atomic<std::uint64_t> batches_{0};
};

}  // namespace stirline::dataplane
