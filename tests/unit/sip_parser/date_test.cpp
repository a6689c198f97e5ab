#include "sip_parser/date.hpp"

#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace stirline::sip::date_test {
namespace {

std::string formatted(std::int64_t seconds) {
  const auto text = format_date(seconds);
  return {text.data(), text.size()};
}

TEST(Date, KnownMoments) {
  EXPECT_EQ(parse_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(parse_date("Sat, 13 Nov 2010 23:29:00 GMT"), 1289690940);
  EXPECT_EQ(parse_date("Tue, 29 Feb 2000 12:00:01 GMT"), 951825601);
  EXPECT_EQ(parse_date("Fri, 31 Dec 9999 23:59:59 GMT"), 253402300799);
  EXPECT_EQ(formatted(1289690940), "Sat, 13 Nov 2010 23:29:00 GMT");
}

TEST(Date, RefusesEverythingElse) {
  for (const std::string_view bad : {"",
                                     "Sat, 13 Nov 2010 23:29:00 EST",
                                     "Sat, 13 Nov 2010 23:29:00 gmt",
                                     "sat, 13 Nov 2010 23:29:00 GMT",
                                     "Sun, 13 Nov 2010 23:29:00 GMT",  // the 13th was a Saturday
                                     "Sat, 13 NOV 2010 23:29:00 GMT",
                                     "Sat, 3 Nov 2010 23:29:00 GMT",
                                     "Sat, 13 Nov 10 23:29:00 GMT",
                                     "Sat, 13 Nov 2010 24:00:00 GMT",
                                     "Sat, 13 Nov 2010 23:60:00 GMT",
                                     "Sat, 13 Nov 2010 23:29:60 GMT",
                                     "Sun, 00 Nov 2010 23:29:00 GMT",
                                     "Wed, 31 Nov 2010 23:29:00 GMT",
                                     "Mon, 29 Feb 2100 00:00:00 GMT",
                                     "Wed, 31 Dec 1969 23:59:59 GMT",
                                     "Sat, 13 Nov 2010 23:29:00 GMT ",
                                     "Sat,  13 Nov 2010 23:29:00 GM",
                                     "Sat, 13 Nov 2010 23-29-00 GMT",
                                     "Sat, +3 Nov 2010 23:29:00 GMT",
                                     "Satan13 Nov 2010 23:29:00 GMT"}) {
    EXPECT_FALSE(parse_date(bad)) << bad;
  }
}

// Against the C library, through every leap-year rule.
TEST(Date, RoundTripsAndAgreesWithGmtime) {
  for (std::int64_t seconds = 0; seconds < 253402300800; seconds += 6'700'417) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm broken{};
    ASSERT_NE(gmtime_r(&time, &broken), nullptr);
    std::array<char, 64> expected{};
    ASSERT_EQ(std::strftime(expected.data(), expected.size(), "%a, %d %b %Y %H:%M:%S GMT", &broken), kDateBytes);
    const std::string text = formatted(seconds);
    ASSERT_EQ(text, expected.data());
    ASSERT_EQ(parse_date(text), seconds);
  }
}

}  // namespace
}  // namespace stirline::sip::date_test
