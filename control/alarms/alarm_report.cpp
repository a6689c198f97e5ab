#include "control/alarms/alarm_report.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace stirline::control {

using Json = nlohmann::ordered_json;

Json alarm_status(const AlarmBoard& board) {
  std::vector<Alarm> raised;
  Json raises = Json::object();
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const auto alarm = static_cast<Alarm>(i);
    raises[std::string(facts(alarm).name)] = board.state(alarm).raises;
    if (board.state(alarm).raised) {
      raised.push_back(alarm);
    }
  }
  std::ranges::sort(raised, [](Alarm one, Alarm other) {
    return facts(one).severity != facts(other).severity ? facts(one).severity > facts(other).severity : one < other;
  });
  Json rows = Json::array();
  for (const Alarm alarm : raised) {
    const AlarmState& state = board.state(alarm);
    rows.push_back({{"name", facts(alarm).name},
                    {"severity", to_string(facts(alarm).severity)},
                    {"since", state.since},
                    {"text", state.text}});
  }
  return {{"raised", rows}, {"raises", raises}};
}

void write_alarm_metrics(Exposition& page, const Json& alarms) {
  const Json& raised = alarms.at("raised");
  const auto standing = [&](std::string_view name) {
    return std::ranges::find_if(raised, [&](const Json& row) { return row.at("name") == name; });
  };
  const auto labels = [](const AlarmFacts& alarm) {
    return std::array{Label{"name", alarm.name}, Label{"severity", to_string(alarm.severity)}};
  };
  page.begin({"stirline_alarm", MetricType::gauge, "", "1: the alarm stands"});
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const AlarmFacts& alarm = facts(static_cast<Alarm>(i));
    page.sample(labels(alarm), standing(alarm.name) != raised.end());
  }
  page.begin({"stirline_alarm_since_timestamp_seconds", MetricType::gauge, "seconds",
              "since when those that stand do, seconds since 1970"});
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const AlarmFacts& alarm = facts(static_cast<Alarm>(i));
    if (const auto row = standing(alarm.name); row != raised.end()) {
      page.sample(labels(alarm), row->at("since"));
    }
  }
  page.begin({"stirline_alarm_raises", MetricType::counter, "", "how often each was raised"});
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const AlarmFacts& alarm = facts(static_cast<Alarm>(i));
    page.sample(labels(alarm), alarms.at("raises").at(std::string(alarm.name)));
  }
  page.begin({"stirline_alarm_meaning", MetricType::info, "", "what each alarm means"});
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const AlarmFacts& alarm = facts(static_cast<Alarm>(i));
    page.sample(std::array{Label{"name", alarm.name}, Label{"help", alarm.help}}, 1);
  }
}

}  // namespace stirline::control
