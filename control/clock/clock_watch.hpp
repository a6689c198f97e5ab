// How far the clock is from true time, from what is at hand (INL-AV-03): no NTP client of our own.
//
// Two things are known. While the kernel calls the clock synchronised it is right, and how far it was moved since then
// the steady clock tells. And servers that we fetched from over HTTPS said what time it is (Date, RFC 9110 6.6.1): the
// middle one of at least three hosts counts, and outweighs the kernel. Both are kept against the steady clock, so that
// a step of the wall clock shows at once. Where neither says anything, nothing is known and nothing is stopped.
//
// All distances are the least that the evidence allows. One thread; time comes with the readings.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/clock_config.hpp"
#include "control/clock/clock_reading.hpp"

namespace stirline::control {

// The clock is between so much behind (negative) and so much ahead of true time.
struct ClockOffset {
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
  enum class By : std::uint8_t { kernel, servers } by = By::kernel;

  // Without sign; 0 if the clock may be right.
  [[nodiscard]] std::chrono::milliseconds distance() const;
};

class ClockWatch {
 public:
  static constexpr std::size_t kQuorum = 3;  // hosts
  static constexpr std::size_t kHosts = 64;  // remembered; the oldest makes way
  static constexpr std::chrono::hours kMemory{24};

  explicit ClockWatch(const config::ClockConfig& limits) : limits_(limits) {}
  void set_limits(const config::ClockConfig& limits) { limits_ = limits; }

  // A look at the clock. Decides anew whether calls may be signed.
  void take(const ClockReading& reading);

  // A server whose certificates are believed said that it is `date` (seconds since 1970), in an answer that took
  // `took` and had come whole at `reading`.
  void hear(std::string_view host, std::chrono::seconds date, std::chrono::milliseconds took,
            const ClockReading& reading);

  // As of the last look.
  [[nodiscard]] const std::optional<ClockOffset>& offset() const { return offset_; }
  [[nodiscard]] const ClockReading& reading() const { return reading_; }
  [[nodiscard]] std::size_t hosts() const { return heard_.size(); }
  // Stays until the clock is nearer than half of what stopped it, or nothing is known any more.
  [[nodiscard]] bool signing_stopped() const { return stopped_; }
  [[nodiscard]] bool over_alarm() const;
  [[nodiscard]] bool kernel_doubts() const;  // it says unsynchronised, or admits an error beyond the alarm
  [[nodiscard]] std::chrono::milliseconds alarm() const { return std::chrono::milliseconds(limits_.alarm_ms); }

 private:
  // True time less steady time, as it was at `at` by the steady clock.
  struct Evidence {
    std::chrono::milliseconds least{0};
    std::chrono::milliseconds most{0};
    std::chrono::milliseconds at{0};
  };
  [[nodiscard]] static ClockOffset offset_by(const Evidence& evidence, const ClockReading& reading);
  [[nodiscard]] std::optional<ClockOffset> offset_by_servers() const;

  config::ClockConfig limits_;
  ClockReading reading_;
  std::optional<Evidence> synchronised_;  // at the last look that found it so
  std::map<std::string, Evidence, std::less<>> heard_;
  std::optional<ClockOffset> offset_;
  bool stopped_ = false;
};

}  // namespace stirline::control
