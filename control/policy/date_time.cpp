#include "control/policy/date_time.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "config/text_rules.hpp"

namespace stirline::control::policy {
namespace {

// Reads what is due, one piece after the other; once something else is there, it stays bad.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    const char* const end = rest_.data() + std::min(count, rest_.size());
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    good_ = good_ && rest_.size() >= count && error == std::errc() && stop == end && rest_[0] != '-';
    rest_.remove_prefix(std::min(count, rest_.size()));
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  void need(char c) { good_ = take(c) && good_; }
  void skip_digits() {
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    good_ = good_ && end != 0;
    rest_.remove_prefix(end);
  }
  [[nodiscard]] bool all_good() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::optional<std::int64_t> seconds_of_date_time(std::string_view text) {
  namespace chrono = std::chrono;
  Pieces pieces(config::trimmed(text));
  const int year = pieces.digits(4);
  pieces.need('-');
  const int month = pieces.digits(2);
  pieces.need('-');
  const int day = pieces.digits(2);
  pieces.need('T');
  const int hour = pieces.digits(2);
  pieces.need(':');
  const int minute = pieces.digits(2);
  pieces.need(':');
  const int second = pieces.digits(2);
  if (pieces.take('.')) {
    pieces.skip_digits();
  }
  int offset = 0;  // minutes
  if (!pieces.take('Z')) {
    const bool west = pieces.take('-');
    if (!west) {
      pieces.need('+');
    }
    const int hours = pieces.digits(2);
    pieces.need(':');
    const int minutes = pieces.digits(2);
    offset = (west ? -1 : 1) * (hours * 60 + minutes);
    if (hours > 14 || minutes > 59) {
      return std::nullopt;
    }
  }
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  const bool is_midnight_after = hour == 24 && minute == 0 && second == 0;
  if (!pieces.all_good() || !date.ok() || (hour > 23 && !is_midnight_after) || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const auto time = chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute - offset);
  return chrono::duration_cast<chrono::seconds>(time.time_since_epoch()).count() + second;
}

std::vector<config::policy::Interval> joined(std::vector<config::policy::Interval> intervals) {
  std::ranges::sort(intervals, {}, &config::policy::Interval::from);
  std::vector<config::policy::Interval> joined;
  for (const config::policy::Interval& interval : intervals) {
    if (!joined.empty() && interval.from <= joined.back().until) {
      joined.back().until = std::max(joined.back().until, interval.until);
    } else {
      joined.push_back(interval);
    }
  }
  return joined;
}

}  // namespace stirline::control::policy
