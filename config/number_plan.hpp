// From the number ranges that people write, nested and in any order, to the table the data plane searches: sorted and
// without overlap. Pure; start-up and reload only.
//
// Where ranges overlap, the narrower one wins: of two that hold the same number, the one with fewer numbers of that
// length. Of equally wide ones a range wins over a prefix, then one that names its trunks over one for all.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "config/control_config.hpp"
#include "config/tables/number_table.hpp"

namespace stirline::config {

// Ranges between which the rule above cannot choose: numbers[index] comes later in the file than numbers[other].
struct NumberConflict {
  std::size_t index = 0;
  std::size_t other = 0;
};
[[nodiscard]] std::vector<NumberConflict> find_conflicts(std::span<const NumberRangeConfig> numbers);

// The table's ranges, sorted by (trunk, digits, first), neighbours of the same kind joined. Indices are positions in
// the spans of names. A prefix holds the numbers of every length from its own to 15 digits. The error is a name that is
// in no span, a range that leaves its digits, or a table too large.
[[nodiscard]] std::expected<std::vector<tables::NumberRange>, std::string> compile_numbers(
    std::span<const NumberRangeConfig> numbers, std::span<const std::string> trunks,
    std::span<const std::string> credentials);

// The same for a loaded file.
[[nodiscard]] std::expected<std::vector<tables::NumberRange>, ConfigErrors> plan_numbers(const ControlConfig& config);

}  // namespace stirline::config
