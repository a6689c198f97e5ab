// STIR-CE-09, STIR-CE-04: lists that are fetched: when again, what replaces what, and what survives a restart.
#include "control/certificates/list_keeper.hpp"

#include <mutex>
#include <optional>

#include <gtest/gtest.h>

#include "crypto_workers/certificate/revocation.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"

namespace stirline::control::list_keeper_test {
namespace {

using test::HttpsServer;
using Conversation = HttpsServer::Conversation;

constexpr std::int64_t kNow = 1'790'000'000;
constexpr std::int64_t kDay = 86'400;

class ListKeeperTest : public ::testing::Test {
 protected:
  ListKeeperTest() {
    options_.fetcher.transfer.raw = true;
    options_.fetcher.transfer.most_octets = 100'000;
    options_.fetcher.transfer.ca_file = folder_.write("web_ca.pem", identity().authority_pem);
    options_.fetcher.transfer.connect_limit = std::chrono::milliseconds(15'000);
    options_.fetcher.transfer.total_limit = std::chrono::milliseconds(15'000);
    options_.fetcher.rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.1/32")};
    options_.fetcher.rules.lab_ports = {server_.port()};
    start();
  }

  static const test::TlsIdentity& identity() {
    static const test::TlsIdentity made = test::make_identity("IP:127.0.0.1");
    return made;
  }
  static std::string list(std::int64_t this_update, std::int64_t next_update) {
    static const stirline::test::IssuedCertificate signer =
        stirline::test::issue(stirline::test::authority_options("Lists"), nullptr);
    return stirline::test::issue_list({.this_update = this_update, .next_update = next_update}, signer);
  }

  void start() {
    keeper_.reset();
    store_.reset();
    auto store = open_sqlite_store(folder_ / "store.db", {});
    ASSERT_TRUE(store) << store.error();
    store_ = std::move(*store);
    ListKeeper::User user;
    user.take = [this](const StoredList& given) -> std::expected<void, std::string> {
      if (!refusal_.empty()) {
        return std::unexpected(refusal_);
      }
      used_[given.name] = given.body;
      return {};
    };
    user.drop = [this](const ListName& name) { used_.erase(name); };
    keeper_ = std::make_unique<ListKeeper>(
        loop_, *store_, options_, [this] { return now_; }, std::move(user), [this] { ++changes_; });
    ASSERT_TRUE(keeper_->load());
  }

  void serve(const std::string& status, const std::string& body, const std::string& headers = "") {
    const std::scoped_lock lock(mutex_);
    status_ = status;
    body_ = body;
    headers_ = headers;
  }

  [[nodiscard]] ListName crl(const std::string& path = "/crl") const { return {ListKind::revocation, url(path)}; }
  [[nodiscard]] ListName numbers() const { return {ListKind::numbers, url("/numbers")}; }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  [[nodiscard]] const KeptList& kept(const ListName& name) const { return keeper_->lists().at(name); }

  // Until `requests` have been answered and what came has been looked at.
  bool until_asked(std::size_t requests) {
    return test::turn_until(loop_, [&] {
      const ListCounters& counters = keeper_->counters();
      return server_.requests() >= requests && counters.fetched + counters.refused + counters.failed >= requests;
    });
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  std::int64_t now_ = kNow;
  int changes_ = 0;
  std::string refusal_;
  std::map<ListName, std::string> used_;
  ListKeeperOptions options_;
  std::mutex mutex_;
  std::string status_ = "200 OK";
  std::string body_;
  std::string headers_;
  HttpsServer server_{identity(), [this](Conversation& talk) {
                        const std::scoped_lock lock(mutex_);
                        talk.answer(status_, headers_, body_);
                      }};
  std::unique_ptr<CertificateStore> store_;
  std::unique_ptr<ListKeeper> keeper_;
};

TEST_F(ListKeeperTest, WhatIsWantedIsFetchedAndWhatIsNotIsForgotten) {
  serve("200 OK", list(kNow - 100, kNow + 30 * kDay));
  keeper_->want({crl()});
  EXPECT_FALSE(kept(crl()).here());
  EXPECT_EQ(keeper_->warnings().size(), 1U);
  ASSERT_TRUE(until_asked(1));
  EXPECT_EQ(used_.size(), 1U);
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(kept(crl()).this_update, kNow - 100);
  EXPECT_EQ(kept(crl()).next_update, kNow + 30 * kDay);
  EXPECT_TRUE(keeper_->warnings().empty());
  keeper_->want({crl()});
  EXPECT_EQ(server_.requests(), 1U);
  keeper_->want({});
  EXPECT_TRUE(used_.empty());
  EXPECT_TRUE(keeper_->lists().empty());
  start();
  EXPECT_TRUE(keeper_->lists().empty());
}

// "refresh before nextUpdate and at least daily"
TEST_F(ListKeeperTest, RevocationListsAreRefreshedDailyAndBeforeTheyEnd) {
  serve("200 OK", list(kNow - 100, kNow + 30 * kDay));
  keeper_->want({crl()});
  ASSERT_TRUE(until_asked(1));
  EXPECT_EQ(kept(crl()).stored.refresh_at, kNow + kDay / 8 * 7);
  now_ = kNow + kDay / 8 * 7 - 1;
  keeper_->tick();
  EXPECT_EQ(keeper_->counters().fetched, 1U);
  ++now_;
  serve("200 OK", list(now_, now_ + 8'000));
  keeper_->tick();
  ASSERT_TRUE(until_asked(2));
  EXPECT_EQ(changes_, 2);
  EXPECT_EQ(kept(crl()).stored.refresh_at, now_ + 7'000);
  // The same list again is no news. It says that it is over: asked for again, but not all the time.
  now_ += 8'001;
  keeper_->tick();
  ASSERT_TRUE(until_asked(3));
  EXPECT_EQ(changes_, 2);
  EXPECT_EQ(kept(crl()).stored.refresh_at, now_ + 600);
}

TEST_F(ListKeeperTest, TheLastGoodListStaysWhateverComes) {
  const std::string good = list(kNow - 100, kNow + kDay);
  serve("200 OK", good);
  keeper_->want({crl()});
  ASSERT_TRUE(until_asked(1));
  const std::string used = used_.at(crl());
  std::size_t asked = 1;
  const auto refresh = [&] {
    now_ = std::max(now_, kept(crl()).stored.refresh_at);
    keeper_->tick();
    EXPECT_TRUE(until_asked(++asked));
    EXPECT_EQ(used_.at(crl()), used);
    EXPECT_EQ(kept(crl()).this_update, kNow - 100);
    return kept(crl()).stored.last_error;
  };
  serve("503 Service Unavailable", "");
  EXPECT_NE(refresh().find("503"), std::string::npos);
  EXPECT_EQ(kept(crl()).stored.refresh_at, now_ + 60);
  ASSERT_EQ(keeper_->warnings().size(), 1U);
  EXPECT_NE(keeper_->warnings()[0].find("was not refreshed"), std::string::npos);
  serve("200 OK", "no list");
  EXPECT_NE(refresh().find("no CRL"), std::string::npos);
  // Somebody plays an old one back.
  serve("200 OK", list(kNow - 101, kNow + 300 * kDay));
  EXPECT_NE(refresh().find("older"), std::string::npos);
  serve("200 OK", list(kNow, kNow + kDay));
  refusal_ = "signed by nobody known";
  EXPECT_EQ(refresh(), refusal_);
  serve("200 OK", std::string(100'001, 'x'));
  EXPECT_NE(refresh().find("larger"), std::string::npos);
  EXPECT_EQ(changes_, 1);
  // However old it gets.
  now_ = kNow + 1'000 * kDay;
  keeper_->tick();
  EXPECT_EQ(used_.at(crl()), used);
}

TEST_F(ListKeeperTest, SurviveARestart) {
  serve("200 OK", list(kNow - 100, kNow + 30 * kDay));
  keeper_->want({crl()});
  ASSERT_TRUE(until_asked(1));
  const StoredList before = kept(crl()).stored;
  start();
  EXPECT_EQ(kept(crl()).stored, before);
  EXPECT_EQ(kept(crl()).this_update, kNow - 100);
  keeper_->want({crl()});
  EXPECT_EQ(server_.requests(), 1U);
}

// In DER, as most servers have it.
TEST_F(ListKeeperTest, DerIsReadAsWell) {
  const auto pem = crypto::read_revocation_list(list(kNow - 100, kNow + kDay));
  ASSERT_TRUE(pem);
  serve("200 OK", stirline::test::list_der(pem->pem));
  keeper_->want({crl()});
  ASSERT_TRUE(until_asked(1));
  EXPECT_EQ(used_.at(crl()), pem->pem);
}

// STIR-CE-04: cached as HTTP says, a day at least; then it is over.
TEST_F(ListKeeperTest, ATnAuthListIsKeptUntilItsTimeIsOver) {
  serve("200 OK", "one", "Content-Type: application/tnauthlist\r\nCache-Control: max-age=172800\r\n");
  keeper_->want({numbers()});
  ASSERT_TRUE(until_asked(1));
  EXPECT_EQ(used_.at(numbers()), "one");
  EXPECT_EQ(kept(numbers()).stored.keep_until, kNow + 2 * kDay);
  now_ = kept(numbers()).stored.refresh_at;
  serve("200 OK", "two");
  keeper_->tick();
  ASSERT_TRUE(until_asked(2));
  EXPECT_EQ(used_.at(numbers()), "two");
  EXPECT_EQ(kept(numbers()).stored.keep_until, now_ + kDay);
  serve("404 Not Found", "");
  now_ += kDay;
  keeper_->tick();
  ASSERT_TRUE(until_asked(3));
  EXPECT_EQ(used_.at(numbers()), "two");
  now_ += 1;
  keeper_->tick();
  EXPECT_TRUE(used_.empty());
  EXPECT_FALSE(kept(numbers()).here());
  EXPECT_EQ(keeper_->counters().expired, 1U);
  EXPECT_EQ(changes_, 3);
}

TEST_F(ListKeeperTest, TheOperatorFetchesWhatIsWanted) {
  serve("404 Not Found", "");
  keeper_->want({crl()});
  ASSERT_TRUE(until_asked(1));
  serve("200 OK", list(kNow - 100, kNow + kDay));
  std::optional<bool> good;
  const auto done = [&](const std::expected<void, std::string>& result) { good = result.has_value(); };
  keeper_->fetch(url("/crl"), done);
  ASSERT_TRUE(test::turn_until(loop_, [&] { return good.has_value(); }));
  EXPECT_TRUE(*good);
  EXPECT_TRUE(keeper_->wants(url("/crl")));
  good.reset();
  keeper_->fetch(url("/other"), done);
  ASSERT_TRUE(good.has_value());
  EXPECT_FALSE(*good);
}

TEST_F(ListKeeperTest, SoManyAndNoMore) {
  options_.most = 2;
  start();
  serve("404 Not Found", "");
  keeper_->want({crl("/1"), crl("/2"), crl("/3")});
  EXPECT_EQ(keeper_->lists().size(), 2U);
  EXPECT_EQ(keeper_->counters().too_many, 1U);
  ASSERT_TRUE(until_asked(2));
}

}  // namespace
}  // namespace stirline::control::list_keeper_test
