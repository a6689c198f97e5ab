#include "control/top/figures.hpp"

#include <algorithm>
#include <initializer_list>

#include <nlohmann/json.hpp>

#include "control/cli/output.hpp"
#include "control/metrics/meant_drops.hpp"
#include "control/metrics/path_delays.hpp"
#include "control/status_fields.hpp"

namespace stirline::control::top {

namespace {

using status_fields::at;
using status_fields::Json;
using status_fields::number;
using status_fields::seconds;

// For a terminal.
std::string text(const Json& value) {
  return cli::printable(status_fields::text(value));
}

class Reading {
 public:
  Reading(const Sample& before, const Sample& now)
      : before_(at(before.status, "dataplane")),
        now_(at(now.status, "dataplane")),
        seconds_(std::max(static_cast<double>(now.steady_ms - before.steady_ms) / 1'000, 0.001)) {}

  void read(Figures& figures) const {
    figures.dataplane = now_.is_object();
    const Json& tables = at(now_, "tables");
    figures.generation = number(at(tables, "generation"));
    figures.generation_age = seconds(at(tables, "age_seconds"));
    figures.uptime = seconds(at(now_, "uptime_seconds"));
    read_calls(figures.calls);
    figures.packets.received = counted({"received"});
    figures.packets.transmitted = counted({"transmitted"});
    figures.packets.bypassed = counted({"bypassed"});
    for (const auto& [name, count] : at(now_, "counters").items()) {
      if (name.starts_with("dropped_") && !is_meant_drop(name)) {
        figures.packets.dropped += counted({name.c_str()});
      }
    }
    read_paths(figures.paths);
    read_cores(figures.cores);
    for (const Json& row : at(now_, "fills")) {
      figures.tables.push_back({text(at(row, "table")), number(at(row, "used")), number(at(row, "places"))});
    }
  }

 private:
  // A second; of a counter that began anew, what it counts since.
  [[nodiscard]] double rate(const Json& earlier, const Json& later, const std::string& name) const {
    const std::uint64_t from = number(at(earlier, name));
    const std::uint64_t to = number(at(later, name));
    return static_cast<double>(to >= from ? to - from : to) / seconds_;
  }

  [[nodiscard]] double counted(std::initializer_list<const char*> names) const {
    double sum = 0;
    for (const char* name : names) {
      sum += rate(at(before_, "counters"), at(now_, "counters"), name);
    }
    return sum;
  }

  void read_calls(CallRates& calls) const {
    calls.signed_a = counted({"signed_a"});
    calls.signed_b = counted({"signed_b"});
    calls.signed_c = counted({"signed_c"});
    calls.valid = counted({"verified_valid"});
    calls.invalid = counted({"verified_invalid"});
    calls.none = counted({"verified_none"});
    calls.answered = counted({"dropped_answered"});
    calls.undecided = counted({"parked_full", "ring_full", "job_deadline", "wait_expired"});
  }

  void read_paths(std::vector<PathFigures>& paths) const {
    const std::vector<PathDelays> earlier = read_delays(before_);
    for (const PathDelays& delays : read_delays(now_)) {
      const auto known = std::ranges::find(earlier, delays.path, &PathDelays::path);
      const PathDelays fresh = known != earlier.end() ? delays.since(*known) : delays;
      paths.push_back({cli::printable(delays.path), static_cast<double>(fresh.count()) / seconds_, fresh.quantile(0.5),
                       fresh.quantile(0.99)});
    }
  }

  void read_cores(std::vector<CoreFigures>& cores) const {
    const Json& earlier = at(before_, "cores");
    std::size_t index = 0;
    for (const Json& core : at(now_, "cores")) {
      static const Json kNothing;
      const Json& was = earlier.is_array() && index < earlier.size() ? earlier.at(index) : kNothing;
      ++index;
      CoreFigures& figures = cores.emplace_back();
      figures.crypto = at(core, "role") == "crypto";
      figures.cpu = at(core, "cpu").is_number() ? at(core, "cpu").dump() : "-";
      figures.about = text(at(core, "engine"));
      for (const Json& pair : at(core, "pairs")) {
        figures.about += (figures.about.empty() ? "" : " ") + text(pair);
      }
      const double busy = rate(was, core, "busy_cycles");
      const double idle = rate(was, core, "idle_cycles");
      figures.busy = busy + idle > 0 ? busy / (busy + idle) : 0;
      figures.per_second = rate(was, core, figures.crypto ? "jobs" : "received");
      figures.queued = number(at(core, figures.crypto ? "jobs_queued" : "parked"));
      figures.places = number(at(core, "queue_places"));
      figures.stuck = at(core, "stuck") == true;
    }
  }

  const Json& before_;
  const Json& now_;
  double seconds_;
};

}  // namespace

Figures read_figures(const Sample& before, const Sample& now) {
  Figures figures;
  figures.wall_seconds = now.wall_seconds;
  if (!now.status.is_object()) {
    figures.error = cli::printable(now.error.empty() ? "stirline-control did not answer" : now.error);
    return figures;
  }
  for (const Json& alarm : at(at(at(now.status, "control"), "alarms"), "raised")) {
    figures.alarms.push_back(
        {text(at(alarm, "name")), text(at(alarm, "severity")), text(at(alarm, "text")), seconds(at(alarm, "since"))});
  }
  Reading(before, now).read(figures);
  return figures;
}

}  // namespace stirline::control::top
