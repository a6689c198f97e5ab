// Control's end of the wire, against a data plane of paper.
#include "control/dataplane_client.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::dataplane_client_test {
namespace {

using config::tables::Image;
using config::tables::TableKind;
using config::wire::ResultCode;
using std::chrono::milliseconds;
using test::FakeDataplane;
using test::turn_until;
using Outcome = DataplaneClient::PushOutcome;

Image image_of(std::string_view text) {
  const auto octets = std::as_bytes(std::span(text));
  return {octets.begin(), octets.end()};
}

class DataplaneClientTest : public ::testing::Test {
 protected:
  DataplaneClientTest() {
    options_.path = (folder_ / "dataplane.sock").string();
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
    options_.busy_pause = milliseconds(1);
    options_.busy_attempts = 3;
  }

  void start() {
    client_ = std::make_unique<DataplaneClient>(loop_, options_, [this] { ++greeted_; });
    client_->start();
  }

  void push(std::uint64_t generation) {
    outcome_.reset();
    TableSet set;
    set.generation = generation;
    set.tables = {{{TableKind::trunks, trunks_},
                   {TableKind::numbers, numbers_},
                   {TableKind::credentials, credentials_},
                   {TableKind::certificates, certificates_}}};
    client_->push(set, [this](Outcome outcome, const std::string& text) {
      outcome_ = outcome;
      text_ = text;
    });
  }

  bool until(const std::function<bool()>& done) { return turn_until(loop_, done); }
  bool until_greeted(int times = 1) {
    return until([&] { return greeted_ >= times; });
  }
  bool until_pushed() {
    return until([&] { return outcome_.has_value(); });
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  DataplaneClientOptions options_;
  std::unique_ptr<DataplaneClient> client_;
  int greeted_ = 0;
  Image trunks_ = image_of("trunks");
  Image numbers_ = image_of("numbers");
  Image credentials_ = image_of("credentials");
  Image certificates_ = image_of("certificates");
  std::optional<Outcome> outcome_;
  std::string text_;
};

TEST_F(DataplaneClientTest, PushesAllTablesThenCommits) {
  FakeDataplane dataplane(options_.path);
  start();
  ASSERT_TRUE(until_greeted());
  EXPECT_TRUE(client_->connected());
  push(41);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::accepted) << text_;
  const auto generations = dataplane.generations();
  ASSERT_EQ(generations.size(), 1U);
  EXPECT_EQ(generations[0].number, 41U);
  EXPECT_EQ(generations[0].tables.at(TableKind::trunks), trunks_);
  EXPECT_EQ(generations[0].tables.at(TableKind::numbers), numbers_);
  EXPECT_EQ(generations[0].tables.at(TableKind::credentials), credentials_);
  EXPECT_EQ(generations[0].tables.at(TableKind::certificates), certificates_);
}

TEST_F(DataplaneClientTest, TellsWhyTheDataPlaneRefused) {
  FakeDataplane dataplane(options_.path);
  dataplane.answer_commit(ResultCode::refused, "trunks: record 0: pair \"west\" is unknown");
  start();
  ASSERT_TRUE(until_greeted());
  push(1);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::refused);
  EXPECT_EQ(text_, "trunks: record 0: pair \"west\" is unknown");
  EXPECT_TRUE(client_->connected());
  EXPECT_TRUE(dataplane.generations().empty());
}

TEST_F(DataplaneClientTest, AsksABusyDataPlaneAgain) {
  FakeDataplane dataplane(options_.path);
  dataplane.answer_commit(ResultCode::busy, "two generations are alive");
  dataplane.answer_commit(ResultCode::busy, "two generations are alive");
  start();
  ASSERT_TRUE(until_greeted());
  push(5);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::accepted);
  EXPECT_EQ(dataplane.commits_seen(), 3U);
}

TEST_F(DataplaneClientTest, GivesUpOnADataPlaneThatStaysBusy) {
  FakeDataplane dataplane(options_.path);
  for (int i = 0; i < 3; ++i) {
    dataplane.answer_commit(ResultCode::busy, "two generations are alive");
  }
  start();
  ASSERT_TRUE(until_greeted());
  push(5);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::busy);
  EXPECT_EQ(dataplane.commits_seen(), 3U);
}

TEST_F(DataplaneClientTest, OnePushAtATime) {
  const FakeDataplane dataplane(options_.path);
  start();
  ASSERT_TRUE(until_greeted());
  push(1);
  ASSERT_TRUE(client_->pushing());
  std::optional<Outcome> second;
  client_->push(TableSet{}, [&](Outcome outcome, const std::string&) { second = outcome; });
  EXPECT_EQ(second, Outcome::busy);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::accepted);
}

TEST_F(DataplaneClientTest, WaitsForADataPlaneThatComesLater) {
  start();
  EXPECT_FALSE(client_->connected());
  EXPECT_FALSE(client_->last_error().empty());
  push(1);
  EXPECT_EQ(outcome_, Outcome::lost);
  const FakeDataplane dataplane(options_.path);
  ASSERT_TRUE(until_greeted());
  EXPECT_TRUE(client_->last_error().empty());
}

TEST_F(DataplaneClientTest, ReconnectsToADataPlaneThatWasKilled) {
  auto dataplane = std::make_unique<FakeDataplane>(options_.path);
  start();
  ASSERT_TRUE(until_greeted());
  dataplane.reset();
  ASSERT_TRUE(until([&] { return !client_->connected(); }));
  dataplane = std::make_unique<FakeDataplane>(options_.path);
  ASSERT_TRUE(until_greeted(2));
  push(9);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::accepted);
}

TEST_F(DataplaneClientTest, APushWhoseConnectionBreaksIsLost) {
  FakeDataplane dataplane(options_.path);
  dataplane.break_at_commit();
  start();
  ASSERT_TRUE(until_greeted());
  push(3);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::lost);
  ASSERT_TRUE(until_greeted(2));
}

TEST_F(DataplaneClientTest, ASilentDataPlaneIsLeftAfterTheLimit) {
  options_.answer_limit = milliseconds(20);
  FakeDataplane dataplane(options_.path);
  start();
  ASSERT_TRUE(until_greeted());
  dataplane.fall_silent(true);
  push(3);
  ASSERT_TRUE(until_pushed());
  EXPECT_EQ(outcome_, Outcome::lost);
  EXPECT_EQ(text_, "no answer within 20 ms");
  dataplane.fall_silent(false);
  ASSERT_TRUE(until_greeted(2));
}

TEST_F(DataplaneClientTest, AnotherSchemaIsAClearErrorAndIsTriedAgain) {
  FakeDataplane dataplane(options_.path);
  dataplane.answer_hello(ResultCode::wrong_schema, "the tables of this build have schema 7");
  start();
  ASSERT_TRUE(until([&] { return dataplane.greetings() >= 2; }));
  EXPECT_FALSE(client_->connected());
  EXPECT_NE(client_->last_error().find("the tables of this build have schema 7"), std::string::npos);
  dataplane.answer_hello(ResultCode::ok, "");
  ASSERT_TRUE(until_greeted());
}

TEST_F(DataplaneClientTest, StatusIsHandedOnAsItIs) {
  FakeDataplane dataplane(options_.path);
  dataplane.set_status("{\"anything\": [1, 2]}");
  start();
  ASSERT_TRUE(until_greeted());
  std::optional<std::expected<std::string, std::string>> answer;
  client_->status([&](const std::expected<std::string, std::string>& document) { answer = document; });
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ(**answer, "{\"anything\": [1, 2]}");
}

TEST_F(DataplaneClientTest, AStatusLongerThanAPacketArrivesWhole) {
  FakeDataplane dataplane(options_.path);
  const std::string document = "\"" + std::string(200'000, 'x') + "\"";
  dataplane.set_status(document);
  start();
  ASSERT_TRUE(until_greeted());
  std::optional<std::expected<std::string, std::string>> answer;
  client_->status([&](const std::expected<std::string, std::string>& got) { answer = got; });
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ(**answer, document);
}

TEST_F(DataplaneClientTest, AStatusIsAnsweredEvenIfTheConnectionBreaks) {
  FakeDataplane dataplane(options_.path);
  start();
  ASSERT_TRUE(until_greeted());
  dataplane.fall_silent(true);
  std::optional<std::expected<std::string, std::string>> answer;
  client_->status([&](const std::expected<std::string, std::string>& document) { answer = document; });
  dataplane.hang_up();
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_FALSE(answer->has_value());
}

}  // namespace
}  // namespace stirline::control::dataplane_client_test
