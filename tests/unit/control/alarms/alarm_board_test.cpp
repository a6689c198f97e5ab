// When alarms are raised and cleared, and how that is told.
#include "control/alarms/alarm_board.hpp"

#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "control/alarms/alarm_log.hpp"
#include "control/alarms/alarm_report.hpp"
#include "tests/support/open_metrics.hpp"

namespace stirline::control::alarm_board_test {
namespace {

class Board : public testing::Test {
 protected:
  // One look that finds this of one alarm and nothing of the others.
  std::vector<AlarmChange> look(Alarm alarm, Level level, const std::string& text = "why") {
    PerAlarm<Finding> findings;
    findings[static_cast<std::size_t>(alarm)] = {level, level == Level::present ? text : ""};
    return board_.take(findings, ++now_);
  }
  [[nodiscard]] bool raised(Alarm alarm) const { return board_.state(alarm).raised; }

  AlarmBoard board_;
  std::int64_t now_ = 100;
};

TEST_F(Board, RaisesAndClearsEachAlarmAfterItsLooks) {
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const auto alarm = static_cast<Alarm>(i);
    const AlarmFacts& its = facts(alarm);
    for (unsigned n = 1; n <= its.raise_after; ++n) {
      const auto changes = look(alarm, Level::present);
      EXPECT_EQ(changes.size(), n == its.raise_after ? 1U : 0U) << its.name;
    }
    EXPECT_TRUE(raised(alarm)) << its.name;
    EXPECT_EQ(board_.state(alarm).since, now_);
    EXPECT_TRUE(look(alarm, Level::present, "more").empty()) << "it stands already";
    EXPECT_EQ(board_.state(alarm).text, "more");
    for (unsigned n = 1; n <= its.clear_after; ++n) {
      const auto changes = look(alarm, Level::absent);
      ASSERT_EQ(changes.size(), n == its.clear_after ? 1U : 0U) << its.name;
      if (n == its.clear_after) {
        EXPECT_FALSE(changes[0].raised);
        EXPECT_EQ(changes[0].text, "more") << "what it was about";
      }
    }
    EXPECT_FALSE(raised(alarm)) << its.name;
    EXPECT_EQ(board_.state(alarm).raises, 1U);
  }
}

TEST_F(Board, WhatComesNowAndThenIsOneAlarm) {
  std::size_t changes = 0;
  for (int i = 0; i < 200; ++i) {
    changes += look(Alarm::packets_dropped, i % 6 == 0 ? Level::present : Level::absent).size();
  }
  EXPECT_EQ(changes, 1U);
  EXPECT_TRUE(raised(Alarm::packets_dropped));
}

TEST_F(Board, ABreakOfOneLookAwayIsNone) {
  std::size_t changes = 0;
  for (int i = 0; i < 200; ++i) {
    changes += look(Alarm::dataplane_away, i % 2 == 0 ? Level::present : Level::absent).size();
  }
  EXPECT_EQ(changes, 0U);
}

TEST_F(Board, BetweenKeepsAnAlarmAsItIs) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(look(Alarm::parking_full, Level::between).empty());
  }
  EXPECT_EQ(look(Alarm::parking_full, Level::present).size(), 1U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(look(Alarm::parking_full, i % 3 == 0 ? Level::absent : Level::between).empty());
  }
  EXPECT_TRUE(raised(Alarm::parking_full));
}

// Whatever comes: between two changes of one alarm lie at least as many looks as it asks for.
TEST_F(Board, NothingFlaps) {
  std::mt19937 random(11);
  PerAlarm<int> last_change{};
  PerAlarm<bool> stands{};
  for (int look_number = 1; look_number <= 20'000; ++look_number) {
    PerAlarm<Finding> findings;
    for (Finding& finding : findings) {
      finding = {static_cast<Level>(random() % 3), "x"};
    }
    for (const AlarmChange& change : board_.take(findings, look_number)) {
      const auto i = static_cast<std::size_t>(change.alarm);
      EXPECT_NE(stands[i], change.raised);
      const unsigned patience = change.raised ? facts(change.alarm).raise_after : facts(change.alarm).clear_after;
      EXPECT_GE(look_number - last_change[i], static_cast<int>(patience));
      stands[i] = change.raised;
      last_change[i] = look_number;
    }
  }
}

TEST_F(Board, IsTold) {
  static_cast<void>(look(Alarm::records_lost, Level::present, "3 lost"));
  PerAlarm<Finding> findings;
  findings[static_cast<std::size_t>(Alarm::engine_untrusted)] = {Level::present, "core 1"};
  static_cast<void>(board_.take(findings, 200));
  const auto status = alarm_status(board_);
  ASSERT_EQ(status.at("raised").size(), 2U);
  EXPECT_EQ(status.at("raised").at(0).dump(),
            R"({"name":"engine_untrusted","severity":"critical","since":200,"text":"core 1"})")
      << "the worst first";
  EXPECT_EQ(status.at("raised").at(1).at("name"), "records_lost");
  Exposition page;
  write_alarm_metrics(page, status);
  EXPECT_EQ(page.left_out(), 0U);
  const auto read = test::read_open_metrics(std::move(page).finish());
  ASSERT_TRUE(read) << read.error();
  const auto& samples = read->at("stirline_alarm").samples;
  EXPECT_EQ(samples.size(), kAlarms);
  EXPECT_EQ(samples.at(R"(name="engine_untrusted",severity="critical")"), "1");
  EXPECT_EQ(samples.at(R"(name="dataplane_away",severity="critical")"), "0");
  EXPECT_EQ(read->at("stirline_alarm_raises").samples.at(R"(name="records_lost",severity="major")"), "1");
}

TEST(Alarms, HaveANameAHelpAndPatienceEach) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kAlarms; ++i) {
    const AlarmFacts& its = facts(static_cast<Alarm>(i));
    EXPECT_TRUE(names.insert(its.name).second) << its.name;
    EXPECT_FALSE(its.help.empty());
    EXPECT_GE(its.raise_after, 1U);
    EXPECT_GE(its.clear_after, 1U);
  }
  EXPECT_EQ(facts(Alarm::engine_untrusted).name, "engine_untrusted") << "the table is in the order of the names";
  EXPECT_EQ(facts(Alarm::ring_full).name, "ring_full");
}

TEST(AlarmLog, SaysAllInOneLineWhateverTheTextHolds) {
  EXPECT_EQ(alarm_line({Alarm::port_down, true, "west"}), R"(alarm=port_down state=raised severity=major text="west")");
  EXPECT_EQ(alarm_line({Alarm::dataplane_away, false, "a\n\"b\"\x1b\xff"}),
            R"(alarm=dataplane_away state=cleared severity=critical text="a\n\"b\"\u001b\ufffd")");
}

}  // namespace
}  // namespace stirline::control::alarm_board_test
