// The section [clock] (INL-AV-03).
#include <string>

#include <gtest/gtest.h>

#include "config/control_config.hpp"

namespace stirline::config::clock_config_test {
namespace {

TEST(ClockConfigTest, BothLimits) {
  const auto silent = read_control_config("control.toml", "");
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->clock, (ClockConfig{.alarm_ms = 1'000, .stop_signing_s = 30}));
  const auto given = read_control_config("control.toml", "[clock]\nalarm_ms = 250\nstop_signing_s = 0\n");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->clock, (ClockConfig{.alarm_ms = 250, .stop_signing_s = 0}));
}

TEST(ClockConfigTest, MistakesAreNamed) {
  for (const char* text : {"alarm_ms = 99", "alarm_ms = 10001", "stop_signing_s = 3601", "stop_signing_s = -1",
                           "stop_signing_s = 1", "alarm_ms = 10000\nstop_signing_s = 19", "offset = 1"}) {
    EXPECT_FALSE(read_control_config("control.toml", std::string("[clock]\n") + text)) << text;
  }
  EXPECT_TRUE(read_control_config("control.toml", "[clock]\nalarm_ms = 10000\nstop_signing_s = 20\n"));
}

}  // namespace
}  // namespace stirline::config::clock_config_test
