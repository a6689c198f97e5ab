#include "perf/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stirline::perf {

std::string to_json(const std::vector<Result>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Result& result : results) {
    nlohmann::ordered_json entry = {{"name", result.name}, {"unit", result.unit}, {"value", result.value}};
    if (result.rival) {
      entry["rival"] = result.rival->name;
      entry["rival_value"] = result.rival->value;
      entry["ratio"] = result.rival->ratio;
    }
    list.push_back(std::move(entry));
  }
  return nlohmann::ordered_json{{"results", std::move(list)}}.dump();
}

std::string to_table(const std::vector<Result>& results) {
  std::string table =
      fmt::format("{:<26} {:>14} {:<10} {:>14} {:>7}  {}\n", "name", "value", "unit", "rival value", "ratio", "rival");
  for (const Result& result : results) {
    table += fmt::format("{:<26} {:>14.3f} {:<10}", result.name, result.value, result.unit);
    if (result.rival) {
      table += fmt::format(" {:>14.3f} {:>7.2f}  {}", result.rival->value, result.rival->ratio, result.rival->name);
    }
    table += "\n";
  }
  return table;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace stirline::perf
