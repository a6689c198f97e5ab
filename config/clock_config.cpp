#include "config/clock_config.hpp"

#include <string>

#include "config/toml_reader.hpp"

namespace stirline::config {

void read_clock(Section& section, ClockConfig& config) {
  section.number<std::uint32_t>("alarm_ms", config.alarm_ms, 100, 10'000);
  section.number<std::uint32_t>("stop_signing_s", config.stop_signing_s, 0, 3'600);
  constexpr std::uint32_t kMsPerSecond = 1'000;
  if (config.stop_signing_s != 0 && config.stop_signing_s * kMsPerSecond < 2 * config.alarm_ms) {
    section.fail("stop_signing_s", "0, or at least twice alarm_ms", std::to_string(config.stop_signing_s));
  }
}

}  // namespace stirline::config
