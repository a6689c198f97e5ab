#include "sip_parser/date.hpp"

#include <cassert>

#include "sip_parser/characters.hpp"

namespace stirline::sip {
namespace {

constexpr std::string_view kWeekdays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::int64_t kDaySeconds = 86'400;
[[maybe_unused]] constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31 23:59:59

constexpr bool is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<std::size_t>(month)] + (month == 1 && is_leap(year) ? 1 : 0);
}

// Days from 1970-01-01 to January 1st of `year`.
constexpr std::int64_t days_before_year(std::int64_t year) {
  const std::int64_t past = year - 1;
  return past * 365 + past / 4 - past / 100 + past / 400 - 719'162;
}
static_assert(days_before_year(1970) == 0 && days_before_year(2000) == 10'957);

// Index of the three letters at the front of `text` in `names`, or -1. Dates compare with regard to case (RFC 3261
// 20.17).
int index_of(std::string_view names, std::string_view text) {
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (names.substr(i, 3) == text.substr(0, 3)) {
      return static_cast<int>(i / 3);
    }
  }
  return -1;
}

void put_digits(std::array<char, kDateBytes>& out, std::size_t at, std::size_t digits, std::int64_t value) {
  for (std::size_t i = digits; i > 0; --i) {
    out[at + i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

void put(std::array<char, kDateBytes>& out, std::size_t at, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    out[at + i] = text[i];
  }
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view value) {
  constexpr std::string_view kForm = "www, dd mmm dddd dd:dd:dd GMT";
  static_assert(kForm.size() == kDateBytes);
  if (value.size() != kDateBytes) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kDateBytes; ++i) {
    const bool good = kForm[i] == 'd'   ? detail::is(value[i], detail::kDigit)
                      : kForm[i] == 'w' ? true
                      : kForm[i] == 'm' ? true
                                        : value[i] == kForm[i];
    if (!good) {
      return std::nullopt;
    }
  }
  const auto number = [value](std::size_t at, std::size_t digits) {
    int result = 0;
    for (const char c : value.substr(at, digits)) {
      result = result * 10 + (c - '0');
    }
    return result;
  };
  const int weekday = index_of(kWeekdays, value);
  const int month = index_of(kMonths, value.substr(8));
  const int day = number(5, 2);
  const int year = number(12, 4);
  const int hour = number(17, 2);
  const int minute = number(20, 2);
  const int second = number(23, 2);
  if (weekday < 0 || month < 0 || year < 1970 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
      minute > 59 || second > 59) {
    return std::nullopt;
  }
  std::int64_t days = days_before_year(year) + day - 1;
  for (int i = 0; i < month; ++i) {
    days += days_in_month(year, i);
  }
  if (days % 7 != weekday) {
    return std::nullopt;
  }
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::array<char, kDateBytes> format_date(std::int64_t seconds) {
  assert(seconds >= 0 && seconds <= kLastSecond);
  const std::int64_t days = seconds / kDaySeconds;
  const std::int64_t in_day = seconds % kDaySeconds;
  std::int64_t year = 1970 + days / 366;  // never too late; at most a few steps early
  while (days_before_year(year + 1) <= days) {
    ++year;
  }
  std::int64_t day = days - days_before_year(year);
  int month = 0;
  while (day >= days_in_month(static_cast<int>(year), month)) {
    day -= days_in_month(static_cast<int>(year), month);
    ++month;
  }
  std::array<char, kDateBytes> out{};
  put(out, 0, kWeekdays.substr(static_cast<std::size_t>(days % 7) * 3, 3));
  put(out, 3, ", ");
  put_digits(out, 5, 2, day + 1);
  put(out, 7, " ");
  put(out, 8, kMonths.substr(static_cast<std::size_t>(month) * 3, 3));
  put(out, 11, " ");
  put_digits(out, 12, 4, year);
  put(out, 16, " ");
  put_digits(out, 17, 2, in_day / 3600);
  put(out, 19, ":");
  put_digits(out, 20, 2, in_day / 60 % 60);
  put(out, 22, ":");
  put_digits(out, 23, 2, in_day % 60);
  put(out, 25, " GMT");
  return out;
}

}  // namespace stirline::sip
