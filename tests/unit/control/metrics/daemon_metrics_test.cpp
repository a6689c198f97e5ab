// The metrics page of the daemon as a whole: what it serves, with a data plane and without.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/daemon.hpp"
#include "control/metrics/control_metrics.hpp"
#include "tests/support/open_metrics.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/metrics/http_client.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::daemon_metrics_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using stirline::test::MetricPage;
using stirline::test::read_open_metrics;
using test::FakeDataplane;
using test::HttpClient;
using test::pem;

constexpr std::int64_t kNow = 1'790'000'000;  // 21 Sep 2026
constexpr std::int64_t kNotAfter = 2'398'377'600;

class DaemonMetricsTest : public ::testing::Test {
 protected:
  DaemonMetricsTest() {
    fs::copy_file(pem("test_leaf_spc1234.key"), folder_ / "main.key");
    fs::copy_file(pem("test_leaf_spc1234_chain.pem"), folder_ / "main.pem");
    fs::copy_file(pem("test_root.pem"), folder_ / "root.pem");
    configure("listen = \"127.0.0.1:0\"\n");
    options_.config = folder_ / "control.toml";
    options_.now = [this] { return now_.load(); };
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
  }

  void configure(const std::string& metrics) {
    folder_.write("control.toml", "socket = \"" + (folder_ / "control.sock").string() + "\"\n" +
                                      "dataplane_socket = \"" + dataplane_path() +
                                      "\"\nlog_level = \"error\"\n[metrics]\n" + metrics +
                                      "[records]\nfolder = \"records\"\naccounts = \"accounts.db\"\n" +
                                      "[feedback]\ndatabase = \"feedback.db\"\n[notices]\ndatabase = "
                                      "\"notices.db\"\n[trust]\nanchors = [\"root.pem\"]\n"
                                      "[[trunk]]\nname = \"carrier\"\npair = \"wire\"\npeers = [\"192.0.2.0/24\"]\n"
                                      "[[credential]]\nname = \"main\"\nkey = \"main.key\"\nchain = \"main.pem\"\n"
                                      "x5u = \"https://cert.example.org/a.pem\"\n"
                                      "[[numbers]]\nprefix = \"1215\"\nattest = \"A\"\ncredential = \"main\"\n"
                                      "[[x5u]]\nurl = \"https://cert.example.org/a.pem\"\nfile = \"main.pem\"\n");
  }

  [[nodiscard]] std::string dataplane_path() const { return (folder_ / "dataplane.sock").string(); }

  void start() {
    auto daemon = Daemon::make(loop_, options_);
    ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());
    daemon_ = std::move(*daemon);
  }

  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }

  ordered_json own_status() {
    const test::Finished finished =
        test::ask(loop_, {"status", "--json", "--socket", (folder_ / "control.sock").string()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return ordered_json::parse(finished.out).at("control");
  }
  std::uint16_t port() { return own_status().at("metrics").at("port").get<std::uint16_t>(); }

  MetricPage scrape(std::uint16_t port) {
    HttpClient client(port);
    client.say("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(until([&] { return client.over(); }));
    const auto page = read_open_metrics(test::body_of(client.hear()));
    EXPECT_TRUE(page) << page.error() << "\n" << client.hear();
    return page.value_or(MetricPage());
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  std::atomic<std::int64_t> now_ = kNow;
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(DaemonMetricsTest, BothHalvesAreOnThePage) {
  FakeDataplane dataplane(dataplane_path());
  dataplane.set_status(R"({"tables":{"generation":7,"age_seconds":3},
                           "rules":{"number":8,"age_seconds":2,"users":4,"octets":900},
                           "counters":{"signed_a":5},"counter_facts":{"signed_a":{"unit":"calls","help":"with A"}}})");
  start();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 1 && !daemon_->busy(); }));
  const MetricPage page = scrape(port());
  EXPECT_EQ(page.at("stirline_dataplane_up").samples.at(""), "1");
  EXPECT_EQ(page.at("stirline_dataplane_generation").samples.at(""), "7");
  EXPECT_EQ(page.at("stirline_dataplane_rules_number").samples.at(""), "8");
  EXPECT_EQ(page.at("stirline_dataplane_rules_age_seconds").samples.at(""), "2");
  EXPECT_EQ(page.at("stirline_dataplane_rules_users").samples.at(""), "4");
  EXPECT_EQ(page.at("stirline_dataplane_rules_bytes").samples.at(""), "900");
  EXPECT_EQ(page.at("stirline_dataplane_signed_a_calls").samples.at(""), "5");
  EXPECT_EQ(page.at("stirline_dataplane_signed_a_calls").help, "with A");
  EXPECT_EQ(page.at("stirline_control_dataplane_connected").samples.at(""), "1");
  EXPECT_EQ(page.at("stirline_control_generation").samples.at(""), std::to_string(daemon_->generation()));
  EXPECT_EQ(page.at("stirline_control_table_records").samples.at("table=\"credentials\""), "1");
  EXPECT_EQ(page.at("stirline_control_credential_not_after_timestamp_seconds")
                .samples.at("name=\"main\",x5u=\"https://cert.example.org/a.pem\""),
            std::to_string(kNotAfter));
  EXPECT_EQ(page.at("stirline_control_certificate")
                .samples.count("x5u=\"https://cert.example.org/a.pem\",regime=\"default\",standing=\"verified\""),
            1U);
  EXPECT_EQ(page.at("stirline_control_http_connections").samples.at("server=\"metrics\""), "1");
  EXPECT_EQ(page.at("stirline_control_metrics_left_out").samples.at(""), "0");
}

// An odd figure of the data plane costs that figure alone, and is counted.
TEST_F(DaemonMetricsTest, WhatCannotBeShownIsCounted) {
  FakeDataplane dataplane(dataplane_path());
  dataplane.set_status(R"({"counters":{"good":5,"bad name":6,"worse":-1}})");
  start();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 1 && !daemon_->busy(); }));
  const MetricPage page = scrape(port());
  EXPECT_EQ(page.at("stirline_dataplane_good").samples.at(""), "5");
  EXPECT_EQ(page.at("stirline_control_metrics_left_out").samples.at(""), "2");
}

TEST_F(DaemonMetricsTest, WithoutADataPlaneThePageSaysSoAndHasOurOwnPart) {
  start();
  const std::uint16_t place = port();
  MetricPage page = scrape(place);
  EXPECT_EQ(page.at("stirline_dataplane_up").samples.at(""), "0");
  EXPECT_EQ(page.at("stirline_control_dataplane_connected").samples.at(""), "0");
  EXPECT_EQ(page.at("stirline_control_table_records").samples.at("table=\"trunks\""), "1");
  EXPECT_EQ(
      std::ranges::count_if(page, [](const auto& family) { return family.first.starts_with("stirline_dataplane"); }),
      1);
}

TEST_F(DaemonMetricsTest, ASilentDataPlaneCountsAsAbsentAndIsAskedOnceAtATime) {
  options_.status_limit = milliseconds(20);
  FakeDataplane dataplane(dataplane_path());
  start();
  const std::uint16_t place = port();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 1 && !daemon_->busy(); }));
  dataplane.fall_silent(true);
  EXPECT_EQ(scrape(place).at("stirline_dataplane_up").samples.at(""), "0");
  EXPECT_EQ(scrape(place).at("stirline_dataplane_up").samples.at(""), "0");
  EXPECT_EQ(scrape(place).at("stirline_control_dataplane_connected").samples.at(""), "1");
}

TEST_F(DaemonMetricsTest, EveryFigureOfOurStatusIsOnThePage) {
  start();
  ordered_json status = own_status();
  status["repository"] = status.at("metrics");
  status["repository"]["pages"] = 1;
  status["xcap"] = status.at("metrics");
  for (const char* name :
       {"documents", "changes", "unauthenticated", "forbidden", "conflicts", "overtaken", "failed"}) {
    status["xcap"][name] = 1;
  }
  status["records"]["not_kept"] = 0;  // said where there is no folder
  const auto page_of = [](const ordered_json& document) {
    Exposition page;
    write_control_metrics(page, document);
    EXPECT_EQ(page.left_out(), 0U);
    return std::move(page).finish();
  };
  const std::string page = page_of(status);
  // What names a process or a place says nothing that one could plot.
  const std::set<std::string> names{"/pid", "/confinement/user", "/metrics/port", "/repository/port", "/xcap/port"};
  for (const std::string& pointer : stirline::test::figures_of(status)) {
    EXPECT_NE(page_of(stirline::test::changed_at(status, pointer)) == page, !names.contains(pointer)) << pointer;
  }
  EXPECT_GT(stirline::test::figures_of(status).size(), 50U);
}

TEST_F(DaemonMetricsTest, TheDashboardAsksForNothingThatIsNotThere) {
  start();
  const char* source = std::getenv("STIRLINE_SOURCE");
  ASSERT_NE(source, nullptr);
  const auto asked = stirline::test::dashboard_names(std::string(source) + "/config/grafana/stirline.json",
                                                     "stirline_(?:control|dataplane_up|alarm)");
  EXPECT_GE(asked.size(), 10U);
  const std::set<std::string> there = stirline::test::sample_names(scrape(port()));
  for (const std::string& name : asked) {
    EXPECT_TRUE(there.contains(name)) << name;
  }
}

TEST_F(DaemonMetricsTest, NothingIsServedUnlessConfiguredAndAReloadDoesNotChangeThat) {
  configure("");
  start();
  EXPECT_TRUE(own_status().at("metrics").is_null());
  configure("listen = \"127.0.0.1:0\"\n");
  bool done = false;
  daemon_->reload([&](const ordered_json& document) {
    done = true;
    EXPECT_EQ(document.at("result"), "ok") << document;
  });
  ASSERT_TRUE(until([&] { return done; }));
  const ordered_json status = own_status();
  EXPECT_TRUE(status.at("metrics").is_null());
  EXPECT_TRUE(status.at("warnings").dump().contains("the section [metrics] stays as it is until the next start"));
}

TEST_F(DaemonMetricsTest, APlaceThatCannotBeListenedOnIsAMistakeOfTheFile) {
  configure("listen = \"192.0.2.1:9464\"\n");
  const auto daemon = Daemon::make(loop_, options_);
  ASSERT_FALSE(daemon);
  EXPECT_EQ(daemon.error().front().key, "metrics.listen");
  EXPECT_TRUE(daemon.error().front().found.contains("metrics cannot be served on 192.0.2.1:9464: "))
      << daemon.error().front().found;
}

// One question is under way, whoever comes meanwhile shares its answer.
TEST_F(DaemonMetricsTest, ThoseWhoAskTogetherShareOneQuestion) {
  FakeDataplane dataplane(dataplane_path());
  bool greeted = false;
  DataplaneClientOptions client_options;
  client_options.path = dataplane_path();
  DataplaneClient client(loop_, client_options, [&] { greeted = true; });
  DataplaneStatus status(loop_, client, milliseconds(20'000));
  client.start();
  ASSERT_TRUE(until([&] { return greeted; }));
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    status.ask([&](const DataplaneStatus::Document& document) {
      ASSERT_TRUE(document);
      EXPECT_EQ(document->at("ports").at(0).at("name"), "west");
      ++answers;
    });
  }
  ASSERT_TRUE(until([&] { return answers == 3; }));
  EXPECT_EQ(dataplane.status_questions(), 1U);
  status.ask([&](const DataplaneStatus::Document&) { ++answers; });
  ASSERT_TRUE(until([&] { return answers == 4; }));
  EXPECT_EQ(dataplane.status_questions(), 2U);
}

}  // namespace
}  // namespace stirline::control::daemon_metrics_test
