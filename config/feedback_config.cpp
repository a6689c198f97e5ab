#include "config/feedback_config.hpp"

#include "config/toml_reader.hpp"

namespace stirline::config {

void read_feedback(Section& section, FeedbackConfig& config) {
  section.path("database", config.database);
  section.number<std::uint32_t>("retention_days", config.retention_days, 1, 366);
  section.number<std::uint32_t>("calls", config.calls, 1'000, 10'000'000);
  section.number<std::uint32_t>("call_hours", config.call_hours, 1, 720);
}

}  // namespace stirline::config
