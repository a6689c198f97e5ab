// A line in the log for each alarm raised and cleared: name=value, fit for journald and for grep. One thread.
#pragma once

#include <string>

#include "control/alarms/alarm_board.hpp"

namespace stirline::control {

// alarm=NAME state=raised|cleared severity=WORD text="…"; quotes, backslashes and control characters in the text are
// escaped.
[[nodiscard]] std::string alarm_line(const AlarmChange& change);

void log_alarm(const AlarmChange& change);

}  // namespace stirline::control
