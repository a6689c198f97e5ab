// What the operator is called for: every alarm with its severity, in words, and how long it must last. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::control {

enum class Alarm : std::uint8_t {
  dataplane_away,
  generation_stale,
  certificate_ending,
  certificate_ended,
  revocation_list_stale,
  clock_stepped,
  clock_unsynchronised,
  clock_offset,
  signing_stopped,
  port_down,
  packets_dropped,
  ring_full,
  parking_full,
  tables_full,
  source_over_limit,
  records_lost,
  crypto_late,
  crypto_core_stuck,
  engine_untrusted,
};
inline constexpr std::size_t kAlarms = 19;

// RFC 8632 4.4, without those that nothing here needs.
enum class Severity : std::uint8_t { warning, minor, major, critical };

struct AlarmFacts {
  std::string_view name;
  Severity severity = Severity::warning;
  // Looks at the status in a row that must show it before it is raised, or no longer before it is cleared. What is
  // counted (drops, losses) is raised at once and cleared late, so that one that comes now and then does not flap.
  unsigned raise_after = 1;
  unsigned clear_after = 2;
  std::string_view help;
};
[[nodiscard]] const AlarmFacts& facts(Alarm alarm);
[[nodiscard]] std::string_view to_string(Severity severity);

template <typename T>
using PerAlarm = std::array<T, kAlarms>;

}  // namespace stirline::control
