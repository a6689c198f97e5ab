// What a core does with its time: cycles of turns that moved something, and cycles of turns that found nothing,
// sleep included. One writer, the core; any reader.
#pragma once

#include <atomic>
#include <cstdint>

namespace stirline::dataplane {

class CoreLoad {
 public:
  // The core begins, or goes on after a rest. `now` in TSC cycles, here and below.
  void begin(std::uint64_t now) {
    if (since_ != 0) {
      raise(idle_, now - since_);
    }
    since_ = now;
  }
  // A turn has ended that began when the last one ended, or at begin().
  void end_turn(std::uint64_t now, bool worked) {
    raise(worked ? busy_ : idle_, now - since_);
    since_ = now;
  }

  [[nodiscard]] std::uint64_t busy_cycles() const { return busy_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t idle_cycles() const { return idle_.load(std::memory_order_relaxed); }

 private:
  static void raise(std::atomic<std::uint64_t>& figure, std::uint64_t by) {
    figure.store(figure.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::uint64_t since_ = 0;  // 0: it has not begun
  std::atomic<std::uint64_t> busy_{0};
  std::atomic<std::uint64_t> idle_{0};
};

}  // namespace stirline::dataplane
