// Stretches of telephone numbers, none of which overlaps another, as sorted beginnings: which one holds a number is
// found by one walk down an index, a cache line or two a level. Read in place; internal to config/policy.
//
// Numbers are ordered in one of two ways: as keys (by length, then by value), where a range of numbers of one length is
// one stretch; or letter by letter, where all that begin with the same digits are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/policy/identity_key.hpp"

namespace stirline::config::policy {

// The place of a number among all, letter by letter: "12" < "120" < "1200" < "121".
[[nodiscard]] std::uint64_t place_by_digits(Key number);
// The last place of those that begin with `prefix`.
[[nodiscard]] std::uint64_t last_by_digits(Key prefix);

class NumberSpans {
 public:
  static constexpr std::size_t kFan = 16;  // beginnings to a block; each level of the index has the first of each

  NumberSpans() = default;
  // `starts`: sorted. `index`: index_of(starts). `marks`: one for each start, 0: nothing is said about this stretch.
  NumberSpans(std::span<const std::uint64_t> starts, std::span<const std::uint64_t> index,
              std::span<const std::uint32_t> marks);

  [[nodiscard]] static std::size_t index_size(std::size_t starts);
  [[nodiscard]] static std::vector<std::uint64_t> index_of(std::span<const std::uint64_t> starts);

  [[nodiscard]] std::size_t size() const { return starts_.size(); }

  // The mark of the stretch that holds `place`; 0: none.
  [[nodiscard]] std::uint32_t find(std::uint64_t place) const;

 private:
  static constexpr std::size_t kMostLevels = 8;

  std::span<const std::uint64_t> starts_;
  std::span<const std::uint32_t> marks_;
  std::array<std::span<const std::uint64_t>, kMostLevels> levels_{};  // the lowest are the starts themselves
  std::size_t count_ = 0;
};

}  // namespace stirline::config::policy
