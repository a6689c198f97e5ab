#include "dataplane/crypto/crypto_core.hpp"

#include <span>
#include <utility>

#include <rte_cycles.h>

namespace stirline::dataplane {

namespace {

constexpr std::int64_t kMaintainEvery = 60;  // seconds

}  // namespace

CryptoCore::CryptoCore(crypto::Engine& engine, std::vector<Source> sources, Idler idler, const Clock& clock)
    : engine_(engine),
      processor_(engine),
      sources_(std::move(sources)),
      idler_(idler),
      clock_(clock),
      content_(std::make_unique<config::policy::content::ContentJudge>()),
      maintained_at_(clock.now()) {}

void CryptoCore::run(const std::atomic<bool>& stop) {
  load_.begin(rte_rdtsc());
  while (!stop.load(std::memory_order_relaxed)) {
    const std::size_t done =
        crypto::run_once(std::span<const Source>(sources_), processor_, [this](Slot& slot) -> crypto::Job& {
          judge_content(slot);
          return slot.job;
        });
    if (done != 0) {
      jobs_.store(jobs_.load(std::memory_order_relaxed) + done, std::memory_order_relaxed);
      batches_.store(batches_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    maintain(done == 0);
    load_.end_turn(rte_rdtsc(), done != 0);
    idler_.turn(done != 0, [] {}, [] {});
    if (done == 0) {
      load_.begin(rte_rdtsc());
    }
  }
}

void CryptoCore::judge_content(Slot& slot) {
  ContentWork& work = slot.content;
  if (!work.image) {
    return;
  }
  const std::string_view octets = slot.job.verify.message;
  const auto corpus = work.image->table.of_trunk(slot.trunk->config.name);
  work.verdict = {};
  if (corpus && message_.parse(octets)) {
    work.verdict = content_->judge(work.image->table, *corpus, message_, octets);
    work.corpus = corpus->number();
  }
}

// A full core waits no longer than twice the time for a moment of rest. A clock that was set back counts as time.
void CryptoCore::maintain(bool idle) {
  const std::int64_t passed = clock_.now() - maintained_at_;
  if (passed < 0 || passed >= 2 * kMaintainEvery || (idle && passed >= kMaintainEvery)) {
    engine_.maintain();
    maintained_at_ += passed;
  }
}

}  // namespace stirline::dataplane
