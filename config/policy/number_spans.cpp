#include "config/policy/number_spans.hpp"

#include <algorithm>
#include <array>

#include "config/text_rules.hpp"

namespace stirline::config::policy {
namespace {

constexpr std::array<std::uint64_t, kMaxE164Digits + 1> kPowers = [] {
  std::array<std::uint64_t, kMaxE164Digits + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * 10;
  }
  return powers;
}();

constexpr std::size_t kCells = 10'000;  // of one length: four digits
constexpr std::uint64_t kPerCell = kPowers[kMaxE164Digits] / kCells;
constexpr std::uint64_t kLengths = kMaxE164Digits + 1;

// As if it had 15 digits.
constexpr std::uint64_t filled_up(Key number) {
  return value_of(number) * kPowers[kMaxE164Digits - digits_of(number)];
}

std::size_t cell_of(NumberOrder order, std::uint64_t place) {
  return order == NumberOrder::by_digits ? place / kLengths / kPerCell
                                         : digits_of(place) * kCells + filled_up(place) / kPerCell;
}

constexpr std::size_t kWorthwhile = 32;  // from so many starts on a guess is made
constexpr std::size_t kAround = 6;       // how far from the guess the place is looked for first

struct Window {
  std::size_t at = 0;
  std::size_t left = 0;
};

// Blocks of numbers are mostly of one size, so a proportion tells nearly where in the window to look.
std::size_t guess_in(std::span<const std::uint64_t> starts, Window window, std::uint64_t place) {
  const std::uint64_t first = starts[window.at];
  const std::uint64_t last = starts[window.at + window.left - 1];
  if (place <= first || place >= last) {
    return place <= first ? window.at : window.at + window.left - 1;
  }
  const double share = static_cast<double>(place - first) / static_cast<double>(last - first);
  return window.at + static_cast<std::size_t>(share * static_cast<double>(window.left - 1));
}

// One or two cache lines in place of a dozen. Where the guess is wrong, halves are searched as ever.
Window narrowed(std::span<const std::uint64_t> starts, Window window, std::uint64_t place) {
  if (window.left < kWorthwhile) {
    return window;
  }
  const std::size_t end = window.at + window.left;
  const std::size_t guess = guess_in(starts, window, place);
  const std::size_t low = guess - std::min(kAround, guess - window.at);
  const std::size_t high = std::min(guess + kAround, end - 1);
  if (place < starts[low]) {
    return {window.at, low - window.at};
  }
  return place < starts[high] ? Window{low, high - low} : Window{high, end - high};
}

}  // namespace

// Letter by letter, "12" < "120" < "1200" < "121": filled up they are equal, and then the shorter one is the first.
NumberPlace place_of(NumberOrder order, Key number) {
  const std::uint64_t filled = filled_up(number);
  const unsigned digits = digits_of(number);
  return order == NumberOrder::by_digits ? NumberPlace{filled * kLengths + digits, filled / kPerCell}
                                         : NumberPlace{number, digits * kCells + filled / kPerCell};
}

std::uint64_t last_by_digits(Key prefix) {
  const std::uint64_t numbers = kPowers[kMaxE164Digits - digits_of(prefix)];
  return (filled_up(prefix) + numbers - 1) * kLengths + kMaxE164Digits;
}

bool NumberSpans::is_place(NumberOrder order, std::uint64_t place) {
  if (order == NumberOrder::by_digits) {
    return place / kLengths <= kPowers[kMaxE164Digits];
  }
  const unsigned digits = digits_of(place);
  return digits >= 1 && digits <= kMaxE164Digits && value_of(place) <= kPowers[digits];
}

std::size_t NumberSpans::cell_count(NumberOrder order, std::size_t starts) {
  if (starts == 0) {
    return 0;
  }
  return (order == NumberOrder::by_digits ? kCells : kLengths * kCells) + 2;  // the end has a cell, and that an end
}

std::vector<std::uint32_t> NumberSpans::cells_of(NumberOrder order, std::span<const std::uint64_t> starts) {
  std::vector<std::uint32_t> cells(cell_count(order, starts.size()));
  for (const std::uint64_t start : starts) {
    ++cells[cell_of(order, start) + 1];
  }
  std::uint32_t before = 0;
  for (std::uint32_t& cell : cells) {
    before += cell;
    cell = before;
  }
  return cells;
}

// Without branches inside: which way a search goes nobody can guess.
std::uint32_t NumberSpans::find(const NumberPlace& number) const {
  if (cells_.empty()) {
    return 0;
  }
  const std::size_t begin = cells_[number.cell];
  auto [at, left] = narrowed(starts_, {begin, cells_[number.cell + 1] - begin}, number.place);
  while (left > 1) {
    const std::size_t half = left / 2;
    at += starts_[at + half - 1] <= number.place ? half : 0;
    left -= half;
  }
  at += left == 1 && starts_[at] <= number.place ? 1U : 0U;
  return at == 0 ? 0 : marks_[at - 1];
}

void NumberSpans::prefetch_cell(const NumberPlace& number) const {
  __builtin_prefetch(cells_.data() + number.cell);
}

void NumberSpans::prefetch(const NumberPlace& number) const {
  if (cells_.empty()) {
    return;
  }
  const std::size_t begin = cells_[number.cell];
  const std::size_t left = cells_[number.cell + 1] - begin;
  const std::size_t at = left < kWorthwhile ? begin + left / 2 : guess_in(starts_, {begin, left}, number.place);
  if (left != 0) {
    __builtin_prefetch(&starts_[at]);
    __builtin_prefetch(&marks_[at]);
  }
}

}  // namespace stirline::config::policy
