// Which alarms stand: raised and cleared by what look after look finds, with patience enough that nothing flaps. No
// clock and no log of its own. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "control/alarms/alarm.hpp"
#include "control/alarms/alarm_rules.hpp"

namespace stirline::control {

struct AlarmChange {
  Alarm alarm = Alarm::dataplane_away;
  bool raised = false;
  std::string text;  // of one raised: why; of one cleared: why it was raised
};

struct AlarmState {
  bool raised = false;
  std::int64_t since = 0;  // of one raised: seconds since 1970
  std::string text = {};   // as it was found last
  std::uint64_t raises = 0;
  unsigned looks = 0;  // in a row that found it otherwise than it stands
};

class AlarmBoard {
 public:
  // What one look found, at `now`, seconds since 1970. Returns what it changed.
  [[nodiscard]] std::vector<AlarmChange> take(const PerAlarm<Finding>& findings, std::int64_t now);

  [[nodiscard]] const AlarmState& state(Alarm alarm) const { return states_[static_cast<std::size_t>(alarm)]; }

 private:
  PerAlarm<AlarmState> states_;
};

}  // namespace stirline::control
