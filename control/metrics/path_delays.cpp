#include "control/metrics/path_delays.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include <nlohmann/json.hpp>

namespace stirline::control {

using Json = nlohmann::ordered_json;

std::uint64_t PathDelays::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

PathDelays PathDelays::since(const PathDelays& earlier) const {
  PathDelays difference = *this;
  if (std::ranges::equal(buckets, earlier.buckets, std::greater_equal()) && sum_ns >= earlier.sum_ns) {
    std::ranges::transform(buckets, earlier.buckets, difference.buckets.begin(), std::minus());
    difference.sum_ns -= earlier.sum_ns;
  }
  return difference;
}

std::vector<PathDelays> read_delays(const Json& status) {
  std::vector<PathDelays> paths;
  const auto rows = status.is_object() ? status.find("added_delay") : status.end();
  if (rows == status.end() || !rows->is_array()) {
    return paths;
  }
  for (const Json& row : *rows) {
    const Json buckets = row.is_object() ? row.value("buckets", Json()) : Json();
    const Json sum = row.is_object() ? row.value("sum_ns", Json()) : Json();
    const Json path = row.is_object() ? row.value("path", Json()) : Json();
    if (!path.is_string() || !sum.is_number_unsigned() || !buckets.is_array() ||
        buckets.size() != config::wire::kDelayBuckets ||
        !std::ranges::all_of(buckets, [](const Json& count) { return count.is_number_unsigned(); })) {
      continue;
    }
    const auto text = [&](const char* key) {
      const Json value = row.value(key, Json());
      return value.is_string() ? value.get<std::string>() : std::string();
    };
    PathDelays& delays = paths.emplace_back();
    delays.path = path.get<std::string>();
    delays.unit = text("unit");
    delays.help = text("help");
    delays.sum_ns = sum.get<std::uint64_t>();
    std::ranges::transform(buckets, delays.buckets.begin(),
                           [](const Json& count) { return count.get<std::uint64_t>(); });
  }
  return paths;
}

}  // namespace stirline::control
