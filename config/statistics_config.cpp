#include "config/statistics_config.hpp"

#include <string>
#include <vector>

#include "config/toml_reader.hpp"

namespace stirline::config {
namespace {

using policy::FeatureSettings;
using policy::ScoreSettings;

constexpr std::uint32_t kMost = 1'000'000;
constexpr std::uint32_t kMostWeight = 100;

// [threshold, full, weight]
void read_feature(Section& section, policy::Feature feature, FeatureSettings& settings) {
  const std::string_view key = to_string(feature);
  std::vector<std::uint32_t> values;
  if (!section.numbers<std::uint32_t>(key, values, 0, kMost)) {
    return;
  }
  const FeatureSettings read =
      values.size() == 3 ? FeatureSettings{values[0], values[1], values[2]} : FeatureSettings{};
  if (values.size() != 3 || read.full <= read.threshold || read.weight > kMostWeight) {
    section.fail(key, "[threshold, full, weight]: full above threshold, weight at most 100",
                 std::to_string(values.size()) + " numbers");
    return;
  }
  settings = read;
}

// "21:30": minutes of the day.
bool is_time_of_day(std::string_view text) {
  const auto digit = [text](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4) &&
         text.substr(0, 2) < "24" && text.substr(3) < "60";
}

void read_time_of_day(Section& section, std::string_view key, std::uint32_t& minutes) {
  std::string text;
  if (section.text(key, text, {"a time of day in UTC such as \"21:30\"", is_time_of_day})) {
    const auto number = [&](std::size_t at) {
      return static_cast<std::uint32_t>((text[at] - '0') * 10 + (text[at + 1] - '0'));
    };
    minutes = number(0) * 60 + number(3);
  }
}

}  // namespace

void read_statistics(Section& section, StatisticsConfig& config) {
  ScoreSettings& score = config.score;
  section.flag("always", config.always);
  section.number<std::uint32_t>("half_life_minutes", score.half_life_minutes, 1, 43'200);
  section.number<std::uint32_t>("least_calls", score.least_calls, 1, 1'000);
  section.number<std::uint32_t>("short_seconds", score.short_seconds, 1, 300);
  read_time_of_day(section, "night_from", score.night_from);
  read_time_of_day(section, "night_to", score.night_to);
  for (std::size_t i = 0; i < policy::kStatisticsSubjects; ++i) {
    const std::string key = "share_" + std::string(to_string(static_cast<policy::SubjectKind>(i)));
    section.number<std::uint32_t>(key, score.shares[i], 0, 100);
  }
  for (std::size_t i = 0; i < policy::kFeatures; ++i) {
    read_feature(section, static_cast<policy::Feature>(i), score.features[i]);
  }
}

}  // namespace stirline::config
