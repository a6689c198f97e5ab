#include "dataplane/crypto/crypto_core.hpp"

#include <span>
#include <utility>

namespace stirline::dataplane {

CryptoCore::CryptoCore(crypto::Engine& engine, std::vector<Source> sources, Idler idler)
    : processor_(engine), sources_(std::move(sources)), idler_(idler) {}

void CryptoCore::run(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    const std::size_t done = crypto::run_once(std::span<const Source>(sources_), processor_,
                                              [](Slot& slot) -> crypto::Job& { return slot.job; });
    if (done != 0) {
      jobs_.store(jobs_.load(std::memory_order_relaxed) + done, std::memory_order_relaxed);
      batches_.store(batches_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    idler_.turn(done != 0, [] {}, [] {});
  }
}

}  // namespace stirline::dataplane
