// Recurring periods of time (SPIT-PL-02).
#include "control/policy/time_period.hpp"

#include <gtest/gtest.h>

#include "control/policy/date_time.hpp"

namespace stirline::control::policy::time_period_test {
namespace {

using config::policy::Interval;

std::int64_t at(std::string_view time) {
  return *seconds_of_date_time(time);
}

std::vector<Interval> spread(const TimePeriod& period, std::string_view from, std::string_view until) {
  auto intervals = spread_out(period, {at(from), at(until)});
  EXPECT_TRUE(intervals) << (intervals ? "" : intervals.error());
  return intervals.value_or(std::vector<Interval>());
}

TEST(TimePeriod, OfficeHoursStayOfficeHoursWhenSummerTimeBegins) {
  const TimePeriod office{.tzid = "Europe/Berlin",
                          .dtstart = "20200106T090000",
                          .dtend = "20200106T170000",
                          .freq = "weekly",
                          .byday = "MO,TU,WE,TH,FR"};
  EXPECT_EQ(spread(office, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"),
            (std::vector<Interval>{{at("2026-03-27T08:00:00Z"), at("2026-03-27T16:00:00Z")},
                                   {at("2026-03-30T07:00:00Z"), at("2026-03-30T15:00:00Z")}}));
}

TEST(TimePeriod, ANightOverTheChangeIsAnHourShorter) {
  const TimePeriod night{.tzid = "Europe/Berlin", .dtstart = "20260328T220000", .duration = "PT8H"};
  EXPECT_EQ(spread(night, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            (std::vector<Interval>{{at("2026-03-28T21:00:00Z"), at("2026-03-29T04:00:00Z")}}));
}

TEST(TimePeriod, TheLeapDayComesEveryFourYears) {
  const TimePeriod leap{.tzid = "America/New_York", .dtstart = "20240229T080000", .duration = "PT1H", .freq = "yearly"};
  EXPECT_EQ(spread(leap, "2024-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
            (std::vector<Interval>{{at("2024-02-29T13:00:00Z"), at("2024-02-29T14:00:00Z")},
                                   {at("2028-02-29T13:00:00Z"), at("2028-02-29T14:00:00Z")}}));
}

// What lies before the window is passed over without being counted through: the same comes out.
TEST(TimePeriod, WhereTheWindowBeginsDoesNotMatter) {
  const TimePeriod every_other{.tzid = "Europe/Berlin",
                               .dtstart = "20200106T090000",
                               .dtend = "20200106T170000",
                               .freq = "weekly",
                               .interval = "2",
                               .byday = "MO,WE"};
  const auto all = spread(every_other, "2020-01-01T00:00:00Z", "2026-05-01T00:00:00Z");
  const auto late = spread(every_other, "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z");
  ASSERT_GE(late.size(), 8U);
  EXPECT_TRUE(std::equal(late.rbegin(), late.rend(), all.rbegin()));
  const TimePeriod counted{
      .dtstart = "20200106T090000Z", .duration = "PT1H", .freq = "daily", .interval = "3", .count = "5"};
  EXPECT_EQ(spread(counted, "2020-01-10T00:00:00Z", "2027-01-01T00:00:00Z").size(), 3U);
}

TEST(TimePeriod, WindowsCutNothing) {
  const TimePeriod day{.dtstart = "20260101T000000Z", .duration = "P1D", .freq = "daily", .until = "20260104T000000Z"};
  EXPECT_EQ(spread(day, "2026-01-02T12:00:00Z", "2026-12-01T00:00:00Z"),
            (std::vector<Interval>{{at("2026-01-02T00:00:00Z"), at("2026-01-05T00:00:00Z")}}));  // joined
  EXPECT_TRUE(spread(day, "2026-02-01T00:00:00Z", "2026-12-01T00:00:00Z").empty());
}

TEST(TimePeriod, OtherParts) {
  EXPECT_EQ(spread({.dtstart = "20260101T000000Z", .duration = "PT1H", .freq = "monthly", .bymonthday = "-1"},
                   "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            (std::vector<Interval>{{at("2026-02-28T00:00:00Z"), at("2026-02-28T01:00:00Z")}}));
  EXPECT_EQ(
      spread({.dtstart = "20260101T000000Z", .duration = "PT1H", .freq = "yearly", .byday = "1MO", .bymonth = "9"},
             "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
      (std::vector<Interval>{{at("2026-09-07T00:00:00Z"), at("2026-09-07T01:00:00Z")}}));
  EXPECT_EQ(spread({.dtstart = "20260101T000000Z", .duration = "PT1H", .freq = "hourly"}, "2026-02-01T00:00:00Z",
                   "2026-02-02T00:00:00Z")
                .size(),
            1U);  // one after the other
}

TEST(TimePeriod, MistakesAreTold) {
  const TimeWindow window{at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z")};
  const auto error = [&](const TimePeriod& period) {
    const auto intervals = spread_out(period, window);
    return intervals ? std::string("none") : intervals.error();
  };
  EXPECT_EQ(error({.tzid = "Mars/Olympus", .dtstart = "20260101T000000", .duration = "PT1H"}),
            "tzid \"Mars/Olympus\" is not understood");
  EXPECT_EQ(error({.dtstart = "soon", .duration = "PT1H"}), "dtstart \"soon\" is not understood");
  EXPECT_EQ(error({.dtstart = "20260101T000000"}), "one of dtend and duration is needed, and not both");
  EXPECT_EQ(error({.dtstart = "20260101T000000", .dtend = "20260101T000000"}),
            "dtend \"20260101T000000\" is not understood");
  EXPECT_EQ(error({.dtstart = "20260101T000000", .duration = "-PT1H"}), "duration \"-PT1H\" is not understood");
  EXPECT_EQ(error({.dtstart = "20260101T000000", .duration = "PT1S", .freq = "secondly"}),
            "freq \"secondly\" is not understood");
  EXPECT_EQ(error({.dtstart = "20260101T000000", .duration = "PT1S", .freq = "minutely"}), "it recurs too often");
  EXPECT_NE(error({.dtstart = "20260101T000000", .duration = "PT1H", .freq = "daily;COUNT=3"}), "none");
  EXPECT_NE(error({.dtstart = "20260101T000000", .duration = "PT1H", .freq = "weekly", .byday = "XX"}), "none");
  EXPECT_NE(error({.dtstart = "20260101T000000", .duration = "PT1H", .freq = "daily", .count = "1;FREQ=SECONDLY"}),
            "none");
  EXPECT_NE(error({.dtstart = "20260101T000000",
                   .duration = "PT1H",
                   .freq = "daily",
                   .until = "20270101T000000Z",
                   .count = "1"}),
            "none");
}

}  // namespace
}  // namespace stirline::control::policy::time_period_test
