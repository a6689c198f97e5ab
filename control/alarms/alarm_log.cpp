#include "control/alarms/alarm_log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace stirline::control {

std::string alarm_line(const AlarmChange& change) {
  const AlarmFacts& alarm = facts(change.alarm);
  const std::string text =
      nlohmann::json(change.text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);  // quoted, ASCII
  return fmt::format("alarm={} state={} severity={} text={}", alarm.name, change.raised ? "raised" : "cleared",
                     to_string(alarm.severity), text);
}

void log_alarm(const AlarmChange& change) {
  const bool grave = facts(change.alarm).severity >= Severity::major;
  spdlog::log(!change.raised ? spdlog::level::info
              : grave        ? spdlog::level::err
                             : spdlog::level::warn,
              "{}", alarm_line(change));
}

}  // namespace stirline::control
