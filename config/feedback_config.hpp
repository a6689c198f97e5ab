// The section [feedback] of stirline-control's configuration: what called users say about calls they got (SPIT-MK-03).
// Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stirline::config {

class Section;

struct FeedbackConfig {
  std::filesystem::path database;     // of verdicts; empty: nobody can say anything
  std::uint32_t retention_days = 30;  // of verdicts
  std::uint32_t calls = 500'000;      // pairs of caller and called user whose last call is known
  std::uint32_t call_hours = 168;     // after a call until nothing can be said about it any more
  friend bool operator==(const FeedbackConfig&, const FeedbackConfig&) = default;
};

void read_feedback(Section& section, FeedbackConfig& config);

}  // namespace stirline::config
