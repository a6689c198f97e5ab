#include "config/policy/number_spans.hpp"

#include <algorithm>

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

// How many of `sorted`, at most kFan, are not above `place`. Without branches: which way it goes nobody can guess.
std::size_t not_above(std::span<const std::uint64_t> sorted, std::uint64_t place) {
  std::size_t begin = 0;
  std::size_t left = sorted.size();
  while (left > 1) {
    const std::size_t half = left / 2;
    begin += sorted[begin + half - 1] <= place ? half : 0;
    left -= half;
  }
  return begin + (left == 1 && sorted[begin] <= place ? 1 : 0);
}

constexpr std::size_t blocks_of(std::size_t size) {
  return (size + NumberSpans::kFan - 1) / NumberSpans::kFan;
}

}  // namespace

std::uint64_t place_by_digits(Key number) {
  return value_of(number) * kPowers[kMaxE164Digits - digits_of(number)] * (kMaxE164Digits + 1) + digits_of(number);
}

std::uint64_t last_by_digits(Key prefix) {
  const std::uint64_t numbers = kPowers[kMaxE164Digits - digits_of(prefix)];
  return (value_of(prefix) * numbers + numbers - 1) * (kMaxE164Digits + 1) + kMaxE164Digits;
}

std::size_t NumberSpans::index_size(std::size_t starts) {
  std::size_t size = 0;
  while (starts > kFan) {
    starts = blocks_of(starts);
    size += starts;
  }
  return size;
}

std::vector<std::uint64_t> NumberSpans::index_of(std::span<const std::uint64_t> starts) {
  std::vector<std::uint64_t> index;
  index.reserve(index_size(starts.size()));
  std::size_t begin = 0;  // of the level below, once that lies in the index itself
  std::size_t size = starts.size();
  for (bool lowest = true; size > kFan; lowest = false) {
    const std::size_t next = index.size();
    for (std::size_t i = 0; i < size; i += kFan) {
      index.push_back(lowest ? starts[i] : index[begin + i]);
    }
    begin = next;
    size = blocks_of(size);
  }
  return index;
}

NumberSpans::NumberSpans(std::span<const std::uint64_t> starts, std::span<const std::uint64_t> index,
                         std::span<const std::uint32_t> marks)
    : starts_(starts), marks_(marks) {
  levels_[count_++] = starts;
  std::size_t begin = 0;
  for (std::size_t size = starts.size(); size > kFan && count_ < kMostLevels;) {
    size = blocks_of(size);
    levels_[count_++] = index.subspan(begin, size);
    begin += size;
  }
}

std::uint32_t NumberSpans::find(std::uint64_t place) const {
  if (starts_.empty() || place < starts_.front()) {
    return 0;
  }
  std::size_t at = 0;  // the last start at or before `place`, as the level knows it
  for (std::size_t level = count_; level-- > 0;) {
    const std::span<const std::uint64_t> all = levels_[level];
    const std::size_t begin = level + 1 == count_ ? 0 : at * kFan;
    at = begin + not_above(all.subspan(begin, std::min(kFan, all.size() - begin)), place) - 1;
  }
  return marks_[at];
}

}  // namespace stirline::config::policy
