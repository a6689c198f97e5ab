#include "control/policy/time_period.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include <libical/ical.h>

namespace stirline::control::policy {
namespace {

using config::policy::Interval;

// A rule that recurs by the minute for ten years has more occurrences than anybody needs to look at.
constexpr std::size_t kMaxOccurrences = 100'000;
constexpr std::size_t kMaxPartBytes = 256;

struct IteratorFree {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};
using Iterator = std::unique_ptr<icalrecur_iterator, IteratorFree>;

std::unexpected<std::string> wrong(std::string_view part, std::string_view value) {
  return std::unexpected(std::string(part) + " \"" + std::string(value) + "\" is not understood");
}

std::expected<icaltimezone*, std::string> zone_of(const std::string& tzid) {
  icaltimezone* const zone =
      tzid.empty() ? icaltimezone_get_utc_timezone() : icaltimezone_get_builtin_timezone(tzid.c_str());
  if (zone == nullptr) {
    return wrong("tzid", tzid);
  }
  return zone;
}

// A time with a date, in `zone` unless it says that it is UTC.
std::optional<icaltimetype> time_of(const std::string& text, icaltimezone* zone) {
  icaltimetype time = icaltime_from_string(text.c_str());
  if (icaltime_is_null_time(time) != 0 || icaltime_is_valid_time(time) == 0 || time.is_date != 0) {
    return std::nullopt;
  }
  if (icaltime_is_utc(time) != 0) {
    return icaltime_convert_to_zone(time, zone);
  }
  return icaltime_set_timezone(&time, zone);
}

std::int64_t seconds_of(const icaltimetype& time) {
  return icaltime_as_timet_with_zone(time, time.zone);
}

// How long each occurrence lasts, by the clock on the wall: nine to five stays nine to five when summer time begins.
std::expected<icaldurationtype, std::string> length_of(const TimePeriod& period, const icaltimetype& start,
                                                       icaltimezone* zone) {
  if (period.dtend.empty() == period.duration.empty()) {
    return std::unexpected("one of dtend and duration is needed, and not both");
  }
  if (!period.duration.empty()) {
    const icaldurationtype duration = icaldurationtype_from_string(period.duration.c_str());
    if (icaldurationtype_is_bad_duration(duration) != 0 || icaldurationtype_as_int(duration) <= 0) {
      return wrong("duration", period.duration);
    }
    return duration;
  }
  const auto end = time_of(period.dtend, zone);
  if (!end || icaltime_compare(*end, start) <= 0) {
    return wrong("dtend", period.dtend);
  }
  icaltimetype wall_end = *end;
  icaltimetype wall_start = start;
  wall_end.zone = wall_start.zone = icaltimezone_get_utc_timezone();
  return icaltime_subtract(wall_end, wall_start);
}

std::expected<icalrecurrencetype, std::string> recurrence_of(const TimePeriod& period) {
  if (period.freq == "secondly" || period.freq == "SECONDLY") {
    return wrong("freq", period.freq);
  }
  if (!period.until.empty() && !period.count.empty()) {
    return std::unexpected("until and count exclude each other");
  }
  const std::initializer_list<std::pair<std::string_view, const std::string*>> parts{
      {"FREQ", &period.freq},       {"INTERVAL", &period.interval}, {"UNTIL", &period.until},
      {"COUNT", &period.count},     {"BYDAY", &period.byday},       {"BYMONTHDAY", &period.bymonthday},
      {"BYMONTH", &period.bymonth}, {"WKST", &period.wkst},
  };
  std::string text;
  for (const auto& [name, value] : parts) {
    if (value->size() > kMaxPartBytes || value->find(';') != std::string::npos) {
      return wrong(name, value->substr(0, kMaxPartBytes));
    }
    if (!value->empty()) {
      text.append(text.empty() ? "" : ";").append(name).append("=").append(*value);
    }
  }
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const icalrecurrencetype recurrence = icalrecurrencetype_from_string(text.c_str());
  if (recurrence.freq == ICAL_NO_RECURRENCE) {
    return std::unexpected("the recurrence " + text + " is not understood");
  }
  return recurrence;
}

class Spreader {
 public:
  Spreader(const TimeWindow& window, const icaldurationtype& length) : window_(window), length_(length) {}

  // True: there may be more to come.
  bool add(const icaltimetype& start) {
    const Interval interval{seconds_of(start), seconds_of(icaltime_add(start, length_))};
    if (interval.from >= window_.until) {
      return false;
    }
    if (interval.until <= window_.from || interval.from >= interval.until) {
      return true;
    }
    if (!intervals_.empty() && interval.from <= intervals_.back().until) {
      intervals_.back().until = std::max(intervals_.back().until, interval.until);
    } else {
      intervals_.push_back(interval);
    }
    return intervals_.size() <= config::policy::kMaxIntervals;
  }

  [[nodiscard]] std::expected<std::vector<Interval>, std::string> take() {
    if (intervals_.size() > config::policy::kMaxIntervals) {
      return std::unexpected("it recurs too often");
    }
    return std::move(intervals_);
  }

 private:
  TimeWindow window_;
  icaldurationtype length_;
  std::vector<Interval> intervals_;
};

}  // namespace

std::expected<std::vector<Interval>, std::string> spread_out(const TimePeriod& period, const TimeWindow& window) {
  const auto zone = zone_of(period.tzid);
  if (!zone) {
    return std::unexpected(zone.error());
  }
  const auto start = time_of(period.dtstart, *zone);
  if (!start) {
    return wrong("dtstart", period.dtstart);
  }
  const auto length = length_of(period, *start, *zone);
  if (!length) {
    return std::unexpected(length.error());
  }
  Spreader spreader(window, *length);
  if (period.freq.empty()) {
    spreader.add(*start);
    return spreader.take();
  }
  const auto recurrence = recurrence_of(period);
  if (!recurrence) {
    return std::unexpected(recurrence.error());
  }
  const Iterator iterator(icalrecur_iterator_new(*recurrence, *start));
  if (!iterator) {
    return std::unexpected("the recurrence never begins");
  }
  // What lies before the window is passed over, unless occurrences are counted from the first.
  const std::int64_t before = window.from - icaldurationtype_as_int(*length) - 86'400;
  if (recurrence->count == 0 && before > seconds_of(*start)) {
    icalrecur_iterator_set_start(iterator.get(), icaltime_from_timet_with_zone(before, 0, *zone));
  }
  for (std::size_t i = 0;; ++i) {
    const icaltimetype occurrence = icalrecur_iterator_next(iterator.get());
    if (icaltime_is_null_time(occurrence) != 0 || !spreader.add(occurrence)) {
      return spreader.take();
    }
    if (i == kMaxOccurrences) {
      return std::unexpected("it recurs too often");
    }
  }
}

}  // namespace stirline::control::policy
