#include "control/alarms/alarm_rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/metrics/meant_drops.hpp"
#include "control/status_fields.hpp"

namespace stirline::control {

namespace {

using status_fields::at;
using status_fields::Json;
using status_fields::number;
using status_fields::seconds;
using status_fields::text;

constexpr std::int64_t kEndingSeconds = std::int64_t{14} * 24 * 3'600;
constexpr std::uint64_t kFullPercent = 95;
constexpr std::uint64_t kRoomPercent = 80;

// Tables that give up their oldest entry for the newest are full most of the time; counters tell when that mattered.
constexpr std::array<std::string_view, 4> kTables{"waiting_calls", "reassembly", "large_buffers", "records"};
constexpr std::array<const char*, 8> kForgotten{"decisions_forgotten", "signed_forgotten", "tokens_forgotten",
                                                "reasons_forgotten",   "waiting_full",     "fragment_table_full",
                                                "no_large_buffer",     "sources_forgotten"};

// How much a counter has grown; of a process that began anew, what it counts since.
std::uint64_t growth(const Json& before, const Json& now) {
  const std::uint64_t earlier = number(before);
  const std::uint64_t later = number(now);
  return later >= earlier ? later - earlier : later;
}

void add(Finding& finding, const std::string& what) {
  finding.text += (finding.text.empty() ? "" : ", ") + what;
  finding.level = Level::present;
}

class Look {
 public:
  Look(const StatusSample* before, const StatusSample& now) : before_(before), now_(now) {}

  PerAlarm<Finding> find() {
    look_at_connection();
    look_at_certificates();
    look_at_lists();
    look_at_clock();
    if (before_ != nullptr) {
      add_growth(Alarm::records_lost, at(before_->control, "records"), at(now_.control, "records"), "lost");
    }
    if (now_.dataplane.is_object()) {
      look_at_ports();
      look_at_cores();
      look_at_counters();
      look_at_tables();
      look_at_sources();
    } else {
      for (const Alarm alarm : {Alarm::port_down, Alarm::packets_dropped, Alarm::ring_full, Alarm::parking_full,
                                Alarm::tables_full, Alarm::source_over_limit, Alarm::records_lost, Alarm::crypto_late,
                                Alarm::crypto_core_stuck, Alarm::engine_untrusted}) {
        Finding& unknown = finding(alarm);
        unknown.level = std::max(unknown.level, Level::between);
      }
    }
    return findings_;
  }

 private:
  Finding& finding(Alarm alarm) { return findings_[static_cast<std::size_t>(alarm)]; }

  void look_at_connection() {
    const Json& connection = at(now_.control, "dataplane");
    const bool connected = at(connection, "connected") == true;
    if (!connected || !now_.dataplane.is_object()) {
      const std::string error = text(at(connection, "error"));
      add(finding(Alarm::dataplane_away), connected       ? "connected, but silent"
                                          : error.empty() ? std::string("not connected")
                                                          : error);
      finding(Alarm::generation_stale).level = Level::between;
      return;
    }
    const std::uint64_t compiled = number(at(now_.control, "generation"));
    const std::uint64_t used = number(at(at(now_.dataplane, "tables"), "generation"));
    if (compiled != used) {
      const std::string error = text(at(connection, "error"));
      add(finding(Alarm::generation_stale),
          fmt::format("generation {} compiled, {} in use{}{}", compiled, used, error.empty() ? "" : ": ", error));
    }
  }

  void look_at_certificates() {
    const std::int64_t now = std::chrono::floor<std::chrono::seconds>(now_.clock.wall).count();
    for (const Json& credential : at(now_.control, "credentials")) {
      const std::int64_t left = seconds(at(credential, "not_after")) - now;
      const std::string name = text(at(credential, "name"));
      if (left < 0) {
        add(finding(Alarm::certificate_ended), name);
      } else if (left < kEndingSeconds) {
        add(finding(Alarm::certificate_ending), fmt::format("{} in {} hours", name, left / 3'600));
      }
    }
  }

  void look_at_lists() {
    if (const std::uint64_t stale = number(at(at(now_.control, "lists"), "stale")); stale != 0) {
      add(finding(Alarm::revocation_list_stale), fmt::format("in {} regimes", stale));
    }
  }

  void look_at_clock() {  // INL-AV-03
    const ClockView& clock = now_.clock;
    if (!clock.doubts.empty()) {
      add(finding(Alarm::clock_unsynchronised), clock.doubts);
    }
    if (!clock.offset.empty()) {
      add(finding(Alarm::clock_offset), clock.offset);
    }
    if (clock.signing_stopped) {
      add(finding(Alarm::signing_stopped), clock.offset);
    }
    if (before_ == nullptr) {
      return;
    }
    const auto step = (clock.wall - before_->clock.wall) - (clock.steady - before_->clock.steady);
    if (std::chrono::abs(step) >= clock.alarm) {
      add(finding(Alarm::clock_stepped), fmt::format("by {} ms", step.count()));
    }
  }

  void look_at_ports() {
    const Json& ports = at(now_.dataplane, "ports");
    const Json earlier = before_ != nullptr ? at(before_->dataplane, "ports") : Json();
    for (std::size_t i = 0; ports.is_array() && i < ports.size(); ++i) {
      const std::string name = text(at(ports[i], "name"));
      if (text(at(ports[i], "link")) == "down") {
        add(finding(Alarm::port_down), name);
      }
      if (earlier.is_array() && i < earlier.size()) {
        const std::uint64_t missed = growth(at(earlier[i], "missed"), at(ports[i], "missed"));
        if (missed != 0) {
          add(finding(Alarm::packets_dropped), fmt::format("{} missed by port {}", missed, name));
        }
      }
    }
  }

  void look_at_cores() {
    std::size_t index = 0;
    for (const Json& core : at(now_.dataplane, "cores")) {
      if (at(core, "stuck") == true) {
        add(finding(Alarm::crypto_core_stuck), fmt::format("core {}", index));
      }
      if (at(core, "engine_trusted") == false) {
        add(finding(Alarm::engine_untrusted), fmt::format("core {}", index));
      }
      const std::uint64_t places = number(at(core, "queue_places"));
      const std::uint64_t queued = number(at(core, "jobs_queued"));
      if (places != 0 && queued * 100 >= places * kFullPercent) {
        add(finding(Alarm::ring_full), fmt::format("core {}: {} of {} places", index, queued, places));
      } else if (places != 0 && queued * 100 >= places * kRoomPercent) {
        Finding& ring = finding(Alarm::ring_full);
        ring.level = std::max(ring.level, Level::between);
      }
      ++index;
    }
  }

  void look_at_counters() {
    const Json& later = at(now_.dataplane, "counters");
    const Json earlier = before_ != nullptr ? at(before_->dataplane, "counters") : Json();
    if (!earlier.is_object() || !later.is_object()) {
      return;
    }
    for (const auto& [name, count] : later.items()) {
      if (name.starts_with("dropped_") && !is_meant_drop(name)) {
        add_growth(Alarm::packets_dropped, earlier, later, name);
      }
    }
    add_growth(Alarm::ring_full, earlier, later, "ring_full");
    add_growth(Alarm::parking_full, earlier, later, "parked_full");
    add_growth(Alarm::records_lost, earlier, later, "record_dropped");
    add_growth(Alarm::crypto_late, earlier, later, "job_deadline");
    for (const char* name : kForgotten) {
      add_growth(Alarm::tables_full, earlier, later, name);
    }
  }

  void look_at_tables() {
    for (const Json& table : at(now_.dataplane, "fills")) {
      const std::string name = text(at(table, "table"));
      const std::uint64_t used = number(at(table, "used"));
      const std::uint64_t places = number(at(table, "places"));
      const bool parking = name == "parking";
      if (places == 0 || (!parking && std::ranges::find(kTables, name) == kTables.end())) {
        continue;
      }
      Finding& full = finding(parking ? Alarm::parking_full : Alarm::tables_full);
      if (used * 100 >= places * kFullPercent) {
        add(full, fmt::format("{}: {} of {}", name, used, places));
      } else if (used * 100 >= places * kRoomPercent) {
        full.level = std::max(full.level, Level::between);
      }
    }
  }

  void look_at_sources() {
    if (before_ == nullptr || !before_->dataplane.is_object()) {
      return;
    }
    add_growth(Alarm::source_over_limit, at(before_->dataplane, "counters"), at(now_.dataplane, "counters"),
               "over_limit");
    const Json& sources = at(now_.dataplane, "sources_over_limit");
    if (finding(Alarm::source_over_limit).level == Level::present && sources.is_array() && !sources.empty()) {
      const Json& worst = sources.front();
      add(finding(Alarm::source_over_limit),
          fmt::format("worst {} on {}", text(at(worst, "source")), text(at(worst, "trunk"))));
    }
  }

  void add_growth(Alarm alarm, const Json& earlier, const Json& later, const std::string& name) {
    if (const std::uint64_t grown = growth(at(earlier, name), at(later, name)); grown != 0) {
      add(finding(alarm), fmt::format("{} {}", grown, name));
    }
  }

  const StatusSample* before_;
  const StatusSample& now_;
  PerAlarm<Finding> findings_;
};

}  // namespace

PerAlarm<Finding> find_alarms(const StatusSample* before, const StatusSample& now) {
  return Look(before, now).find();
}

}  // namespace stirline::control
