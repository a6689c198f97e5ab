// The figures and the picture of `stirline top`.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/wire/delay_buckets.hpp"
#include "control/top/drawing.hpp"
#include "control/top/figures.hpp"
#include "control/top/frame.hpp"

namespace stirline::control::top::top_test {
namespace {

using Json = nlohmann::ordered_json;

Json delays(const std::string& path, std::uint64_t fast, std::uint64_t slow) {
  Json buckets = Json::array();
  for (std::size_t i = 0; i < config::wire::kDelayBuckets; ++i) {
    buckets.push_back(std::uint64_t{i == config::wire::delay_bucket(50'000)      ? fast
                                    : i == config::wire::delay_bucket(3'000'000) ? slow
                                                                                 : 0});
  }
  return {{"path", path},
          {"unit", "calls"},
          {"help", "h"},
          {"sum_ns", fast * 50'000 + slow * 3'000'000},
          {"buckets", buckets}};
}

Sample sample(std::int64_t at_seconds, std::uint64_t count) {
  Sample sample;
  sample.steady_ms = at_seconds * 1'000;
  sample.wall_seconds = 1'790'000'000 + at_seconds;
  sample.status = {
      {"control", {{"alarms", {{"raised", Json::array()}}}}},
      {"dataplane",
       {{"uptime_seconds", 3'700 + at_seconds},
        {"tables", {{"generation", 7}, {"age_seconds", 90}}},
        {"cores",
         {{{"role", "poll"},
           {"cpu", 1},
           {"pairs", {"wire"}},
           {"received", 10 * count},
           {"parked", 2},
           {"busy_cycles", 30 * count},
           {"idle_cycles", 70 * count}},
          {{"role", "crypto"},
           {"cpu", 2},
           {"engine", "ifma"},
           {"jobs", count},
           {"jobs_queued", 3},
           {"queue_places", 1'024},
           {"busy_cycles", 95 * count},
           {"idle_cycles", 5 * count},
           {"stuck", false}}}},
        {"fills",
         {{{"table", "parking"}, {"used", 2}, {"places", 8}}, {{"table", "records"}, {"used", 0}, {"places", 8}}}},

        {"added_delay", {delays("signing", 98 * count, 2 * count), delays("waiting", 4, 4)}},
        {"counters",
         {{"received", 10 * count},
          {"transmitted", 10 * count},
          {"dropped_bad_header", count / 500},
          {"dropped_answered", count},
          {"bypassed", count},
          {"signed_a", count},
          {"signed_b", 0},
          {"verified_valid", 2 * count},
          {"verified_invalid", count}}}}}};
  sample.status = Json::parse(sample.status.dump());  // numbers as they come over the wire
  return sample;
}

Figures figures() {
  return read_figures(sample(100, 1'000), sample(102, 3'000));
}

std::string drawn(const Figures& of, Size size = {}) {
  Trends trends;
  trends.add(of);
  return to_plain(draw(of, trends, size));
}

TEST(TopFigures, AreRatesBetweenTwoSamples) {
  const Figures read = figures();
  EXPECT_TRUE(read.dataplane);
  EXPECT_DOUBLE_EQ(read.calls.signed_a, 1'000);
  EXPECT_DOUBLE_EQ(read.calls.valid, 2'000);
  EXPECT_DOUBLE_EQ(read.calls.all(), 4'000);
  EXPECT_DOUBLE_EQ(read.packets.received, 10'000);
  ASSERT_EQ(read.cores.size(), 2U);
  EXPECT_DOUBLE_EQ(read.cores[0].busy, 0.3);
  EXPECT_DOUBLE_EQ(read.cores[1].busy, 0.95);
  EXPECT_DOUBLE_EQ(read.cores[1].per_second, 1'000);
  EXPECT_EQ(read.cores[1].queued, 3U);
  ASSERT_EQ(read.paths.size(), 2U);
  EXPECT_DOUBLE_EQ(read.paths[0].per_second, 100'000);
  EXPECT_EQ(config::wire::delay_bucket(read.paths[0].p50_ns), config::wire::delay_bucket(50'000));
  EXPECT_EQ(config::wire::delay_bucket(read.paths[0].p99_ns), config::wire::delay_bucket(3'000'000));
  EXPECT_EQ(read.paths[1].p50_ns, 0U) << "nothing came on it between the two";
}

TEST(TopFigures, OfADataPlaneThatBeganAnewCountFromItsStart) {
  const Figures read = read_figures(sample(100, 9'000), sample(102, 500));
  EXPECT_DOUBLE_EQ(read.calls.signed_a, 250);
  EXPECT_DOUBLE_EQ(read.paths[0].per_second, 25'000);
}

TEST(TopFigures, OfTwoSamplesAtOneMomentAreFinite) {
  const Figures read = read_figures(sample(100, 1'000), sample(100, 1'000));
  EXPECT_DOUBLE_EQ(read.calls.all(), 0);
  EXPECT_DOUBLE_EQ(read.cores[0].busy, 0);
}

// Documents come from other processes: each member in turn is of another type.
TEST(TopFigures, AnOddDocumentIsDrawnAllTheSame) {
  const Sample good = sample(102, 3'000);
  const Json flat = good.status.flatten();
  for (const auto& [place, value] : flat.items()) {
    if (place.find("/buckets/1") != std::string::npos) {
      continue;  // one bucket is as good as another
    }
    Json::json_pointer pointer(place);
    for (; !pointer.empty(); pointer.pop_back()) {
      for (const Json& odd : {Json(), Json("x\x1b[2J"), Json(-7), Json::array({Json::array()}), Json{{"a", 1}}}) {
        Sample sample = good;
        sample.status[pointer] = odd;
        const std::string text = drawn(read_figures(good, sample)) + drawn(read_figures(sample, good));
        EXPECT_EQ(text.find('\x1b'), std::string::npos) << pointer.to_string();
      }
    }
  }
}

TEST(TopDrawing, ShowsWhatThereIs) {
  const std::string text = drawn(figures());
  for (const char* part :
       {"generation 7, 1 min old; up 1 h 3 min", "2026-09-21 ", "alarms      none", "calls/s     4.00k", "A 1.00k",
        "valid 2.00k", "invalid 1.00k", "in 10.0k", "dropped 2.0", "answered here 1.00k", "  signing      100k",
        "  waiting         0          -", "█████░░░░░░░░░░░  30 %  cpu 1   10.0k/s packets  parked 2  wire",
        "███████████████░  95 %  cpu 2   1.00k/s jobs  queue 3/1024  ifma", "parking          25 %",
        "records           0 %"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(TopDrawing, FitsEachSize) {
  Figures busy = figures();
  for (int i = 0; i < 30; ++i) {
    busy.cores.push_back(busy.cores[1]);
    busy.alarms.push_back({"packets_dropped", "major", std::string(300, 'x'), 1'790'000'000});
  }
  for (std::size_t columns : {20U, 40U, 79U, 80U, 81U, 132U, 240U}) {
    for (std::size_t rows : {4U, 10U, 24U, 25U, 50U, 100U}) {
      Trends trends;
      for (int i = 0; i < 300; ++i) {
        trends.add(busy);
      }
      const Frame frame = draw(busy, trends, {columns, rows});
      EXPECT_LE(frame.size(), rows);
      for (const Line& line : frame) {
        EXPECT_LE(line.width(), columns);
      }
    }
  }
}

TEST(TopDrawing, TwoCoresAndAllPathsFitOn80By24) {
  Figures usual = figures();
  usual.paths.resize(5, usual.paths[0]);
  usual.tables.resize(8, usual.tables[0]);
  Trends trends;
  const std::size_t rows = draw(usual, trends, {80, 100}).size();
  EXPECT_LE(rows, 24U);
}

TEST(TopDrawing, AlarmsComeFirstAndAnAbsentDataPlaneIsSaid) {
  Figures away = figures();
  away.alarms.push_back({"dataplane_away", "critical", "connection refused", away.wall_seconds - 65});
  EXPECT_NE(drawn(away).find("alarms      critical dataplane_away, 1 min: connection refused"), std::string::npos)
      << drawn(away);
  away.dataplane = false;
  EXPECT_NE(drawn(away).find("data plane  away"), std::string::npos) << drawn(away);
  EXPECT_EQ(drawn(away).find("cores"), std::string::npos);
  Sample nobody;
  nobody.error = "no socket\x1b[2J";
  const std::string text = drawn(read_figures(nobody, nobody));
  EXPECT_NE(text.find("control     no socket\\x1b[2J"), std::string::npos) << text;
}

TEST(TopDrawing, NumbersAndTimesStayShort) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.4), "0.4");
  EXPECT_EQ(short_number(99.96), "100");
  EXPECT_EQ(short_number(999.4), "999");
  EXPECT_EQ(short_number(999.6), "1.00k");
  EXPECT_EQ(short_number(1'234'567), "1.23M");
  EXPECT_EQ(short_number(123'456'789), "123M");
  EXPECT_EQ(short_time(999), "999 ns");
  EXPECT_EQ(short_time(1'234), "1.23 µs");
  EXPECT_EQ(short_time(45'600'000), "45.6 ms");
  EXPECT_EQ(short_time(17'000'000'000), "17.0 s");
}

TEST(TopFrame, IsCutBetweenCharacters) {
  Line line;
  line.add("aµb").to_column(6).add("█░", Tone::good);
  EXPECT_EQ(line.width(), 8U);
  line.cut(7);
  EXPECT_EQ(to_plain({line}), "aµb   █\n");
  line.cut(2);
  EXPECT_EQ(to_plain({line}), "aµ\n");
}

TEST(TopFrame, BarsAndSparklinesHaveTheirWidth) {
  for (const double share : {-1.0, 0.0, 0.024, 0.5, 1.0, 7.0}) {
    EXPECT_EQ(columns_of(bar(share, 20)), 20U);
  }
  EXPECT_EQ(bar(0.5, 4), "██░░");
  EXPECT_EQ(sparkline({}, 3), "   ");
  EXPECT_EQ(sparkline({0, 4, 8}, 4), " ▁▄█");
  EXPECT_EQ(sparkline({9, 0, 4, 8}, 3), "▁▄█") << "the last ones";
  EXPECT_EQ(sparkline({0, 0}, 2), "▁▁");
}

TEST(TopFrame, HasThreeForms) {
  Frame frame(2);
  frame[0].add("a<b", Tone::bad).add(" ");
  frame[1].add("c");
  EXPECT_EQ(to_plain(frame), "a<b\nc\n");
  EXPECT_EQ(to_terminal(frame), "\x1b[H\x1b[1;31ma<b\x1b[0m \x1b[K\r\nc\x1b[K\x1b[J");
  const std::string svg = to_svg(frame, {80, 24});
  EXPECT_TRUE(svg.starts_with("<svg xmlns="));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find(">a&lt;b</text>"), std::string::npos);
  EXPECT_EQ(std::ranges::count(svg, '\n'), 3 + 2 + 2);
}

}  // namespace
}  // namespace stirline::control::top::top_test
