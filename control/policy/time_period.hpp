// Recurring periods of time, as rules have them (SPIT-PL-02; the parts of RFC 5545 that RFC 3880 4.4 takes up), spread
// out as intervals: packet cores then compare two numbers and know neither calendars nor time zones.
//
// By libical and the system's time zones. Any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/policy/rule.hpp"

namespace stirline::control::policy {

// As written: dtstart and until like 20261123T090000, local to `tzid` (UTC where that is empty) unless they end in Z;
// duration like PT8H. An empty text is not there.
struct TimePeriod {
  std::string tzid = {};
  std::string dtstart = {};
  std::string dtend = {};  // this or duration
  std::string duration = {};
  std::string freq = {};  // yearly, monthly, weekly, daily, hourly, minutely; empty: once
  std::string interval = {};
  std::string until = {};  // this, or count, or neither
  std::string count = {};
  std::string byday = {};
  std::string bymonthday = {};
  std::string bymonth = {};
  std::string wkst = {};
};

// Seconds since 1970: what is asked for.
struct TimeWindow {
  std::int64_t from = 0;
  std::int64_t until = 0;
};

// The intervals of the period that touch the window, sorted, joined where they meet. The error is a phrase about what
// is wrong with it, or that there are more than kMaxIntervals.
[[nodiscard]] std::expected<std::vector<config::policy::Interval>, std::string> spread_out(const TimePeriod& period,
                                                                                           const TimeWindow& window);

}  // namespace stirline::control::policy
