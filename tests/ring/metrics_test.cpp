// The status of a real data plane as a metrics page: nothing of it is lost on the way, and the dashboard asks for
// nothing that is not there.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/metrics/dataplane_metrics.hpp"
#include "dataplane/counters.hpp"
#include "dataplane/status.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/lab_tables.hpp"
#include "tests/support/open_metrics.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using nlohmann::ordered_json;

class Metrics : public testing::Test {
 protected:
  Metrics() {
    harness_.publish(lab_tables());
    // One signed call, so that there is an age to tell of.
    harness_.put_a(golden::build(outward(invite({.number = 1, .date = kTestNow}))));
    EXPECT_FALSE(next_payload([this] { return harness_.get_b(); }).empty());
    for (int i = 0; i < 5'000 && !has_ages(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      status_ = ordered_json::parse(dataplane::status_json(harness_.appliance(), kTestNow - 5, kTestNow + 7));
    }
    EXPECT_TRUE(has_ages());
  }

  [[nodiscard]] bool has_ages() const {
    return status_.is_object() && std::ranges::any_of(status_.at("fills"), [](const auto& row) {
             return !row.at("oldest_seconds").is_null();
           });
  }

  static std::string page_of(const ordered_json& status) {
    control::Exposition page;
    control::write_dataplane_metrics(page, status);
    EXPECT_EQ(page.left_out(), 0U);
    return std::move(page).finish();
  }

  Harness harness_;
  ordered_json status_;
};

TEST_F(Metrics, EveryCounterIsThereWithItsUnitAndHelp) {
  const auto page = read_open_metrics(page_of(status_));
  ASSERT_TRUE(page) << page.error();
  for (const dataplane::CounterFacts& facts : dataplane::counter_facts()) {
    const std::string stem = facts.family == nullptr ? facts.name : std::string(facts.family->name);
    const std::string name = control::with_unit("stirline_dataplane_" + stem, facts.unit);
    ASSERT_TRUE(page->contains(name)) << name;
    const MetricFamily& family = page->at(name);
    EXPECT_EQ(family.type, "counter") << name;
    EXPECT_EQ(family.unit, facts.unit) << name;
    const std::string value = std::to_string(status_.at("counters").at(facts.name).get<std::uint64_t>());
    if (facts.family == nullptr) {
      EXPECT_EQ(family.help, facts.help);
      EXPECT_EQ(family.samples.at(""), value) << name;
      continue;
    }
    const std::string label = std::string(facts.family->label) + "=\"" + facts.member + "\"";
    EXPECT_EQ(family.help, facts.family->help);
    ASSERT_TRUE(family.samples.contains(label)) << name << label;
    EXPECT_EQ(family.samples.at(label), value) << name << label;
    std::string meaning = label + ",help=\"";
    for (const char c : facts.help) {
      meaning += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
    }
    EXPECT_TRUE(page->at("stirline_dataplane_" + stem + "_meaning").samples.contains(meaning + "\"")) << meaning;
  }
}

TEST_F(Metrics, EveryFigureOfTheStatusIsOnThePage) {
  const std::string page = page_of(status_);
  // The first is no figure; the others are sums of what is among the counters.
  const std::set<std::string> elsewhere{"/pid", "/ledger/received", "/ledger/created", "/ledger/transmitted",
                                        "/ledger/replaced"};
  for (const std::string& pointer : figures_of(status_)) {
    EXPECT_NE(page_of(changed_at(status_, pointer)) == page, !elsewhere.contains(pointer)) << pointer;
  }
}

TEST_F(Metrics, EveryWayThroughHasItsHistogram) {
  const auto page = read_open_metrics(page_of(status_));
  ASSERT_TRUE(page) << page.error();
  const MetricFamily& family = page->at("stirline_dataplane_added_delay_seconds");
  EXPECT_EQ(family.type, "histogram");
  for (std::size_t i = 0; i < dataplane::kDelayPaths; ++i) {
    const std::string path = "path=\"" + std::string(facts(static_cast<dataplane::DelayPath>(i)).name) + "\"";
    const auto buckets = status_.at("added_delay").at(i).at("buckets").get<std::vector<std::uint64_t>>();
    EXPECT_EQ(family.samples.at("_count|" + path),
              std::to_string(std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0})));
    EXPECT_TRUE(family.samples.contains("_bucket|" + path + ",le=\"0.000000128\"")) << path;
  }
}

TEST_F(Metrics, TheDashboardShowsEveryDropAndAsksForNothingThatIsNotThere) {
  const char* source = std::getenv("STIRLINE_SOURCE");
  ASSERT_NE(source, nullptr);
  const auto page = read_open_metrics(page_of(status_));
  ASSERT_TRUE(page) << page.error();
  const std::set<std::string> there = sample_names(*page);
  const auto asked = dashboard_names(std::string(source) + "/config/grafana/stirline.json", "stirline_dataplane_");
  EXPECT_GE(asked.size(), 40U);
  for (const std::string& name : asked) {
    EXPECT_TRUE(there.contains(name)) << name;
  }
  for (const dataplane::Counter drop : dataplane::kDropCounters) {
    const dataplane::CounterFacts& facts = dataplane::counter_facts()[static_cast<std::size_t>(drop)];
    EXPECT_TRUE(asked.contains("stirline_dataplane_" + control::with_unit(facts.name, facts.unit) + "_total"))
        << "every reason to drop has its line";
  }
}

}  // namespace
}  // namespace stirline::test
