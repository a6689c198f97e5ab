// The section [statistics] (SPIT-CL-14).
#include <string>

#include <gtest/gtest.h>

#include "config/control_config.hpp"

namespace stirline::config::statistics_config_test {
namespace {

using policy::Feature;
using policy::FeatureSettings;
using policy::ScoreSettings;

TEST(StatisticsConfigTest, ThresholdsAndWeights) {
  const auto silent = read_control_config("control.toml", "");
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->statistics.score, ScoreSettings());
  EXPECT_FALSE(silent->statistics.always);
  const auto given = read_control_config("control.toml",
                                         "[statistics]\nalways = true\nhalf_life_minutes = 60\nshare_trunk = 0\n"
                                         "rate = [100, 400, 15]\nnight_from = \"23:05\"\nnight_to = \"00:00\"\n");
  ASSERT_TRUE(given);
  ScoreSettings expected;
  expected.half_life_minutes = 60;
  expected.shares[static_cast<std::size_t>(policy::SubjectKind::trunk)] = 0;
  expected.features[static_cast<std::size_t>(Feature::rate)] = {.threshold = 100, .full = 400, .weight = 15};
  expected.night_from = 23 * 60 + 5;
  expected.night_to = 0;
  EXPECT_EQ(given->statistics.score, expected);
  EXPECT_TRUE(given->statistics.always);
  EXPECT_EQ(mistake_in(given->statistics.score), "");
}

TEST(StatisticsConfigTest, MistakesAreNamed) {
  for (const char* text :
       {"half_life_minutes = 0", "half_life_minutes = 43201", "least_calls = 0", "short_seconds = 301",
        "share_caller = 101", "rate = 30", "rate = [30, 120]", "rate = [30, 120, 20, 1]", "rate = [120, 120, 20]",
        "rate = [30, 120, 101]", "rate = [-1, 120, 20]", "night_from = \"24:00\"", "night_from = \"9:00\"",
        "night_to = \"12:60\"", "speed = [1, 2, 3]"}) {
    EXPECT_FALSE(read_control_config("control.toml", std::string("[statistics]\n") + text)) << text;
  }
}

}  // namespace
}  // namespace stirline::config::statistics_config_test
