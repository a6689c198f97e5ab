// Alarms for those who ask: in the status document, and on the metrics page. One thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/alarms/alarm_board.hpp"
#include "control/metrics/exposition.hpp"

namespace stirline::control {

// {"raised": [{"name", "severity", "since", "text"}], "raises": {name: how often since the start}}: those that stand,
// the worst first.
[[nodiscard]] nlohmann::ordered_json alarm_status(const AlarmBoard& board);

// stirline_alarm 0 or 1 of each alarm, raised or not; `alarms` is what alarm_status() made.
void write_alarm_metrics(Exposition& page, const nlohmann::ordered_json& alarms);

}  // namespace stirline::control
