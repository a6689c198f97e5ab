// Statistics with memory of their own, and calls that go through all three steps.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/policy/statistics/call_statistics.hpp"
#include "config/policy/statistics/spam_score.hpp"

namespace stirline::test {

class StatisticsRig {
 public:
  explicit StatisticsRig(const config::policy::CallStatistics::Limits& limits = {},
                         const config::policy::ScoreSettings& settings = {})
      : settings_(settings),
        memory_(config::policy::CallStatistics::octets_for(limits) / sizeof(config::policy::Profile) + 1),
        statistics_(limits, std::as_writable_bytes(std::span(memory_)), kSecret, settings.half_life_minutes) {}

  // Counts the call; what its subjects make of it.
  std::uint8_t begin(const config::policy::BegunCall& call) {
    statistics_.prepare(call, subjects_);
    statistics_.locate(subjects_, call);
    statistics_.count(subjects_, call, settings_);
    return statistics_.score(subjects_, settings_);
  }

  // Of the call that began last.
  config::policy::Profile& profile(config::policy::SubjectKind kind) { return statistics_.profile(subjects_, kind); }
  [[nodiscard]] const config::policy::CallSubjects& subjects() const { return subjects_; }

  config::policy::CallStatistics& statistics() { return statistics_; }
  config::policy::ScoreSettings& settings() { return settings_; }

  static constexpr config::policy::KeySecret kSecret{9, 8, 7, 6, 5, 4, 3, 2, 1};

 private:
  config::policy::ScoreSettings settings_;
  std::vector<config::policy::Profile> memory_;  // aligned as wanted
  config::policy::CallStatistics statistics_;
  config::policy::CallSubjects subjects_;
};

}  // namespace stirline::test
