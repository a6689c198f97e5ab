#include "control/records/query_time.hpp"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "control/day.hpp"

namespace stirline::control {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kLeastSeconds = -62'167'219'200;  // the beginning of the year 0
constexpr std::int64_t kMostSeconds = 253'402'300'799;   // the end of 9999

// The digits in front, all of them; nothing if there are none or too many.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') {
    ++count;
  }
  if (count < least || count > most) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) {
  const bool there = text.starts_with(expected);
  text.remove_prefix(there ? 1 : 0);
  return there;
}

std::optional<std::int64_t> seconds_of_unit(std::string_view unit) {
  if (unit.size() == 1) {
    switch (unit.front()) {
      case 's':
        return 1;
      case 'm':
        return kMinute;
      case 'h':
        return 60 * kMinute;
      case 'd':
        return kDay;
      default:
        break;
    }
  }
  return std::nullopt;
}

// ":MM", ":MM:SS" behind the hour, with what the text leaves open set to its end.
std::optional<std::int64_t> read_clock(std::string_view text, Edge edge) {
  const auto hour = take_digits(text, 2, 2);
  if (!hour || *hour > 23 || !take(text, ':')) {
    return std::nullopt;
  }
  const auto minute = take_digits(text, 2, 2);
  if (!minute || *minute > 59) {
    return std::nullopt;
  }
  std::int64_t second = edge == Edge::end ? kMinute - 1 : 0;
  if (take(text, ':')) {
    const auto given = take_digits(text, 2, 2);
    if (!given || *given > 59) {
      return std::nullopt;
    }
    second = *given;
  }
  take(text, 'Z');
  return text.empty() ? std::optional((*hour * 60 + *minute) * kMinute + second) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_query_time(std::string_view text, Edge edge, std::int64_t now) {
  const auto number = take_digits(text, 1, 12);
  if (!number) {
    return std::nullopt;
  }
  if (text.empty()) {
    return *number <= kMostSeconds ? number : std::nullopt;
  }
  if (!take(text, '-')) {
    const auto unit = seconds_of_unit(text);
    return unit && *number <= kMostSeconds / *unit ? std::optional(now - *number * *unit) : std::nullopt;
  }
  const auto month = take_digits(text, 2, 2);
  if (!month || !take(text, '-')) {
    return std::nullopt;
  }
  const auto day = take_digits(text, 2, 2);
  if (!day || *number > 9'999) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*number)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) {
    return std::nullopt;
  }
  const std::int64_t midnight = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * kDay;
  if (text.empty()) {
    return midnight + (edge == Edge::end ? kDay - 1 : 0);
  }
  const auto clock = take(text, 'T') ? read_clock(text, edge) : std::nullopt;
  return clock ? std::optional(midnight + *clock) : std::nullopt;
}

std::string write_query_time(std::int64_t seconds) {
  if (seconds < kLeastSeconds || seconds > kMostSeconds) {
    return fmt::format("{}", seconds);
  }
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace stirline::control
