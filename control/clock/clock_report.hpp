// The clock in words: for the status document, for alarms, for the log.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/alarms/alarm_rules.hpp"
#include "control/clock/clock_watch.hpp"

namespace stirline::control {

[[nodiscard]] nlohmann::ordered_json clock_status(const ClockWatch& clock);
[[nodiscard]] ClockView clock_view(const ClockWatch& clock);

}  // namespace stirline::control
