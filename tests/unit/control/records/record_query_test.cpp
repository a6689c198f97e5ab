// Finding records: by number and minute, in every file that may hold some, whatever else stands there (STIR-RG-03).
#include "control/records/record_query.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/records/query_time.hpp"
#include "control/records/record_line.hpp"
#include "tests/unit/control/records/sample_record.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::record_query_test {
namespace {

using test::kRecordTime;
using test::sample_record;

class RecordQueryTest : public testing::Test {
 protected:
  static std::string line(std::int64_t time, std::string_view orig, std::string_view call_id = "c") {
    config::wire::CallRecord record = sample_record(orig);
    record.time = time;
    record.call_id = call_id;
    return record_line(record, nullptr);
  }
  // Call-IDs of what is found.
  std::vector<std::string> find(const RecordQuery& query) {
    std::vector<std::string> found;
    const auto facts = find_records(folder_.path(), query, [&](const nlohmann::ordered_json& record) {
      found.push_back(record.value("call_id", ""));
      return true;
    });
    EXPECT_TRUE(facts) << facts.error();
    facts_ = facts.value_or(QueryFacts());
    return found;
  }
  std::vector<std::string> find(std::string_view number, std::int64_t since, std::int64_t until) {
    return find({.identities = {std::string(number)}, .times = {since, until}, .verdict = {}});
  }

  test::ScratchFolder folder_;
  QueryFacts facts_;
};

using Ids = std::vector<std::string>;

TEST_F(RecordQueryTest, ByNumberAndMinute) {
  folder_.write("calls-1000-1120.jsonl", line(1'000, "1215") + line(1'060, "1215", "minute") + line(1'119, "1216") +
                                             line(1'119, "1215", "its end") + line(1'120, "1215"));
  EXPECT_EQ(find("1215", 1'060, 1'119), (Ids{"minute", "its end"}));
  EXPECT_EQ(find("121", 0, 9'999), Ids()) << "a number is no prefix";
  EXPECT_EQ(find("c", 0, 9'999), Ids()) << "not by what else stands there";
}

TEST_F(RecordQueryTest, AsCallerAsCalledAndAsTarget) {
  config::wire::CallRecord record = sample_record("1", "2");
  record.target = "3";
  folder_.write("calls.jsonl", record_line(record, nullptr));
  for (const char* number : {"1", "2", "3"}) {
    EXPECT_EQ(find(number, kRecordTime, kRecordTime).size(), 1U) << number;
  }
  EXPECT_EQ(find({.identities = {"x", "3"}, .times = {0, kRecordTime}, .verdict = {}}).size(), 1U);
}

TEST_F(RecordQueryTest, ByVerdict) {
  config::wire::CallRecord record = sample_record("1");
  record.call_id = "valid";
  std::string text = record_line(record, nullptr);
  record.verdict = crypto::Verdict::invalid;
  record.call_id = "invalid";
  text += record_line(record, nullptr);
  record.decision = config::wire::Decision::signed_;
  record.call_id = "signed";
  text += record_line(record, nullptr);
  folder_.write("calls.jsonl", text);
  const TimeSpan always{0, kRecordTime};
  EXPECT_EQ(find({.identities = {"1"}, .times = always, .verdict = "invalid"}), Ids{"invalid"});
  EXPECT_EQ(find({.identities = {"1"}, .times = always, .verdict = "none"}), Ids());
  EXPECT_EQ(find({.identities = {"1"}, .times = always, .verdict = {}}), (Ids{"valid", "invalid", "signed"}));
}

TEST_F(RecordQueryTest, OldestFileFirstAndOnlyThoseThatMayHoldSome) {
  folder_.write("calls.jsonl", line(400, "1", "now"));
  folder_.write("calls-300-399.jsonl", line(300, "1", "second"));
  folder_.write("calls-100-199.jsonl", line(100, "1", "too early"));
  folder_.write("calls-200-299.1.jsonl", line(250, "1", "first"));
  folder_.write("queries-300-399.jsonl", line(300, "1", "no call"));
  EXPECT_EQ(find("1", 200, 500), (Ids{"first", "second", "now"}));
  EXPECT_EQ(facts_.files, 3U);
}

TEST_F(RecordQueryTest, WhatIsNoRecordIsPassedOver) {
  folder_.write("calls.jsonl", "not JSON \"1\"\n[\"1\"]\n{\"time\":\"1\",\"orig\":\"1\"}\n{\"orig\":\"1\"}\n" +
                                   line(10, "1", "good") + std::string(100'000, '1') + "\n" +
                                   R"({"time":11,"orig":"1")");
  EXPECT_EQ(find("1", 0, 100), Ids{"good"});
  EXPECT_EQ(facts_.unreadable, 6U);
}

TEST_F(RecordQueryTest, UntilItIsEnough) {
  folder_.write("calls-1-1.jsonl", line(1, "1") + line(1, "1") + line(1, "1"));
  folder_.write("calls.jsonl", line(2, "1"));
  std::size_t seen = 0;
  EXPECT_TRUE(find_records(folder_.path(), {.identities = {"1"}, .times = {0, 9}, .verdict = {}},
                           [&](const nlohmann::ordered_json&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2U);
}

TEST_F(RecordQueryTest, AUriWithEveryOctetIsFoundAsItWasWritten) {
  const std::string uri = "sip:\xc3\xbcser\"\\\x01@b.example";
  folder_.write("calls.jsonl", line(5, uri, "found"));
  EXPECT_EQ(find(uri, 0, 9), Ids{"found"});
}

TEST_F(RecordQueryTest, NoFolderIsAnError) {
  EXPECT_FALSE(find_records(folder_ / "absent", {}, [](const nlohmann::ordered_json&) { return true; }));
  EXPECT_EQ(find("1", 0, 9), Ids()) << "an empty one is none";
}

TEST(QueryTime, IsReadInEveryForm) {
  constexpr std::int64_t kNow = 1'795'000'000;  // 2026-11-18T11:06:40Z
  const auto begin = [](std::string_view text) { return read_query_time(text, Edge::begin, kNow); };
  const auto end = [](std::string_view text) { return read_query_time(text, Edge::end, kNow); };
  EXPECT_EQ(begin("1795000000"), kNow);
  EXPECT_EQ(begin("2026-11-18"), kNow - 40'000);
  EXPECT_EQ(end("2026-11-18"), kNow - 40'000 + 86'399);
  EXPECT_EQ(begin("2026-11-18T11:06"), kNow - 40);
  EXPECT_EQ(end("2026-11-18T11:06"), kNow + 19);
  EXPECT_EQ(end("2026-11-18T11:06:40"), kNow);
  EXPECT_EQ(begin("2026-11-18T11:06:40Z"), kNow);
  EXPECT_EQ(begin("30s"), kNow - 30);
  EXPECT_EQ(begin("90m"), kNow - 5'400);
  EXPECT_EQ(begin("24h"), kNow - 86'400);
  EXPECT_EQ(begin("7d"), kNow - 604'800);
  EXPECT_EQ(write_query_time(kNow), "2026-11-18T11:06:40Z");
  EXPECT_EQ(write_query_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(write_query_time(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(write_query_time(INT64_MIN), "-9223372036854775808");
}

TEST(QueryTime, NothingElseIsATime) {
  for (const char* text : {"", "x", "-1", "1y", "h", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-18T",
                           "2026-11-18T24:00", "2026-11-18T11:60", "2026-11-18T11:06:60", "2026-11-18T11:06:40ZZ",
                           "2026-11-18 11:06", "12026-11-18", "999999999999d", "9999999999999"}) {
    EXPECT_FALSE(read_query_time(text, Edge::begin, 0)) << text;
  }
}

}  // namespace
}  // namespace stirline::control::record_query_test
