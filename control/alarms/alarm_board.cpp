#include "control/alarms/alarm_board.hpp"

namespace stirline::control {

std::vector<AlarmChange> AlarmBoard::take(const PerAlarm<Finding>& findings, std::int64_t now) {
  std::vector<AlarmChange> changes;
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const auto alarm = static_cast<Alarm>(i);
    const Finding& finding = findings[i];
    AlarmState& state = states_[i];
    const bool present = finding.level == Level::present;
    if (present) {
      state.text = finding.text;
    }
    const bool otherwise = state.raised ? finding.level == Level::absent : present;
    state.looks = otherwise ? state.looks + 1 : 0;
    if (state.looks < (state.raised ? facts(alarm).clear_after : facts(alarm).raise_after)) {
      continue;
    }
    state.raised = !state.raised;
    state.looks = 0;
    if (state.raised) {
      state.since = now;
      ++state.raises;
    }
    changes.push_back({alarm, state.raised, state.text});
  }
  return changes;
}

}  // namespace stirline::control
