// Calls for the statistics component: 24,000 callers of 20 carriers, and among them strangers who push each other out.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "config/policy/statistics/call_statistics.hpp"

namespace stirline::perf {

class PolicyStatistics {
 public:
  explicit PolicyStatistics(std::size_t calls);

  // The next ones, round and round; at most kMost. Copied to where the first cache has them, as what a core has just
  // read.
  static constexpr std::size_t kMost = 32;
  [[nodiscard]] std::span<const config::policy::BegunCall> next_calls(std::size_t count);

  void count_one_by_one(std::span<const config::policy::BegunCall> calls);
  void count_burst(std::span<const config::policy::BegunCall> calls);
  void score_last();  // the calls of the last burst, while their figures are at hand

  [[nodiscard]] std::uint64_t scores() const { return scores_; }  // their sum
  [[nodiscard]] std::size_t octets() const { return config::policy::CallStatistics::octets_for({}); }

 private:
  std::vector<config::policy::BegunCall> calls_;
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> memory_;  // on large pages, as a core has it
  config::policy::ScoreSettings settings_;
  config::policy::CallStatistics statistics_;
  std::array<config::policy::BegunCall, kMost> at_hand_{};
  std::array<config::policy::CallSubjects, kMost> subjects_;
  std::size_t next_ = 0;
  std::size_t counted_ = 0;
  std::int64_t now_ = 1'795'000'000;
  std::uint64_t scores_ = 0;
};

}  // namespace stirline::perf
