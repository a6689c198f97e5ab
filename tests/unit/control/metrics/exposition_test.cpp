// The page as text, and the reader that judges it: both must be strict.
#include "control/metrics/exposition.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/metrics/dataplane_metrics.hpp"
#include "tests/support/open_metrics.hpp"

namespace stirline::control::exposition_test {
namespace {

using Json = nlohmann::ordered_json;
using stirline::test::read_open_metrics;

std::string page_of(const Json& status) {
  Exposition page;
  write_dataplane_metrics(page, status);
  return std::move(page).finish();
}

TEST(Exposition, WritesEachTypeAsTheStandardWantsIt) {
  Exposition page;
  page.begin({"a_calls", MetricType::counter, "calls", "what \"a\" is,\nwith a \\"});
  page.sample(std::array{Label{"peer", "x\"\\\n"}, Label{"core", "0"}}, 7U);
  page.sample(std::array{Label{"peer", "y"}}, 18'446'744'073'709'551'615U);
  page.begin({"b", MetricType::gauge, "", "b"});
  page.sample(-3);
  page.begin({"c", MetricType::info, "", "c"});
  page.sample(std::array{Label{"of", "d"}}, true);
  page.begin({"nothing", MetricType::gauge, "", "no samples, so nothing is written"});
  EXPECT_EQ(page.left_out(), 0U);
  const std::string text = std::move(page).finish();
  EXPECT_EQ(text,
            "# TYPE a_calls counter\n# UNIT a_calls calls\n# HELP a_calls what \\\"a\\\" is,\\nwith a \\\\\n"
            "a_calls_total{peer=\"x\\\"\\\\\\n\",core=\"0\"} 7\na_calls_total{peer=\"y\"} 18446744073709551615\n"
            "# TYPE b gauge\n# HELP b b\nb -3\n# TYPE c info\n# HELP c c\nc_info{of=\"d\"} 1\n# EOF\n");
  const auto read = read_open_metrics(text);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->at("a_calls").help, "what \"a\" is,\nwith a \\");
}

TEST(Exposition, WhatWouldSpoilThePageIsLeftOutAndCounted) {
  Exposition page;
  page.begin({"good", MetricType::counter, "", "good"});
  page.sample(1U);
  std::size_t left_out = 0;
  const auto expect_left_out = [&](const char* what) { EXPECT_EQ(page.left_out(), ++left_out) << what; };
  page.sample(2U);
  expect_left_out("the same sample again");
  page.sample(std::array{Label{"x", "y"}}, -1);
  expect_left_out("a counter below zero");
  page.sample(std::array{Label{"x", "z"}}, "text");
  expect_left_out("no number");
  page.sample(std::array{Label{"x-y", "z"}}, 1U);
  expect_left_out("a bad label");
  for (const char* name : {"good", "", "1st", "a b", "a\nb", "bad_total", "bad_info", "bad_created", "bad_sum"}) {
    page.begin({name, MetricType::gauge, "", "help"});
    page.sample(1U);
    expect_left_out(name);
  }
  page.begin({"no_unit", MetricType::gauge, "calls", "help"});
  page.sample(1U);
  expect_left_out("a unit that is not in the name");
  EXPECT_EQ(std::move(page).finish(), "# TYPE good counter\n# HELP good good\ngood_total 1\n# EOF\n");
}

TEST(Exposition, WritesHistogramsWithWhatLiesWithinEachBound) {
  Exposition page;
  page.begin({"delay_seconds", MetricType::histogram, "seconds", "d"});
  const std::array<std::uint64_t, 2> bounds{128, 2'500'000'000};
  const std::array<std::uint64_t, 3> counts{1, 2, 3};
  page.sample(std::array{Label{"path", "a"}}, Exposition::Histogram{bounds, counts, 12'000'000'005});
  EXPECT_EQ(page.left_out(), 0U);
  page.sample(std::array{Label{"path", "a"}}, Exposition::Histogram{bounds, counts, 1});
  EXPECT_EQ(page.left_out(), 1U) << "the same one again";
  page.sample(std::array{Label{"path", "b"}}, Exposition::Histogram{bounds, bounds, 1});
  EXPECT_EQ(page.left_out(), 2U) << "no count for the last bucket";
  page.sample(std::array{Label{"le", "b"}}, Exposition::Histogram{bounds, counts, 1});
  EXPECT_EQ(page.left_out(), 3U) << "a label of its own called le";
  const std::array<std::uint64_t, 2> falling{128, 128};
  page.sample(std::array{Label{"path", "c"}}, Exposition::Histogram{falling, counts, 1});
  EXPECT_EQ(page.left_out(), 4U) << "bounds that do not rise";
  page.sample(std::array{Label{"path", "d"}}, 1U);
  EXPECT_EQ(page.left_out(), 5U) << "a mere number";
  const std::string text = std::move(page).finish();
  EXPECT_EQ(text,
            "# TYPE delay_seconds histogram\n# UNIT delay_seconds seconds\n# HELP delay_seconds d\n"
            "delay_seconds_bucket{path=\"a\",le=\"0.000000128\"} 1\n"
            "delay_seconds_bucket{path=\"a\",le=\"2.5\"} 3\n"
            "delay_seconds_bucket{path=\"a\",le=\"+Inf\"} 6\n"
            "delay_seconds_count{path=\"a\"} 6\ndelay_seconds_sum{path=\"a\"} 12.000000005\n# EOF\n");
  const auto read = read_open_metrics(text);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->at("delay_seconds").samples.at("_count|path=\"a\""), "6");
}

TEST(Exposition, SecondsAreExact) {
  EXPECT_EQ(seconds_text(0), "0.0");
  EXPECT_EQ(seconds_text(1), "0.000000001");
  EXPECT_EQ(seconds_text(128), "0.000000128");
  EXPECT_EQ(seconds_text(1'500'000'000), "1.5");
  EXPECT_EQ(seconds_text(20'000'000'000), "20.0");
}

TEST(Exposition, NamesEndWithTheirUnitOnce) {
  EXPECT_EQ(with_unit("signed", "calls"), "signed_calls");
  EXPECT_EQ(with_unit("messages", "messages"), "messages");
  EXPECT_EQ(with_unit("held_packets", "packets"), "held_packets");
  EXPECT_EQ(with_unit("recalls", "calls"), "recalls_calls");
  EXPECT_EQ(with_unit("tables", ""), "tables");
}

TEST(OpenMetricsReader, SeesWhatIsWrong) {
  const std::string good = "# TYPE a counter\n# HELP a h\na_total{x=\"1\"} 1\n";
  ASSERT_TRUE(read_open_metrics(good + "# EOF\n"));
  const auto histogram = [](const std::string& first, const std::string& count, const std::string& second = "",
                            const std::string& sum = "b_sum 1.5\n") {
    return "# TYPE b histogram\n# HELP b h\nb" + first + (second.empty() ? "" : "b" + second) + "b_count " + count +
           "\n" + sum + "# EOF\n";
  };
  ASSERT_TRUE(read_open_metrics(histogram("_bucket{le=\"1.0\"} 1\n", "3", "_bucket{le=\"+Inf\"} 3\n")));
  for (const std::string& wrong : {
           good,                                                                   // no end
           good + "# EOF",                                                         // not quite
           good + "# EOF\n# EOF\n",                                                // twice
           good + "\n# EOF\n",                                                     // an empty line
           good + "a_total{x=\"1\"} 2\n# EOF\n",                                   // the same sample
           good + "a{x=\"2\"} 2\n# EOF\n",                                         // without _total
           good + "a_total{x=\"2\"} -2\n# EOF\n",                                  // below zero
           good + "a_total{x=\"2\",x=\"3\"} 2\n# EOF\n",                           // a label twice
           good + "a_total{x=\"2\",} 2\n# EOF\n",                                  // a comma too many
           good + "a_total{x=\"\"\"} 2\n# EOF\n",                                  // not escaped
           good + "a_total{x=\"2\"}  2\n# EOF\n",                                  // two spaces
           good + "# HELP a again\n# EOF\n",                                       // behind the samples
           good + good + "# EOF\n",                                                // a family twice
           good + "# TYPE b gauge\nb 1\n# EOF\n",                                  // no help
           good + "# TYPE b gauge\n# UNIT b s\n# HELP b h\nb 1\n# EOF\n",          // a unit that the name has not
           good + "# TYPE b gauge\n# HELP b h\n# EOF\n",                           // no sample
           good + "# TYPE b info\n# HELP b h\nb_info 2\n# EOF\n",                  // not 1
           good + "# TYPE b gauge\n# HELP b \"\nb 1\n# EOF\n",                     // not escaped
           std::string("a_total 1\n# EOF\n"),                                      // no family
           histogram("_bucket{le=\"1.0\"} 1\n", "1"),                              // no +Inf
           histogram("_bucket{le=\"+Inf\"} 2\n", "1"),                             // another count
           histogram("_bucket{le=\"1.0\"} 2\n", "2", "_bucket{le=\"+Inf\"} 1\n"),  // fewer within more
           histogram("_bucket{le=\"2.0\"} 1\n", "1", "_bucket{le=\"1.0\"} 1\n"),   // bounds that fall
           histogram("_bucket{le=\"+Inf\"} 1\n", "1", "", ""),                     // no sum
       }) {
    EXPECT_FALSE(read_open_metrics(wrong)) << wrong;
  }
}

TEST(DataplaneMetrics, CountersBearTheNamesUnitsAndHelpOfTheDataPlane) {
  const Json status = Json::parse(R"({
    "counters": {"signed_a": 5, "messages": 6, "verify_stale": 2, "verify_ok": 3, "verified_b": 1, "unexplained": 4},
    "counter_families": {"verify": {"label": "reason", "help": "verified calls, by reason"}},
    "counter_facts": {
      "signed_a": {"unit": "calls", "help": "signed with A"},
      "messages": {"unit": "messages", "help": "parsed"},
      "verified_b": {"unit": "calls", "help": "valid with B"},
      "verify_stale": {"unit": "calls", "help": "decided by: stale", "family": "verify", "member": "stale"},
      "verify_ok": {"unit": "calls", "help": "decided by: ok", "family": "verify", "member": "ok"}}})");
  const std::string text = page_of(status);
  for (const char* line :
       {"stirline_dataplane_up 1\n", "# HELP stirline_dataplane_signed_a_calls signed with A\n",
        "# UNIT stirline_dataplane_signed_a_calls calls\n", "stirline_dataplane_signed_a_calls_total 5\n",
        "stirline_dataplane_messages_total 6\n", "stirline_dataplane_verified_b_calls_total 1\n",
        "# HELP stirline_dataplane_verify_calls verified calls, by reason\n",
        "stirline_dataplane_verify_calls_total{reason=\"stale\"} 2\n",
        "stirline_dataplane_verify_calls_total{reason=\"ok\"} 3\n",
        "stirline_dataplane_verify_meaning_info{reason=\"stale\",help=\"decided by: stale\"} 1\n",
        "# HELP stirline_dataplane_unexplained the data plane does not say what this is\n",
        "stirline_dataplane_unexplained_total 4\n"}) {
    EXPECT_TRUE(text.contains(line)) << line << text;
  }
}

TEST(DataplaneMetrics, AnAbsentDataPlaneIsSaid) {
  for (const Json& nothing : {Json(), Json("no JSON"), Json(7), Json::array()}) {
    const auto read = read_open_metrics(page_of(nothing));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->size(), 1U);
    EXPECT_EQ(read->at("stirline_dataplane_up").samples.at(""), "0");
  }
}

// It comes from another process: whatever stands in it, the page stays a page.
TEST(DataplaneMetrics, AnOddDocumentNeverSpoilsThePage) {
  const Json good = Json::parse(R"({
    "uptime_seconds": 1, "tables": {"generation": null}, "ledger": {"dropped": 0, "held": 1},
    "ports": [{"name": "west\n\"", "received": 1, "link": "up"}, {"name": "east", "received": 2, "link": "down"}],
    "cores": [{"role": "poll", "cpu": 0, "pairs": ["a", "b"], "received": 3},
              {"role": "crypto", "cpu": 1, "engine": "ifma", "jobs": 4}],
    "counters": {"verify_ok": 2, "signed": 3},
    "counter_families": {"verify": {"label": "reason", "help": "h"}},
    "counter_facts": {"signed": {"unit": "calls", "help": "h"},
                      "verify_ok": {"unit": "calls", "help": "h", "family": "verify", "member": "ok"}}})");
  ASSERT_TRUE(read_open_metrics(page_of(good))) << page_of(good);
  const Json flat = good.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const std::string whole = pointer;
    for (std::size_t end = whole.find('/', 1);; end = whole.find('/', end + 1)) {
      for (const Json& other : {Json(), Json(-5), Json(true), Json(1.5), Json("x\"\n"), Json({"x"}), Json::object()}) {
        Json odd = good;
        odd[Json::json_pointer(whole.substr(0, end))] = other;
        const auto read = read_open_metrics(page_of(odd));
        EXPECT_TRUE(read) << whole << " = " << other << ": " << read.error();
      }
      if (end == std::string::npos) {
        break;
      }
    }
  }
}

}  // namespace
}  // namespace stirline::control::exposition_test
