// The results of a benchmark, for people and for scripts:
// {"results":[{"name","unit","value","rival","rival_value","ratio"},...]}.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stirline::perf {

struct Rival {
  std::string name;
  double value = 0;
  double ratio = 0;  // how many times better than the rival: above 1 is better, whatever the unit
};

struct Result {
  std::string name;
  std::string unit;
  double value = 0;
  std::optional<Rival> rival;
};

[[nodiscard]] std::string to_json(const std::vector<Result>& results);
[[nodiscard]] std::string to_table(const std::vector<Result>& results);

// The middle one; of an even number the upper of the two. `values` must not be empty.
[[nodiscard]] double median(std::vector<double> values);

}  // namespace stirline::perf
