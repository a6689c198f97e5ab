#include "sip_parser/date.hpp"

#include <algorithm>
#include <cassert>

#include "sip_parser/words.hpp"

namespace stirline::sip {
namespace {

using detail::leading_word;
using detail::word_at;

constexpr std::string_view kWeekdays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
constexpr std::array<std::uint64_t, 7> kWeekdayLetters = [] {
  std::array<std::uint64_t, 7> letters{};
  for (std::size_t day = 0; day < letters.size(); ++day) {
    letters[day] = leading_word(kWeekdays.substr(day * 3, 3));
  }
  return letters;
}();
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::int64_t kDaySeconds = 86'400;
[[maybe_unused]] constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31 23:59:59

constexpr bool is_leap(std::uint32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr std::array<std::uint32_t, 12> kDaysInMonth = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr std::uint32_t days_in_month(std::uint32_t year, std::size_t month) {
  return kDaysInMonth[month] + (month == 1 && is_leap(year) ? 1 : 0);
}

// Days from 1970-01-01 to January 1st of `year`, which is not before.
constexpr std::uint32_t days_before_year(std::uint32_t year) {
  const std::uint32_t past = year - 1;
  return past * 365 + past / 4 - past / 100 + past / 400 - 719'162;
}
static_assert(days_before_year(1970) == 0 && days_before_year(2000) == 10'957);

// The letters of a month as a number, so that twelve comparisons become one look-up; no two months meet.
constexpr std::uint64_t kThreeLetters = 0xFF'FFFF;
constexpr std::size_t month_slot(std::uint64_t letters) {
  return static_cast<std::size_t>((letters * 0x9B81'0E76'6EC9'D287) >> 59U);
}
// Days are counted in years that begin in March, so that a leap day is the last of its year.
struct MonthSlot {
  std::uint64_t letters = 0;
  std::uint32_t days = 0;       // 0: no month
  std::uint32_t year_back = 0;  // January and February are of the year before
  std::uint32_t offset = 0;     // of day 0 from the begin of that year, less the days up to 1970; modulo 2^32
};
constexpr std::array<MonthSlot, 32> kMonthSlots = [] {
  constexpr std::uint32_t kDaysToEpoch = 719'468;  // from March 1st of the year 0
  std::array<MonthSlot, 32> slots{};
  for (std::uint32_t month = 0; month < kDaysInMonth.size(); ++month) {
    const std::uint64_t letters = leading_word(kMonths.substr(std::size_t{month} * 3, 3));
    const std::uint32_t from_march = (month + 10) % 12;
    slots[month_slot(letters)] = {letters, kDaysInMonth[month], month < 2 ? 1U : 0U,
                                  (153 * from_march + 2) / 5 - 1 - kDaysToEpoch};
  }
  return slots;
}();
static_assert(std::ranges::count_if(kMonthSlots, [](const MonthSlot& slot) { return slot.days != 0; }) == 12);

// Days from 1970-01-01, which is not behind.
constexpr std::uint32_t days_of(std::uint32_t year, const MonthSlot& month, std::uint32_t day) {
  const std::uint32_t years = year - month.year_back;
  const std::uint32_t centuries = years / 100;
  return years * 365 + years / 4 - centuries + centuries / 4 + month.offset + day;
}

// "www, dd mmm dddd dd:dd:dd GMT" as four words, the last one overlapping. w and m are looked at elsewhere.
constexpr std::string_view kForm = "www, dd mmm dddd dd:dd:dd GMT";
static_assert(kForm.size() == kDateBytes);
constexpr std::array<std::size_t, 4> kWords = {0, 8, 16, kDateBytes - 8};

struct FormWord {
  std::uint64_t fixed = 0;   // octets that are given, '0' where digits are
  std::uint64_t add = 0;     // makes 0x80 or more of what differs too much: by 1, digits by 10
  std::uint64_t looked = 0;  // 0x80 at the places that are looked at
};
constexpr std::array<FormWord, kWords.size()> kFormWords = [] {
  std::array<FormWord, kWords.size()> words{};
  for (std::size_t word = 0; word < words.size(); ++word) {
    for (unsigned i = 0; i < 8; ++i) {
      const char c = kForm[kWords[word] + i];
      if (c != 'w' && c != 'm') {
        words[word].fixed |= std::uint64_t{static_cast<unsigned char>(c == 'd' ? '0' : c)} << (8 * i);
        words[word].add |= std::uint64_t{c == 'd' ? 0x80U - 10U : 0x7FU} << (8 * i);
        words[word].looked |= std::uint64_t{0x80} << (8 * i);
      }
    }
  }
  return words;
}();

// A date's octets less those of the form: digits are their values.
struct DateWords {
  std::array<std::uint64_t, kWords.size()> values;
  bool of_form;
};
DateWords read_words(const char* date) {
  constexpr std::uint64_t kLowBits = 0x7F7F'7F7F'7F7F'7F7F;
  DateWords words;
  std::uint64_t misfits = 0;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const std::uint64_t value = word_at(date + kWords[i]) ^ kFormWords[i].fixed;
    misfits |= (((value & kLowBits) + kFormWords[i].add) | value) & kFormWords[i].looked;
    words.values[i] = value;
  }
  words.of_form = misfits == 0;
  return words;
}

// The number that the digits in octets `at` and `at` + 1 make.
constexpr std::uint32_t two_digits(std::uint64_t word, unsigned at) {
  const auto digits = static_cast<std::uint32_t>(word >> (8 * at)) & 0xFFFFU;
  return (digits * 10 + (digits >> 8U)) & 0xFFU;
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
  if (value.size() != kDateBytes) {
    return std::nullopt;
  }
  const DateWords words = read_words(value.data());
  const auto [front, month_and_year, time, back] = words.values;
  const std::uint64_t letters = month_and_year & kThreeLetters;
  const MonthSlot& month = kMonthSlots[month_slot(letters)];
  const std::uint32_t day = two_digits(front, 5);
  const std::uint32_t year = two_digits(month_and_year, 4) * 100 + two_digits(month_and_year, 6);
  const std::uint32_t hour = two_digits(time, 1);
  const std::uint32_t minute = two_digits(time, 4);
  const std::uint32_t second = two_digits(back, 2);
  const bool fits = day <= month.days || (day == 29 && month.days == 28 && is_leap(year));
  if (!words.of_form || month.letters != letters || !fits || year < 1970 || day == 0 || hour > 23 || minute > 59 ||
      second > 59) {
    return std::nullopt;
  }
  const std::uint32_t days = days_of(year, month, day);
  if ((front & kThreeLetters) != kWeekdayLetters[days % 7]) {
    return std::nullopt;
  }
  return days * kDaySeconds + (hour * 60 + minute) * 60 + second;
}

std::array<char, kDateBytes> format_date(std::int64_t seconds) {
  assert(seconds >= 0 && seconds <= kLastSecond);
  const auto days = static_cast<std::uint32_t>(seconds / kDaySeconds);
  const std::int64_t in_day = seconds % kDaySeconds;
  std::uint32_t year = 1970 + days / 366;  // never too late; at most a few steps early
  while (days_before_year(year + 1) <= days) {
    ++year;
  }
  std::uint32_t day = days - days_before_year(year);
  std::size_t month = 0;
  while (day >= days_in_month(year, month)) {
    day -= days_in_month(year, month);
    ++month;
  }
  std::array<char, kDateBytes> out{};
  put(out, 0, kWeekdays.substr(std::size_t{days % 7} * 3, 3));
  put(out, 3, ", ");
  put_digits(out, 5, 2, day + 1);
  put(out, 7, " ");
  put(out, 8, kMonths.substr(month * 3, 3));
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
