// The daemon's alarms, with a data plane of paper: in the status, raised and cleared.
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/daemon.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::daemon_alarms_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using test::FakeDataplane;
using test::pem;

class DaemonAlarmsTest : public ::testing::Test {
 protected:
  DaemonAlarmsTest() {
    fs::copy_file(pem("test_leaf_spc1234.key"), folder_ / "main.key");
    fs::copy_file(pem("test_leaf_spc1234_chain.pem"), folder_ / "main.pem");
    fs::copy_file(pem("test_root.pem"), folder_ / "root.pem");
    folder_.write("control.toml", "socket = \"" + (folder_ / "control.sock").string() + "\"\ndataplane_socket = \"" +
                                      dataplane_path() +
                                      "\"\nlog_level = \"error\"\n[trust]\nanchors = [\"root.pem\"]\n"
                                      "[[trunk]]\nname = \"carrier\"\npair = \"wire\"\npeers = [\"192.0.2.0/24\"]\n"
                                      "[[credential]]\nname = \"main\"\nkey = \"main.key\"\nchain = \"main.pem\"\n"
                                      "x5u = \"https://cert.example.org/a.pem\"\n");
    options_.config = folder_ / "control.toml";
    options_.now = [this] { return now_.load(); };
    options_.read_clock = [this] {  // the steady one stands still
      const milliseconds wall = std::chrono::seconds(now_ += step_);
      return ClockReading{.wall = wall, .kernel_known = true, .synchronised = synchronised_};
    };
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
    options_.alarm_look = milliseconds(2);
  }

  [[nodiscard]] std::string dataplane_path() const { return (folder_ / "dataplane.sock").string(); }

  void start() {
    auto daemon = Daemon::make(loop_, options_);
    ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());
    daemon_ = std::move(*daemon);
  }

  ordered_json raised() {
    const test::Finished finished =
        test::ask(loop_, {"status", "--json", "--socket", (folder_ / "control.sock").string()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return ordered_json::parse(finished.out).at("control").at("alarms").at("raised");
  }
  // Until these alarms stand and no other.
  bool stand(const std::vector<std::string>& names) {
    ordered_json rows;
    for (int i = 0; i < 200; ++i) {
      rows = raised();
      std::vector<std::string> found;
      for (const ordered_json& row : rows) {
        found.push_back(row.at("name"));
      }
      if (found == names) {
        return true;
      }
    }
    ADD_FAILURE() << rows;
    return false;
  }
  // The status of a data plane that uses what it was given; its count rises by so much from look to look.
  void say(FakeDataplane& dataplane, std::uint64_t rise) {
    dataplane.set_status([generation = daemon_->generation(), rise, count = std::uint64_t{5}]() mutable {
      count += rise;
      return ordered_json{{"tables", {{"generation", generation}}}, {"counters", {{"ring_full", count}}}}.dump();
    });
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  std::atomic<std::int64_t> now_ = 1'790'000'000;
  std::atomic<std::int64_t> step_ = 0;  // at each look at the clock
  std::atomic<bool> synchronised_ = true;
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(DaemonAlarmsTest, AnAbsentDataPlaneIsAnAlarmUntilItComes) {
  start();
  ASSERT_TRUE(stand({"dataplane_away"}));
  EXPECT_EQ(raised().at(0).at("severity"), "critical");
  EXPECT_EQ(raised().at(0).at("since"), now_.load());
  FakeDataplane dataplane(dataplane_path());
  say(dataplane, 0);
  EXPECT_TRUE(stand({}));
}

TEST_F(DaemonAlarmsTest, WhatTheDataPlaneCountsIsRaisedAndClearedWhenItStops) {
  FakeDataplane dataplane(dataplane_path());
  start();
  say(dataplane, 0);
  ASSERT_TRUE(stand({}));
  ASSERT_TRUE(test::turn_until(loop_, [&] { return dataplane.status_questions() > 3; }));
  say(dataplane, 1);
  ASSERT_TRUE(stand({"ring_full"}));
  say(dataplane, 0);
  EXPECT_TRUE(stand({}));
}

TEST_F(DaemonAlarmsTest, AClockThatWasSetAndTablesThatAreNotUsed) {
  FakeDataplane dataplane(dataplane_path());
  start();
  say(dataplane, 0);
  ASSERT_TRUE(test::turn_until(loop_, [&] { return dataplane.status_questions() > 3; }));
  step_ = -60;
  ASSERT_TRUE(stand({"clock_stepped"}));
  step_ = 0;
  dataplane.set_status(R"({"tables":{"generation":1}})");
  ASSERT_TRUE(stand({"generation_stale"}));
}

// INL-AV-03: somebody sets the clock by a minute, behind the back of what disciplines it; then it is put right.
TEST_F(DaemonAlarmsTest, AClockThatIsKnownToBeWrongStopsSigningUntilItIsRight) {
  FakeDataplane dataplane(dataplane_path());
  dataplane.set_status(R"({"tables":{}})");
  start();
  const auto told = [&](bool stopped) {  // by the newest of more generations than there were
    return test::turn_until(loop_, [&, before = dataplane.generations().size()] {
      const auto generations = dataplane.generations();
      return generations.size() > before && generations.back().signing_stopped == stopped;
    });
  };
  ASSERT_TRUE(told(false));
  ASSERT_TRUE(test::turn_until(loop_, [&] { return dataplane.status_questions() > 3; }));
  synchronised_ = false;
  now_ += 60;
  ASSERT_TRUE(told(true));
  EXPECT_GT(dataplane.generations().back().number, dataplane.generations().front().number);
  dataplane.hang_up();
  ASSERT_TRUE(told(true)) << "one that starts anew must not sign either";
  say(dataplane, 0);
  ASSERT_TRUE(stand({"signing_stopped", "clock_offset", "clock_unsynchronised"}));
  const ordered_json rows = raised();
  EXPECT_EQ(rows.at(0).at("severity"), "critical");
  EXPECT_NE(rows.at(0).at("text").get<std::string>().find("60000 ms ahead"), std::string::npos) << rows;
  synchronised_ = true;
  ASSERT_TRUE(test::turn_until(loop_, [&] { return !dataplane.generations().back().signing_stopped; }));
  say(dataplane, 0);
  EXPECT_TRUE(stand({}));
}

TEST_F(DaemonAlarmsTest, AClockThatNothingDisciplinesIsAnAlarmAndCallsAreSigned) {
  synchronised_ = false;
  FakeDataplane dataplane(dataplane_path());
  start();
  say(dataplane, 0);
  ASSERT_TRUE(stand({"clock_unsynchronised"}));
  step_ = 3'600;
  ASSERT_TRUE(stand({"clock_stepped", "clock_unsynchronised"})) << "set right or wrong: nobody knows";
  ASSERT_EQ(dataplane.generations().size(), 1U);
  EXPECT_FALSE(dataplane.generations().back().signing_stopped);
}

}  // namespace
}  // namespace stirline::control::daemon_alarms_test
