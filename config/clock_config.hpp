// The section [clock] of stirline-control's configuration: how wrong the clock may be (INL-AV-03). Explained in
// config/reference/stirline-control.toml.
#pragma once

#include <cstdint>

namespace stirline::config {

class Section;

struct ClockConfig {
  std::uint32_t alarm_ms = 1'000;
  std::uint32_t stop_signing_s = 30;  // 0: never
  friend bool operator==(const ClockConfig&, const ClockConfig&) = default;
};

void read_clock(Section& section, ClockConfig& config);

}  // namespace stirline::config
