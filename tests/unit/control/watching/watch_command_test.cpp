// stirline trace and stirline capture against a daemon whose data plane is of paper.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/wire/watch.hpp"
#include "control/daemon.hpp"
#include "control/watching/pcapng.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::watch_command_test {
namespace {

namespace wire = config::wire;
using std::chrono::milliseconds;
using wire::ResultCode;
using wire::WatchBy;
using wire::WatchEvent;
using wire::WatchKind;

constexpr std::uint64_t kArrived = 1'795'000'000'123'456'000;

std::string encoded(const WatchEvent& event) {
  std::array<char, wire::kMaxWatchEventBytes> octets;
  return {octets.data(), wire::encode_watch_event(event, octets)};
}

// A call that arrives and is signed, told of by watch number 5.
std::vector<WatchEvent> signed_call() {
  const WatchEvent any{.flow = wire::Flow::to_peer, .watch = 5, .message = 1, .time_ns = kArrived};
  std::vector<WatchEvent> events(4, any);
  events[0].trunk = "carrier";
  events[0].in_port = "west";
  events[0].out_port = "east";
  events[0].what = "INVITE";
  events[0].call_id = "a84b\x1b[2J@pc33";
  events[1].kind = WatchKind::parked;
  events[1].reason = "crypto_core";
  events[2].kind = WatchKind::decided;
  events[2].what = "signed";
  events[2].reason = "A";
  events[3].kind = WatchKind::sent;
  events[3].reason = "edited";
  events[3].out_port = "east";
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].sequence = static_cast<std::uint32_t>(i);
    events[i].time_ns += i * 12'500;
  }
  return events;
}

std::string octets_of(const std::vector<WatchEvent>& events) {
  std::string octets;
  for (const WatchEvent& event : events) {
    octets += encoded(event);
  }
  return octets;
}

class WatchCommand : public ::testing::Test {
 protected:
  WatchCommand() : dataplane_(std::make_unique<test::FakeDataplane>((folder_ / "dataplane.sock").string())) {
    std::filesystem::copy_file(test::pem("test_root.pem"), folder_ / "root.pem");
    folder_.write("control.toml", "socket = \"" + socket() + "\"\ndataplane_socket = \"" +
                                      (folder_ / "dataplane.sock").string() +
                                      "\"\nlog_level = \"error\"\n[trust]\nanchors = [\"root.pem\"]\n"
                                      "[[trunk]]\nname = \"carrier\"\npair = \"wire\"\npeers = [\"192.0.2.0/24\"]\n"
                                      "role = \"verify\"\n");
    DaemonOptions options;
    options.config = folder_ / "control.toml";
    options.now = [] { return std::int64_t{1'790'000'000}; };
    options.first_pause = milliseconds(1);
    options.longest_pause = milliseconds(4);
    auto daemon = Daemon::make(loop_, options);
    if (!daemon) {
      ADD_FAILURE() << config::to_string(daemon.error().front());
      return;
    }
    daemon_ = std::move(*daemon);
    EXPECT_TRUE(test::turn_until(loop_, [&] { return !dataplane_->generations().empty() && !daemon_->busy(); }));
  }

  [[nodiscard]] std::string socket() const { return (folder_ / "control.sock").string(); }

  test::Finished ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--socket", socket()});
    return test::ask(loop_, std::move(arguments));
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  std::unique_ptr<test::FakeDataplane> dataplane_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(WatchCommand, ATraceShowsEachStageWithItsTimeAndItsReason) {
  dataplane_->tell_watched(octets_of(signed_call()));
  const auto told = ask({"trace", "--number", "+1 (215) 555-0121", "--count", "1"});
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_EQ(told.out,
            "2026-11-18T11:06:40.123456Z       0.1          0.0 us  arrived   INVITE  carrier  to_peer  west -> east  "
            "Call-ID a84b\\x1b[2J@pc33\n"
            "2026-11-18T11:06:40.123468Z       0.1         12.5 us  parked    crypto_core\n"
            "2026-11-18T11:06:40.123481Z       0.1         25.0 us  decided   signed  A\n"
            "2026-11-18T11:06:40.123493Z       0.1         37.5 us  sent      edited -> east\n");
  const auto request = dataplane_->watches();
  ASSERT_FALSE(request.empty());
  const auto read = wire::decode_watch(request.front());
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->by, WatchBy::number);
  EXPECT_EQ(read->text, "12155550121");
  EXPECT_EQ(read->seconds, 600U);
  EXPECT_FALSE(read->octets);
  EXPECT_TRUE(test::turn_until(loop_, [&] { return dataplane_->watches().size() == 2; })) << "the command has gone";
  EXPECT_EQ(wire::decode_watch(dataplane_->watches().back())->by, WatchBy::nothing);
}

TEST_F(WatchCommand, LinesOfJsonAndTheEndOfTheTime) {
  auto events = signed_call();
  events.erase(events.begin() + 1);
  dataplane_->tell_watched(octets_of(events));
  dataplane_->tell_watched("");
  const auto told = ask({"trace", "--trunk", "carrier", "--json", "--seconds", "7"});
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_NE(told.err.find("1 events found no room"), std::string::npos) << "a gap is told: " << told.err;
  std::vector<nlohmann::json> rows;
  for (std::size_t begin = 0; begin < told.out.size();) {
    const std::size_t end = told.out.find('\n', begin);
    rows.push_back(nlohmann::json::parse(told.out.substr(begin, end - begin)));
    begin = end + 1;
  }
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("method"), "INVITE");
  EXPECT_EQ(rows[0].at("flow"), "to_peer");
  EXPECT_EQ(rows[0].at("since_arrival_ns"), 0);
  EXPECT_EQ(rows[1].at("decision"), "signed");
  EXPECT_EQ(rows[1].at("since_arrival_ns"), 25'000);
  EXPECT_EQ(rows[2].at("out_port"), "east");
  EXPECT_EQ(dataplane_->watches().size(), 1U) << "the data plane has ended it: nothing is to be stopped";
}

TEST_F(WatchCommand, EventsOfAnotherWatchAreNotShown) {
  auto events = signed_call();
  events[0].watch = 4;
  events[1].watch = 6;
  dataplane_->tell_watched(octets_of(events));
  dataplane_->tell_watched("");
  const auto told = ask({"trace", "--call-id", "a@b"});
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_EQ(std::ranges::count(told.out, '\n'), 2) << told.out;
}

TEST_F(WatchCommand, WhatTheDataplaneSaysIsPassedOn) {
  dataplane_->answer_watch(ResultCode::busy, "one watch at a time");
  const auto busy = ask({"trace", "--number", "12155550121"});
  EXPECT_EQ(busy.status, 75);
  EXPECT_NE(busy.err.find("one watch at a time"), std::string::npos) << busy.err;
  dataplane_->answer_watch(ResultCode::ok, "no number");
  EXPECT_EQ(ask({"trace", "--number", "12155550121"}).status, 1);
}

TEST_F(WatchCommand, AWatchEndsWithTheDataplane) {
  std::string lie = octets_of(signed_call());
  lie[0] = '\x7f';  // longer than it is
  dataplane_->tell_watched(lie);
  const auto told = ask({"trace", "--number", "12155550121"});
  EXPECT_EQ(told.status, 1);
  EXPECT_NE(told.err.find("the data plane has gone"), std::string::npos) << told.err;
  EXPECT_EQ(told.out, "");
}

TEST_F(WatchCommand, OneAtATimeAndThenTheNext) {
  const auto trace = [this] {
    return test::run(
        {test::program("STIRLINE_COMMAND"), "trace", "--number", "1", "--count", "1", "--socket", socket()});
  };
  const auto has_ended = [this](std::future<test::Finished>& command) {
    return test::turn_until(loop_, [&] { return command.wait_for(milliseconds(0)) == std::future_status::ready; });
  };
  for (const std::size_t requests : {1U, 3U}) {
    auto first = std::async(std::launch::async, trace);
    ASSERT_TRUE(test::turn_until(loop_, [&] { return dataplane_->watches().size() == requests; }));
    const auto second = ask({"trace", "--number", "2"});
    EXPECT_EQ(second.status, 75);
    EXPECT_NE(second.err.find("somebody watches already"), std::string::npos) << second.err;
    dataplane_->tell_watched(octets_of(signed_call()));
    ASSERT_TRUE(has_ended(first));
    EXPECT_EQ(first.get().status, 0);
    const auto is_over = [this] {
      const auto status = nlohmann::json::parse(ask({"status", "--json"}).out);
      return !status.at("control").at("watching").at("watching").get<bool>();
    };
    for (int i = 0; i < 100 && !is_over(); ++i) {
      loop_.turn(milliseconds(10));
    }
    ASSERT_TRUE(is_over()) << "it ends with its command";
  }
}

TEST_F(WatchCommand, ACommandLineThatIsNone) {
  EXPECT_EQ(ask({"trace"}).status, 64);
  EXPECT_EQ(ask({"trace", "--number", "bob"}).status, 64);
  EXPECT_EQ(ask({"trace", "--number", "1", "--trunk", "carrier"}).status, 64);
  EXPECT_EQ(ask({"trace", "--number", "1", "--seconds", "3601"}).status, 64);
  EXPECT_EQ(ask({"trace", "--trunk", "no name"}).status, 1);
  EXPECT_EQ(ask({"trace", "--call-id", "a b"}).status, 1);
  EXPECT_EQ(ask({"capture", "--number", "1"}).status, 64) << "no file";
  EXPECT_EQ(ask({"capture", "--number", "1", "--out", (folder_ / "none" / "a").string()}).status, 64);
  EXPECT_TRUE(dataplane_->watches().empty());
}

TEST_F(WatchCommand, ACaptureHasTheFramesBeforeAndAfter) {
  auto events = signed_call();
  WatchEvent in = events[0];
  in.kind = WatchKind::packet_in;
  in.octets = "before";
  events.insert(events.begin() + 1, in);
  WatchEvent out = in;
  out.kind = WatchKind::packet_out;
  out.octets = "after";
  events.insert(events.end() - 1, out);
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].sequence = static_cast<std::uint32_t>(i);
  }
  dataplane_->tell_watched(octets_of(events));
  const std::filesystem::path file = folder_ / "call.pcapng";
  const auto told = ask({"capture", "--number", "12155550121", "--out", file.string(), "--count", "1"});
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_NE(told.err.find("2 frames"), std::string::npos) << told.err;
  std::ifstream stream(file, std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(octets.starts_with(Pcapng::begin()));
  EXPECT_NE(octets.find("before"), std::string::npos);
  EXPECT_NE(octets.find("after"), std::string::npos);
  EXPECT_NE(octets.find("message 0.1: INVITE to_peer carrier, signed A"), std::string::npos);
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
      << "it holds whole calls";
  EXPECT_TRUE(wire::decode_watch(dataplane_->watches().front())->octets);
}

}  // namespace
}  // namespace stirline::control::watch_command_test
