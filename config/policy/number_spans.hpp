// Stretches of telephone numbers, none of which overlaps another, as sorted beginnings. The first four digits of a
// number say at once between which of them it lies; the rest is a search by halves. Read in place; internal to
// config/policy.
//
// Numbers are ordered in one of two ways: as keys (by length, then by value), where a range of numbers of one length is
// one stretch; or letter by letter, where all that begin with the same digits are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/policy/identity_key.hpp"

namespace stirline::config::policy {

enum class NumberOrder : std::uint8_t { by_digits, by_length };

// Where a number, or the end of numbers of its length, lies in an order.
struct NumberPlace {
  std::uint64_t place = 0;
  std::size_t cell = 0;  // grows with the place; numbers that begin with the same four digits share it
};
[[nodiscard]] NumberPlace place_of(NumberOrder order, Key number);
// By digits: the last place of those that begin with `prefix`.
[[nodiscard]] std::uint64_t last_by_digits(Key prefix);

class NumberSpans {
 public:
  NumberSpans() = default;
  // Views. `starts`: sorted, is_place() holds of each; `cells`: cells_of(order, starts); `marks`: one for each start,
  // 0: nothing is said about this stretch, and so it is of the last.
  NumberSpans(std::span<const std::uint64_t> starts, std::span<const std::uint32_t> cells,
              std::span<const std::uint32_t> marks)
      : starts_(starts), cells_(cells), marks_(marks) {}

  [[nodiscard]] static bool is_place(NumberOrder order, std::uint64_t place);
  [[nodiscard]] static std::size_t cell_count(NumberOrder order, std::size_t starts);
  // For each cell how many starts lie before it.
  [[nodiscard]] static std::vector<std::uint32_t> cells_of(NumberOrder order, std::span<const std::uint64_t> starts);

  [[nodiscard]] std::size_t size() const { return starts_.size(); }

  // The mark of the stretch that holds the number; 0: none.
  [[nodiscard]] std::uint32_t find(const NumberPlace& number) const;
  // Fetch what find() will look at, in two steps: the second one reads what the first one fetches.
  void prefetch_cell(const NumberPlace& number) const;
  void prefetch(const NumberPlace& number) const;

 private:
  std::span<const std::uint64_t> starts_;
  std::span<const std::uint32_t> cells_;
  std::span<const std::uint32_t> marks_;
};

}  // namespace stirline::config::policy
