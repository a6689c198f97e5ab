// Compiled rules on their way to a data plane of paper (SPIT-PL-07).
#include "control/rule_relay.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/policy/common_rules.hpp"
#include "config/policy/user_shard.hpp"
#include "control/xcap/application_usage.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::rule_relay_test {
namespace {

using config::policy::kUserShards;
using config::wire::ResultCode;
using std::chrono::milliseconds;
using test::FakeDataplane;

constexpr std::int64_t kNow = 1'790'000'000;

class RuleRelayTest : public ::testing::Test {
 protected:
  RuleRelayTest() {
    auto store = open_document_store({});
    EXPECT_TRUE(store);
    store_ = std::move(*store);
    policy::RuleKeeperOptions options;
    options.now = [] { return kNow; };
    options.coalesce = milliseconds(1);
    auto keeper = policy::RuleKeeper::start(store_, {}, std::move(options));
    EXPECT_TRUE(keeper);
    keeper_ = std::move(*keeper);
    DataplaneClientOptions wire;
    wire.path = path();
    wire.first_pause = milliseconds(1);
    wire.longest_pause = milliseconds(4);
    wire.busy_pause = milliseconds(1);
    wire.busy_attempts = 2;
    client_ = std::make_unique<DataplaneClient>(loop_, std::move(wire), [this] { on_greeted(); });
    relay_ = std::make_unique<RuleRelay>(loop_, *client_, *keeper_,
                                         RuleRelayOptions{.now = [] { return kNow; }, .again = milliseconds(1)},
                                         [this] { ++idle_; });
    client_->start();
  }

  [[nodiscard]] std::string path() const { return (folder_ / "dataplane.sock").string(); }
  void on_greeted() {
    if (other_push_at_greeting_) {
      push_others();
    }
    relay_->on_greeted();
  }
  // Tables of the other kind, on the same connection.
  void push_others() {
    using config::tables::TableKind;
    TableSet set{.generation = 1};
    for (const TableKind kind :
         {TableKind::trunks, TableKind::numbers, TableKind::credentials, TableKind::certificates}) {
      set.tables.emplace_back(kind, image_);
    }
    client_->push(set, [this](DataplaneClient::PushOutcome outcome, const std::string&) {
      EXPECT_EQ(outcome, DataplaneClient::PushOutcome::accepted);
      others_pushed_ = true;
    });
  }
  void put(const std::string& owner, const char* handling) {
    const DocumentKey key{std::string(kPolicyAuid), owner, std::string(kPolicyDocument)};
    const auto there = store_->find(key).value();
    const std::string body = std::string(
                                 "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" "
                                 "xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\"><rule id=\"r\"><actions>"
                                 "<sp:handling>") +
                             handling + "</sp:handling></actions></rule></ruleset>";
    ASSERT_TRUE(store_->put(key, body, there ? there->etag : "").value());
  }
  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }
  bool until_rules(const FakeDataplane& dataplane, std::size_t count) {
    return until([&] { return dataplane.rules().size() >= count && !relay_->pushing(); });
  }
  static std::size_t users_in(const config::tables::Image& image) {
    const auto shard = config::policy::UserShard::open(image);
    EXPECT_TRUE(shard);
    return shard ? shard->users() : 0;
  }
  static std::size_t users_in(const FakeDataplane::Rules& rules) {
    std::size_t users = 0;
    for (const auto& image : rules.users) {
      users += users_in(image);
    }
    return users;
  }
  static std::size_t users_in(const policy::RuleImages& images) {
    std::size_t users = 0;
    for (const auto& image : images.users) {
      users += users_in(*image);
    }
    return users;
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  std::shared_ptr<DocumentStore> store_;
  config::tables::Image image_ = config::tables::Image(64);
  bool other_push_at_greeting_ = false;
  bool others_pushed_ = false;
  std::size_t idle_ = 0;
  std::unique_ptr<policy::RuleKeeper> keeper_;
  std::unique_ptr<DataplaneClient> client_;
  std::unique_ptr<RuleRelay> relay_;
};

TEST_F(RuleRelayTest, EverythingAfterAGreetingAndThenWhatChanges) {
  put("sip:bob@example.com", "block");
  ASSERT_TRUE(until([&] {
    const auto images = keeper_->images();
    return images && users_in(*images) == 1;
  }));
  FakeDataplane dataplane(path());
  ASSERT_TRUE(until_rules(dataplane, 1));
  const auto all = dataplane.rules().front();
  EXPECT_EQ(all.number, static_cast<std::uint64_t>(kNow) * 1'000);
  EXPECT_EQ(all.common.size(), 1U);
  EXPECT_EQ(all.users.size(), kUserShards) << "empty ones, too: it may have users of an earlier life";
  EXPECT_EQ(users_in(all), 1U);
  put("sip:bob@example.com", "allow");
  ASSERT_TRUE(until_rules(dataplane, 2));
  const auto one = dataplane.rules()[1];
  EXPECT_EQ(one.number, all.number + 1);
  EXPECT_TRUE(one.common.empty());
  EXPECT_EQ(one.users.size(), 1U);
  EXPECT_EQ(users_in(one), 1U);
  const auto status = relay_->status();
  EXPECT_EQ(status.at("number"), one.number);
  EXPECT_EQ(status.at("users"), 1);
  EXPECT_EQ(status.at("age_seconds"), 0);
  EXPECT_FALSE(status.contains("error"));
  EXPECT_GE(idle_, 2U);
  dataplane.hang_up();
  ASSERT_TRUE(until([&] { return dataplane.greetings() == 2; }));
  ASSERT_TRUE(until_rules(dataplane, 3));
  EXPECT_EQ(dataplane.rules()[2].common.size(), 1U);
  EXPECT_EQ(dataplane.rules()[2].users.size(), kUserShards);
}

TEST_F(RuleRelayTest, WaitsWhileOtherTablesAreOnTheirWay) {
  other_push_at_greeting_ = true;
  ASSERT_TRUE(until([&] { return keeper_->images().has_value(); }));
  const FakeDataplane dataplane(path());
  ASSERT_TRUE(until_rules(dataplane, 1));
  EXPECT_TRUE(others_pushed_);
  EXPECT_EQ(dataplane.generations().size(), 1U);
  EXPECT_EQ(dataplane.rules()[0].users.size(), kUserShards);
}

TEST_F(RuleRelayTest, ABusyDataPlaneIsAskedUntilItTakesThem) {
  FakeDataplane dataplane(path());
  for (int i = 0; i < 5; ++i) {
    dataplane.answer_rules(ResultCode::busy, "in use");
  }
  ASSERT_TRUE(until_rules(dataplane, 1));
  EXPECT_EQ(dataplane.rules_seen(), 6U);
  EXPECT_EQ(dataplane.rules()[0].users.size(), kUserShards);
}

TEST_F(RuleRelayTest, ARefusalIsToldAndWhatWasNotTakenGoesWithTheNextChange) {
  FakeDataplane dataplane(path());
  ASSERT_TRUE(until_rules(dataplane, 1));
  dataplane.answer_rules(ResultCode::refused, "not these");
  put("sip:bob@example.com", "block");
  ASSERT_TRUE(until([&] { return relay_->status().contains("error"); }));
  EXPECT_EQ(relay_->status().at("error"), "not these");
  EXPECT_EQ(dataplane.rules().size(), 1U);
  put("tel:+12155550122", "block");
  ASSERT_TRUE(until_rules(dataplane, 2));
  EXPECT_EQ(users_in(dataplane.rules()[1]), 2U);
  EXPECT_EQ(dataplane.rules_seen(), 3U) << "the same is not offered twice";
  EXPECT_FALSE(relay_->status().contains("error"));
}

// Trained corpora go the same way, beside lists (SPIT-CL-01).
TEST_F(RuleRelayTest, CorporaGoOutByThemselves) {
  FakeDataplane dataplane(path());
  ASSERT_TRUE(until_rules(dataplane, 1));
  EXPECT_TRUE(dataplane.rules()[0].content.empty());
  auto memfd = config::wire::make_sealed_memfd("content", config::tables::Image(4'096));
  ASSERT_TRUE(memfd);
  keeper_->set_content(std::make_shared<const config::wire::SealedTable>(std::move(*memfd), 4'096));
  ASSERT_TRUE(until_rules(dataplane, 2));
  ASSERT_EQ(dataplane.rules()[1].content.size(), 1U);
  EXPECT_TRUE(dataplane.rules()[1].common.empty() && dataplane.rules()[1].lists.empty());
}

// A table of lists goes out as it was sealed, and after that only when there is another one (SPIT-CL-02).
TEST_F(RuleRelayTest, ListsGoOutWithTheRulesAndByThemselves) {
  const auto sealed = [](std::size_t octets) {
    auto memfd = config::wire::make_sealed_memfd("lists", config::tables::Image(octets));
    EXPECT_TRUE(memfd);
    return std::make_shared<const config::wire::SealedTable>(std::move(*memfd), octets);
  };
  FakeDataplane dataplane(path());
  ASSERT_TRUE(until_rules(dataplane, 1));
  EXPECT_TRUE(dataplane.rules()[0].lists.empty());
  keeper_->set_lists(sealed(4'096));
  ASSERT_TRUE(until_rules(dataplane, 2));
  ASSERT_EQ(dataplane.rules()[1].lists.size(), 1U);
  EXPECT_EQ(dataplane.rules()[1].lists[0].size(), 4'096U);
  EXPECT_TRUE(dataplane.rules()[1].common.empty() && dataplane.rules()[1].users.empty()) << "nothing else has changed";
  put("sip:bob@example.com", "block");
  ASSERT_TRUE(until_rules(dataplane, 3));
  EXPECT_TRUE(dataplane.rules()[2].lists.empty());
  dataplane.hang_up();
  ASSERT_TRUE(until_rules(dataplane, 4));
  EXPECT_EQ(dataplane.rules()[3].lists.size(), 1U) << "everything after a greeting";
  EXPECT_EQ(dataplane.rules()[3].common.size(), 1U);
}

}  // namespace
}  // namespace stirline::control::rule_relay_test
