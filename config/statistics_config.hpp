// The section [statistics] of stirline-control's configuration: thresholds and weights of spam scores (SPIT-CL-14).
// Explained in config/reference/stirline-control.toml.
#pragma once

#include "config/policy/statistics/score_settings.hpp"

namespace stirline::config {

class Section;

struct StatisticsConfig {
  bool always = false;  // callers are counted even if nobody has rules that could ask
  policy::ScoreSettings score = {};
};

void read_statistics(Section& section, StatisticsConfig& config);

}  // namespace stirline::config
