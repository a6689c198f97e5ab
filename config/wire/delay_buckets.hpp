// The buckets of delay histograms: the data plane counts by them, control reads its counts by them.
//
// Log-linear: each doubling of the delay is cut into four, from 128 ns to 17 s. Bucket i holds delays in
// (delay_bound(i - 1), delay_bound(i)], in nanoseconds; the first begins at 0, the last has no end. What is read off a
// bucket, its middle, is at most an eighth off the true delay (between 128 ns and 17 s).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stirline::config::wire {

inline constexpr unsigned kDelayStepBits = 2;  // 4 buckets a doubling
inline constexpr unsigned kShortestDelayBits = 7;
inline constexpr unsigned kLongestDelayBits = 34;
inline constexpr std::size_t kDelayBuckets = ((kLongestDelayBits - kShortestDelayBits) << kDelayStepBits) + 2;

// The bucket of a delay.
[[nodiscard]] constexpr std::size_t delay_bucket(std::uint64_t ns) {
  const std::uint64_t below = ns - (ns != 0 ? 1 : 0);  // so that a bound belongs to the bucket that it ends
  if (below < std::uint64_t{1} << kShortestDelayBits) {
    return 0;
  }
  const auto exponent = static_cast<unsigned>(std::bit_width(below)) - 1;
  if (exponent >= kLongestDelayBits) {
    return kDelayBuckets - 1;
  }
  const std::uint64_t step = below >> (exponent - kDelayStepBits) & ((1U << kDelayStepBits) - 1);
  return 1 + (std::size_t{exponent - kShortestDelayBits} << kDelayStepBits) + static_cast<std::size_t>(step);
}

// The longest delay of bucket `index`, in nanoseconds. The last one has none: `index` + 1 < kDelayBuckets.
[[nodiscard]] constexpr std::uint64_t delay_bound(std::size_t index) {
  constexpr std::uint64_t kSteps = 1U << kDelayStepBits;
  const std::size_t exponent = kShortestDelayBits + (index >> kDelayStepBits);
  return (kSteps + index % kSteps) << (exponent - kDelayStepBits);
}

// The delay, in nanoseconds, that the share `quantile` of those counted does not exceed: the middle of its bucket, of
// the last bucket its beginning. 0 if nothing was counted. `counts`: one a bucket, not summed up.
[[nodiscard]] constexpr std::uint64_t delay_quantile(std::span<const std::uint64_t, kDelayBuckets> counts,
                                                     double quantile) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts) {
    all += count;
  }
  if (all == 0) {
    return 0;
  }
  const double share = quantile * static_cast<double>(all);
  auto rank = static_cast<std::uint64_t>(share);
  rank = std::clamp<std::uint64_t>(rank + (static_cast<double>(rank) < share ? 1 : 0), 1, all);
  std::size_t index = 0;
  for (std::uint64_t seen = counts[0]; seen < rank; seen += counts[index]) {
    ++index;
  }
  const std::uint64_t lower = index == 0 ? 0 : delay_bound(index - 1);
  return index + 1 == kDelayBuckets ? lower : lower + (delay_bound(index) - lower) / 2;
}

}  // namespace stirline::config::wire
