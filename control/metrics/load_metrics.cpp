#include "control/metrics/load_metrics.hpp"

#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/json_text.hpp"
#include "control/metrics/figures.hpp"
#include "control/metrics/path_delays.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

using enum MetricType;

constexpr std::array kFill{
    Figure{"/used",
           {"stirline_dataplane_table_used", gauge, "",
            "what the bounded tables of the poll cores hold; in which unit: stirline_dataplane_table_meaning"}},
    Figure{"/places", {"stirline_dataplane_table_places", gauge, "", "what they can hold"}},
    Figure{"/oldest_seconds",
           {"stirline_dataplane_table_oldest_seconds", gauge, "seconds",
            "age of the oldest entry of each, if it has any"}},
};

void write_delays(Exposition& page, const Json& status) {
  constexpr std::size_t kBounds = config::wire::kDelayBuckets - 1;
  std::array<std::uint64_t, kBounds> bounds{};
  for (std::size_t i = 0; i < kBounds; ++i) {
    bounds[i] = config::wire::delay_bound(i);
  }
  const std::vector<PathDelays> paths = read_delays(status);
  page.begin({"stirline_dataplane_added_delay_seconds", histogram, "seconds",
              "from taking a packet from its port to giving it to one, by the way it took"});
  for (const PathDelays& path : paths) {
    page.sample(std::array{Label{"path", path.path}}, Exposition::Histogram{bounds, path.buckets, path.sum_ns});
  }
  page.begin({"stirline_dataplane_added_delay_meaning", info, "", "what each way through the data plane is"});
  for (const PathDelays& path : paths) {
    page.sample(std::array{Label{"path", path.path}, Label{"unit", path.unit}, Label{"help", path.help}}, 1);
  }
}

void write_fills(Exposition& page, const Json& fills) {
  std::vector<std::string> names;
  std::vector<Subject> subjects;
  names.reserve(fills.size());
  for (const Json& row : fills) {
    if (row.is_object()) {
      names.push_back(text_of(row, "table"));
      subjects.push_back({&row, {{"table", names.back()}}});
    }
  }
  write_figures(page, kFill, subjects);
  page.begin({"stirline_dataplane_table_meaning", info, "", "what each table holds, and in which unit that is told"});
  for (const Subject& subject : subjects) {
    const std::string unit = text_of(*subject.document, "unit");
    const std::string help = text_of(*subject.document, "help");
    page.sample(std::array{subject.labels[0], Label{"unit", unit}, Label{"help", help}}, 1);
  }
}

}  // namespace

void write_load_metrics(Exposition& page, const Json& status) {
  write_delays(page, status);
  const auto fills = status.find("fills");
  if (fills != status.end() && fills->is_array()) {
    write_fills(page, *fills);
  }
}

}  // namespace stirline::control
