#include "control/alarms/alarm.hpp"

namespace stirline::control {

namespace {

constexpr unsigned kQuietLooks = 6;  // of what is counted: as many without one more

// In the order of Alarm.
constexpr PerAlarm<AlarmFacts> kAlarmFacts{{
    {"dataplane_away", Severity::critical, 2, 2, "the data plane is not connected, or does not answer"},
    {"generation_stale", Severity::major, 3, 1, "the data plane does not use the tables compiled last"},
    {"certificate_ending", Severity::warning, 1, 1, "a certificate of our own ends within 14 days"},
    {"certificate_ended", Severity::critical, 1, 1, "a certificate of our own has ended: its calls go unsigned"},
    {"revocation_list_stale", Severity::minor, 1, 1, "a revocation list is older than its nextUpdate"},
    {"clock_stepped", Severity::major, 1, kQuietLooks, "the clock of this machine was set: tokens are judged by it"},
    {"clock_unsynchronised", Severity::warning, 2, 2,
     "nothing disciplines the clock of this machine, or not well enough"},
    {"clock_offset", Severity::major, 1, 2, "the clock is known to be wrong: tokens are dated and judged by it"},
    {"signing_stopped", Severity::critical, 1, 1, "the clock is so wrong that nothing is signed"},
    {"port_down", Severity::major, 1, 2, "a port of the data plane has no link"},
    {"packets_dropped", Severity::major, 1, kQuietLooks, "packets were dropped, or missed by a port"},
    {"ring_full", Severity::major, 1, kQuietLooks, "calls went on undecided: the rings of the crypto cores were full"},
    {"parking_full", Severity::major, 1, kQuietLooks, "calls went on undecided: too many were parked"},
    {"tables_full", Severity::minor, 1, kQuietLooks, "a bounded table is full, or forgot what it should remember"},
    {"source_over_limit", Severity::minor, 1, kQuietLooks, "a source begins more than its trunk allows"},
    {"records_lost", Severity::major, 1, kQuietLooks, "records of calls were lost"},
    {"crypto_late", Severity::major, 1, kQuietLooks, "calls went on undecided: no answer of a crypto core in time"},
    {"crypto_core_stuck", Severity::critical, 1, 2, "a crypto core does not move"},
    {"engine_untrusted", Severity::critical, 1, 2, "a crypto engine has erred: OpenSSL does its work"},
}};

}  // namespace

const AlarmFacts& facts(Alarm alarm) {
  return kAlarmFacts[static_cast<std::size_t>(alarm)];
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::warning:
      return "warning";
    case Severity::minor:
      return "minor";
    case Severity::major:
      return "major";
    case Severity::critical:
      break;
  }
  return "critical";
}

}  // namespace stirline::control
