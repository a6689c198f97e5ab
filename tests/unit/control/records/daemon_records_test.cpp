// The way of a record from the data plane's socket to an operator's answer: the daemon, and the built command beside
// it.
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "control/daemon.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/records/sample_record.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::daemon_records_test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using test::kRecordTime;
using test::octets_of;
using test::sample_record;

constexpr const char* kCaller = "12155550121";
constexpr const char* kCallId = "a84b4c76e66710@pc33";

class DaemonRecords : public testing::Test {
 protected:
  DaemonRecords() {
    const std::string sockets = "socket = \"" + (folder_ / "control.sock").string() + "\"\ndataplane_socket = \"" +
                                (folder_ / "dataplane.sock").string() + "\"\nlog_level = \"debug\"\n";
    folder_.write("pseudonym.key", std::string(32, 'k'));
    folder_.write("control.toml", sockets + "[records]\nfolder = \"records\"\npseudonym_key = \"pseudonym.key\"\n");
    folder_.write("plain.toml", sockets + "[records]\nfolder = \"records\"\n");
    before_ = spdlog::default_logger();
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)));
  }
  ~DaemonRecords() override {
    daemon_.reset();
    spdlog::set_default_logger(before_);
  }

  void start(const std::string& file = "control.toml") {
    options_.config = folder_ / file;
    options_.now = [] { return kRecordTime + 5; };
    options_.recheck = milliseconds(5);
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
    auto daemon = Daemon::make(loop_, options_);
    ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());
    daemon_ = std::move(*daemon);
  }
  json control_status() {
    const test::Finished done = test::ask(loop_, {"status", "--json", "--socket", (folder_ / "control.sock").string()});
    return json::parse(done.out).at("control");
  }
  test::Finished calls(const std::string& number, std::vector<std::string> more) {
    more.insert(more.begin(),
                {"calls", "--number", number, "--since", "2026-11-18T11:06", "--until", "2026-11-18T11:06"});
    return test::ask(loop_, std::move(more));
  }
  [[nodiscard]] std::string socket() const { return (folder_ / "control.sock").string(); }
  [[nodiscard]] std::string records() const { return (folder_ / "records").string(); }

  test::ScratchFolder folder_;
  EventLoop loop_;
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(DaemonRecords, ATracebackIsAnsweredAndNoted) {  // STIR-RG-03, STIR-PR-04
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  start();
  dataplane.tell(octets_of(sample_record(kCaller)) + octets_of(sample_record("12155550199")));
  ASSERT_TRUE(test::turn_until(loop_, [&] { return log_.str().contains("connected to the data plane"); }));
  ASSERT_TRUE(
      test::turn_until(loop_, [&] { return std::filesystem::file_size(folder_ / "records" / "calls.jsonl") > 0; }));
  EXPECT_EQ(control_status().at("records").at("written"), 2);

  const test::Finished found = calls("+1 (215) 555-0121", {"--json", "--socket", socket()});
  EXPECT_EQ(found.status, 0) << found.err;
  const json record = json::parse(found.out);
  EXPECT_EQ(record.at("at"), "2026-11-18T11:06:40Z");
  EXPECT_EQ(record.at("attest"), "A");
  EXPECT_EQ(record.at("verdict"), "valid");
  EXPECT_EQ(record.at("origid"), "123e4567-e89b-12d3-a456-426655440000");
  EXPECT_TRUE(record.at("orig").get<std::string>().starts_with("p:"));
  const test::Finished table = calls(kCaller, {"--socket", socket()});
  EXPECT_TRUE(table.out.contains("2026-11-18T11:06:40Z  from_peer  carrier  INVITE  p:")) << table.out;
  EXPECT_TRUE(calls("12155550000", {"--socket", socket()}).err.contains("no record"));
  EXPECT_EQ(control_status().at("records").at("questions"), 3);

  // A copy needs the key; without it nobody finds a number.
  daemon_.reset();
  EXPECT_TRUE(calls(kCaller, {"--records", records()}).out.empty());
  const test::Finished copy = calls(kCaller, {"--records", records(), "--key", (folder_ / "pseudonym.key").string()});
  EXPECT_EQ(copy.out, table.out);
  // With the configuration the command stands in for the daemon, note included.
  const test::Finished alone = calls(kCaller, {"--socket", socket(), "--config", (folder_ / "control.toml").string()});
  EXPECT_EQ(alone.out, table.out) << alone.err;
  start();
  EXPECT_EQ(calls(kCaller, {"--socket", socket()}).out, table.out);
  std::ostringstream notes;
  notes << std::ifstream(folder_ / "records" / "queries.jsonl").rdbuf();
  EXPECT_EQ(std::ranges::count(notes.str(), '\n'), 5);
}

TEST_F(DaemonRecords, LogsHoldNoNumbersAndNoCallIds) {  // STIR-PR-04
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  start("plain.toml");
  dataplane.tell(octets_of(sample_record(kCaller)));
  dataplane.tell(octets_of(sample_record(kCaller)) + "no record");
  ASSERT_TRUE(test::turn_until(loop_, [&] { return log_.str().contains("what cannot be read"); }));
  EXPECT_EQ(calls(kCaller, {"--socket", socket()}).status, 0);
  for (const char* personal : {kCaller, "442079460123", kCallId, "abcd00", "eyJ"}) {
    EXPECT_FALSE(log_.str().contains(personal)) << personal;
  }
  EXPECT_TRUE(log_.str().contains("generation")) << "there was something to be logged";
}

TEST_F(DaemonRecords, HostileTextsSteerNoTerminalAndBreakNoJson) {
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  start("plain.toml");
  config::wire::CallRecord record = sample_record(kCaller);
  record.call_id =
      "\x1b]0;owned\x07\xc2\x9b"
      "2J\r\n{\"time\":1}\xff";
  dataplane.tell(octets_of(record));
  ASSERT_TRUE(
      test::turn_until(loop_, [&] { return std::filesystem::file_size(folder_ / "records" / "calls.jsonl") > 0; }));
  const auto is_harmless = [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); };
  for (const auto& options : {std::vector<std::string>{}, std::vector<std::string>{"--json"}}) {
    std::vector<std::string> more = options;
    more.insert(more.end(), {"--socket", socket()});
    const test::Finished shown = calls(kCaller, more);
    EXPECT_EQ(std::ranges::count(shown.out, '\n'), options.empty() ? 2 : 1);
    EXPECT_TRUE(shown.out.contains("owned"));
    if (!options.empty()) {
      EXPECT_TRUE(std::ranges::all_of(shown.out, is_harmless));
      EXPECT_TRUE(json::parse(shown.out).at("call_id").get<std::string>().contains("{\"time\":1}"));
    }
    EXPECT_TRUE(std::ranges::none_of(shown.out, [](char c) { return c == '\x1b' || c == '\r' || c == '\x07'; }));
    EXPECT_FALSE(shown.out.contains("\xc2\x9b"));
  }
}

TEST_F(DaemonRecords, LimitAndMistakesAreTold) {
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  start("plain.toml");
  dataplane.tell(octets_of(sample_record(kCaller)) + octets_of(sample_record(kCaller)));
  ASSERT_TRUE(
      test::turn_until(loop_, [&] { return std::filesystem::file_size(folder_ / "records" / "calls.jsonl") > 0; }));
  const test::Finished limited = calls(kCaller, {"--json", "--limit", "1", "--socket", socket()});
  EXPECT_EQ(std::ranges::count(limited.out, '\n'), 1);
  EXPECT_TRUE(limited.err.contains("more than 1"));
  EXPECT_EQ(calls("Bob", {"--socket", socket()}).status, 64);
  EXPECT_EQ(test::ask(loop_, {"calls", "--number", "1", "--since", "noon", "--socket", socket()}).status, 64);
  EXPECT_EQ(test::ask(loop_, {"calls", "--number", "1"}).status, 64);
  daemon_.reset();
  EXPECT_EQ(calls(kCaller, {"--socket", socket()}).status, 69);
}

TEST_F(DaemonRecords, AFolderThatCannotBeUsedIsAMistakeInTheConfiguration) {
  folder_.write("records", "a file");
  options_.config = folder_ / "plain.toml";
  options_.now = [] { return kRecordTime; };
  const auto daemon = Daemon::make(loop_, options_);
  ASSERT_FALSE(daemon);
  EXPECT_EQ(daemon.error().front().key, "records");
}

}  // namespace
}  // namespace stirline::control::daemon_records_test
