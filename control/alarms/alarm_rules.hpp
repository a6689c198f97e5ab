// What two looks at the status say about each alarm. A pure function: no clock, no memory, no log.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "control/alarms/alarm.hpp"

namespace stirline::control {

// The clock at a look (control/clock).
struct ClockView {
  std::chrono::milliseconds wall{0};    // since 1970
  std::chrono::milliseconds steady{0};  // by a clock that nobody can set
  std::chrono::milliseconds alarm{1'000};
  std::string doubts = {};  // why the kernel does not trust it; empty: it does, or cannot be asked
  std::string offset = {};  // by how much it is wrong, if that is known to be beyond the alarm
  bool signing_stopped = false;
};

struct StatusSample {
  ClockView clock;
  nlohmann::ordered_json control;    // our own part of `stirline status`
  nlohmann::ordered_json dataplane;  // the data plane's, or null
};

enum class Level : std::uint8_t {
  absent,
  between,  // no longer bad enough to raise, not yet good enough to clear; or nothing is known
  present,
};

struct Finding {
  Level level = Level::absent;
  std::string text = {};  // of present: what, and how much of it
};

// `before` is nullptr at the first look: what counters say is history then. The data plane's document comes from
// another process: what is missing in it, or of another type, counts as nothing wrong.
[[nodiscard]] PerAlarm<Finding> find_alarms(const StatusSample* before, const StatusSample& now);

}  // namespace stirline::control
