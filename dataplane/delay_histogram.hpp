// How long messages were in our hands: counts by the buckets of config/wire/delay_buckets.hpp.
//
// Written by one thread, read by any: plain adds, no bus lock, no heap. A reader sees each figure as it was at some
// moment of its reading, not all at the same one.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "config/wire/delay_buckets.hpp"

namespace stirline::dataplane {

class alignas(64) DelayHistogram {
 public:
  // `n` messages with a delay of so many nanoseconds each.
  void add(std::uint64_t ns, std::uint64_t n = 1) {
    raise(buckets_[config::wire::delay_bucket(ns)], n);
    raise(sum_ns_, ns * n);
  }

  [[nodiscard]] std::uint64_t bucket(std::size_t index) const {
    return buckets_[index].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t sum_ns() const { return sum_ns_.load(std::memory_order_relaxed); }

 private:
  static void raise(std::atomic<std::uint64_t>& figure, std::uint64_t by) {
    figure.store(figure.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, config::wire::kDelayBuckets> buckets_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

// TSC cycles to nanoseconds by one multiplication, exact to a millionth at 1 GHz and above. More than 2^38 cycles
// (a minute at 4 GHz) count as so many.
class CycleScale {
 public:
  // `hz`: at least 100 MHz.
  explicit CycleScale(std::uint64_t hz) : factor_((std::uint64_t{1'000'000'000} << kShift) / hz) {}

  [[nodiscard]] std::uint64_t ns(std::uint64_t cycles) const {
    return std::min(cycles, kMostCycles) * factor_ >> kShift;
  }

 private:
  static constexpr unsigned kShift = 22;
  static constexpr std::uint64_t kMostCycles = std::uint64_t{1} << 38;
  std::uint64_t factor_;
};

}  // namespace stirline::dataplane
