// What two looks at the status say about each alarm.
#include "control/alarms/alarm_rules.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stirline::control::alarm_rules_test {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kNow = 1'790'000'000;

StatusSample healthy() {
  StatusSample sample;
  sample.clock.wall = seconds(kNow);
  sample.clock.steady = seconds(5'000);
  sample.control = Json::parse(R"({
    "generation": 7, "credentials": [{"name": "main", "not_after": 1900000000}], "lists": {"stale": 0},
    "records": {"lost": 0}, "dataplane": {"connected": true}})");
  sample.dataplane = Json::parse(R"({
    "tables": {"generation": 7},
    "ports": [{"name": "west", "link": "up", "missed": 0}],
    "cores": [{"role": "poll"},
              {"role": "crypto", "engine_trusted": true, "stuck": false, "jobs_queued": 0, "queue_places": 1000}],
    "counters": {"dropped_truncated": 3, "dropped_copies": 5, "ring_full": 1, "parked_full": 1, "record_dropped": 1,
                 "job_deadline": 1, "signed_forgotten": 1, "decisions_forgotten": 1, "tokens_forgotten": 1, "reasons_forgotten": 1,
                 "waiting_full": 1, "fragment_table_full": 1, "no_large_buffer": 1, "sources_forgotten": 1,
                 "over_limit": 1},
    "fills": [{"table": "parking", "used": 0, "places": 100}, {"table": "records", "used": 0, "places": 100},
              {"table": "replay_watch", "used": 100, "places": 100}]})");
  return sample;
}

StatusSample later() {
  StatusSample sample = healthy();
  sample.clock.wall += seconds(5);
  sample.clock.steady += seconds(5);
  return sample;
}

std::set<std::string> present(const PerAlarm<Finding>& findings, Level level = Level::present) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kAlarms; ++i) {
    if (findings[i].level == level) {
      names.insert(std::string(facts(static_cast<Alarm>(i)).name));
      EXPECT_EQ(findings[i].text.empty(), level != Level::present);
    }
  }
  return names;
}

using Names = std::set<std::string>;

TEST(AlarmRules, NothingIsWrongWithAHealthyOne) {
  const StatusSample before = healthy();
  EXPECT_EQ(present(find_alarms(&before, later())), Names{});
  EXPECT_EQ(present(find_alarms(nullptr, before)), Names{}) << "what was counted before the first look is history";
  EXPECT_EQ(present(find_alarms(&before, later()), Level::between), Names{});
}

TEST(AlarmRules, EachCounterThatGrowsHasItsAlarm) {
  const StatusSample before = healthy();
  const std::pair<const char*, const char*> counted[] = {
      {"dropped_truncated", "packets_dropped"}, {"ring_full", "ring_full"},
      {"parked_full", "parking_full"},          {"record_dropped", "records_lost"},
      {"job_deadline", "crypto_late"},          {"signed_forgotten", "tables_full"},
      {"decisions_forgotten", "tables_full"},   {"tokens_forgotten", "tables_full"},
      {"reasons_forgotten", "tables_full"},     {"waiting_full", "tables_full"},
      {"fragment_table_full", "tables_full"},   {"no_large_buffer", "tables_full"},
      {"sources_forgotten", "tables_full"},     {"over_limit", "source_over_limit"}};
  for (const auto& [counter, alarm] : counted) {
    StatusSample now = later();
    now.dataplane["counters"][counter] = now.dataplane["counters"][counter].get<std::uint64_t>() + 2;
    const auto findings = find_alarms(&before, now);
    EXPECT_EQ(present(findings), Names{alarm}) << counter;
    const auto found = std::ranges::find(findings, Level::present, &Finding::level);
    EXPECT_EQ(found->text, std::string("2 ") + counter);
  }
  for (const char* meant : {"dropped_copies", "dropped_answered", "dropped_acks"}) {
    StatusSample now = later();
    now.dataplane["counters"][meant] = 500U;
    EXPECT_EQ(present(find_alarms(&before, now)), Names{}) << meant << " are meant to end here";
  }
  StatusSample anew = later();
  anew.dataplane["counters"]["dropped_truncated"] = 1U;
  EXPECT_EQ(find_alarms(&before, anew)[static_cast<std::size_t>(Alarm::packets_dropped)].text, "1 dropped_truncated")
      << "a data plane that began anew";
}

TEST(AlarmRules, ASourceOverItsLimitIsNamed) {  // INL-AV-02
  const StatusSample before = healthy();
  StatusSample now = later();
  now.dataplane["sources_over_limit"] =
      Json::parse(R"([{"source": "198.51.100.20", "trunk": "peer", "shed": 9, "last_seen": 1790000000}])");
  EXPECT_EQ(present(find_alarms(&before, now)), Names{}) << "a list alone is history";
  now.dataplane["counters"]["over_limit"] = 4U;
  EXPECT_EQ(find_alarms(&before, now)[static_cast<std::size_t>(Alarm::source_over_limit)].text,
            "3 over_limit, worst 198.51.100.20 on peer");
  now.dataplane = nullptr;
  EXPECT_EQ(find_alarms(&before, now)[static_cast<std::size_t>(Alarm::source_over_limit)].level, Level::between);
}

TEST(AlarmRules, EachStateThatIsWrongHasItsAlarm) {
  const StatusSample before = healthy();
  const std::tuple<const char*, Json, const char*> states[] = {
      {"/dataplane/ports/0/link", "down", "port_down"},
      {"/dataplane/ports/0/missed", 3U, "packets_dropped"},
      {"/dataplane/cores/1/stuck", true, "crypto_core_stuck"},
      {"/dataplane/cores/1/engine_trusted", false, "engine_untrusted"},
      {"/dataplane/cores/1/jobs_queued", 950U, "ring_full"},
      {"/dataplane/fills/0/used", 95U, "parking_full"},
      {"/dataplane/fills/1/used", 95U, "tables_full"},
      {"/dataplane/tables/generation", 6U, "generation_stale"},
      {"/control/records/lost", 1U, "records_lost"},
      {"/control/lists/stale", 1U, "revocation_list_stale"},
      {"/control/credentials/0/not_after", kNow + 13 * 86'400, "certificate_ending"},
      {"/control/credentials/0/not_after", kNow - 1, "certificate_ended"},
      {"/control/dataplane/connected", false, "dataplane_away"}};
  for (const auto& [place, value, alarm] : states) {
    StatusSample now = later();
    Json both{{"control", now.control}, {"dataplane", now.dataplane}};
    both[Json::json_pointer(place)] = value;
    now.control = both["control"];
    now.dataplane = both["dataplane"];
    EXPECT_EQ(present(find_alarms(&before, now)), Names{alarm}) << place;
  }
}

TEST(AlarmRules, BetweenFullAndRoomNothingIsSaid) {
  const StatusSample before = healthy();
  for (const auto& [used, level] : {std::pair{79U, Level::absent}, std::pair{80U, Level::between},
                                    std::pair{94U, Level::between}, std::pair{95U, Level::present}}) {
    StatusSample now = later();
    now.dataplane["fills"][0]["used"] = used;
    now.dataplane["cores"][1]["jobs_queued"] = used * 10;
    const auto findings = find_alarms(&before, now);
    EXPECT_EQ(findings[static_cast<std::size_t>(Alarm::parking_full)].level, level) << used;
    EXPECT_EQ(findings[static_cast<std::size_t>(Alarm::ring_full)].level, level) << used;
  }
}

TEST(AlarmRules, AClockThatWasSetIsSeenInEitherDirection) {
  const StatusSample before = healthy();
  for (const std::int64_t step : {-3'600'000LL, -1'000LL, 1'000LL}) {
    StatusSample now = later();
    now.clock.wall += milliseconds(step);
    EXPECT_EQ(present(find_alarms(&before, now)), Names{"clock_stepped"}) << step;
  }
  StatusSample slewed = later();
  slewed.clock.wall += milliseconds(999);
  EXPECT_EQ(present(find_alarms(&before, slewed)), Names{});
  StatusSample late = later();
  late.clock.wall += seconds(60);
  late.clock.steady += seconds(60);
  EXPECT_EQ(present(find_alarms(&before, late)), Names{}) << "a look that came late";
}

TEST(AlarmRules, WhatIsKnownAboutTheClockIsTold) {  // INL-AV-03
  StatusSample now = later();
  now.clock.doubts = "nothing synchronises it";
  EXPECT_EQ(present(find_alarms(nullptr, now)), Names{"clock_unsynchronised"});
  now.clock.offset = "at least 31000 ms ahead, by 3 servers";
  EXPECT_EQ(present(find_alarms(nullptr, now)), (Names{"clock_unsynchronised", "clock_offset"}));
  now.clock.signing_stopped = true;
  const auto findings = find_alarms(nullptr, now);
  EXPECT_EQ(present(findings), (Names{"clock_unsynchronised", "clock_offset", "signing_stopped"}));
  EXPECT_EQ(findings[static_cast<std::size_t>(Alarm::signing_stopped)].text, now.clock.offset);
}

TEST(AlarmRules, OfADataPlaneThatIsAwayNothingElseIsKnown) {
  const StatusSample before = healthy();
  StatusSample now = later();
  now.dataplane = nullptr;
  EXPECT_EQ(present(find_alarms(&before, now)), Names{"dataplane_away"}) << "connected, but silent";
  now.control["dataplane"] = {{"connected", false}, {"error", "connection refused"}};
  const auto findings = find_alarms(&before, now);
  EXPECT_EQ(findings[static_cast<std::size_t>(Alarm::dataplane_away)].text, "connection refused");
  EXPECT_EQ(present(findings, Level::between).size(), 11U);
  EXPECT_EQ(findings[static_cast<std::size_t>(Alarm::certificate_ended)].level, Level::absent);
  EXPECT_EQ(present(find_alarms(&now, later())), Names{}) << "back again, counters and all";
}

// It comes from another process: each member in turn is of another type.
TEST(AlarmRules, AnOddDocumentRaisesNothingAndNeverThrows) {
  const StatusSample before = healthy();
  const Json flat = Json{{"control", before.control}, {"dataplane", before.dataplane}}.flatten();
  std::set<std::string> places;
  for (const auto& [place, value] : flat.items()) {
    Json::json_pointer pointer(place);
    for (; !pointer.empty(); pointer.pop_back()) {
      places.insert(pointer.to_string());
    }
  }
  for (const std::string& place : places) {
    for (const Json& odd : {Json(), Json("x"), Json(-7), Json(0.5), Json::array({Json::array()}), Json{{"a", 1}}}) {
      Json both{{"control", before.control}, {"dataplane", before.dataplane}};
      both[Json::json_pointer(place)] = odd;
      StatusSample sample = later();
      sample.control = both["control"];
      sample.dataplane = both["dataplane"];
      EXPECT_NO_THROW(static_cast<void>(find_alarms(&before, sample))) << place << odd;
      EXPECT_NO_THROW(static_cast<void>(find_alarms(&sample, later()))) << place << odd;
    }
  }
}

}  // namespace
}  // namespace stirline::control::alarm_rules_test
