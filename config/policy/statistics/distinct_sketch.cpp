#include "config/policy/statistics/distinct_sketch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace stirline::config::policy {
namespace {

constexpr float kAlpha = 0.709F;  // for 64 registers
constexpr unsigned kMaxSteps = 15 * DistinctSketch::kStepsInHalfLife;

// Of linear counting, by how many registers are still zero.
std::array<float, DistinctSketch::kRegisters + 1> linear_counts() {
  std::array<float, DistinctSketch::kRegisters + 1> counts{};
  for (unsigned zeros = 1; zeros < counts.size(); ++zeros) {
    const auto registers = static_cast<float>(DistinctSketch::kRegisters);
    counts[zeros] = registers * std::log(registers / static_cast<float>(zeros));
  }
  return counts;
}

const std::array<float, DistinctSketch::kRegisters + 1> kLinearCounts = linear_counts();

}  // namespace

void DistinctSketch::add(std::uint64_t hash) {
  const unsigned index = static_cast<unsigned>(hash) % kRegisters;
  const unsigned rank = std::min(static_cast<unsigned>(std::countl_zero(hash)) + 1, kMaxRank);
  std::uint64_t& word = words_[index / 16];
  const unsigned at = index % 16 * 4;
  const unsigned before = static_cast<unsigned>(word >> at) & 15;
  if (rank <= before) {
    return;
  }
  word += std::uint64_t{rank - before} << at;
  sum_ -= (1U << (kMaxRank - before)) - (1U << (kMaxRank - rank));
  zeros_ -= before == 0 ? 1U : 0U;
}

void DistinctSketch::fade(std::uint32_t from, std::uint32_t to) {
  if (from >= to || zeros_ == kRegisters) {
    return;
  }
  if (to - from >= kMaxSteps) {
    *this = {};
    return;
  }
  for (std::uint32_t step = from; step != to; ++step) {
    const unsigned at = step % kStepsInHalfLife * 4;
    for (std::uint64_t& word : words_) {
      word -= (word >> at & 15) != 0 ? std::uint64_t{1} << at : 0;
    }
  }
  recount();
}

void DistinctSketch::merge(const DistinctSketch& other) {
  for (unsigned i = 0; i < kRegisters; ++i) {
    const unsigned at = i % 16 * 4;
    const std::uint64_t own = words_[i / 16] >> at & 15;
    const std::uint64_t others = other.words_[i / 16] >> at & 15;
    words_[i / 16] += others > own ? (others - own) << at : 0;
  }
  recount();
}

void DistinctSketch::recount() {
  sum_ = 0;
  zeros_ = 0;
  for (unsigned i = 0; i < kRegisters; ++i) {
    const unsigned rank = static_cast<unsigned>(words_[i / 16] >> (i % 16 * 4)) & 15;
    sum_ += 1U << (kMaxRank - rank);
    zeros_ += rank == 0 ? 1U : 0U;
  }
}

float DistinctSketch::estimate() const {
  constexpr auto kAll = static_cast<float>(kRegisters);
  const float raw = kAlpha * kAll * kAll * static_cast<float>(1U << kMaxRank) / static_cast<float>(sum_);
  return raw <= 2.5F * kAll && zeros_ != 0 ? kLinearCounts[zeros_] : raw;
}

}  // namespace stirline::config::policy
