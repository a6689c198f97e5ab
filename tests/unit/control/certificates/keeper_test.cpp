// STIR-CF-03, STIR-CF-04: what is kept, for how long, and what is asked for again.
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "control/certificates/certificate_keeper.hpp"
#include "control/certificates/judged_chains.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"

namespace stirline::control::keeper_test {
namespace {

using test::HttpsServer;
using Conversation = HttpsServer::Conversation;

constexpr std::int64_t kNow = 1'790'000'000;
constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kType = "Content-Type: application/pem-certificate-chain\r\n";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string leaf_until(std::int64_t not_after) {
  stirline::test::CertificateOptions options;
  options.not_before = kNow - kDay;
  options.not_after = not_after;
  return stirline::test::issue(options, nullptr).pem();
}

class KeeperTest : public ::testing::Test {
 protected:
  KeeperTest() {
    options_.fetcher.transfer.ca_file = folder_.write("web_ca.pem", identity().authority_pem);
    options_.fetcher.transfer.connect_limit = std::chrono::milliseconds(15'000);
    options_.fetcher.transfer.total_limit = std::chrono::milliseconds(15'000);
    options_.fetcher.rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.1/32")};
    options_.fetcher.rules.lab_ports = {server_.port()};
    options_.fetcher.limits.per_second = 1'000;
    options_.fetcher.limits.per_second_per_host = 1'000;
    start();
  }

  static const test::TlsIdentity& identity() {
    static const test::TlsIdentity made = test::make_identity("IP:127.0.0.1");
    return made;
  }

  void start() {
    keeper_.reset();
    auto store = open_sqlite_store(folder_ / "store.db", options_.limits);
    ASSERT_TRUE(store) << store.error();
    keeper_ = std::make_unique<CertificateKeeper>(
        loop_, std::move(*store), options_, [this] { return now_; },
        [this](const std::string&, const std::string& pem) { return !distrusted_.contains(pem); },
        [this](KeeperChange change) { ++(change == KeeperChange::chains ? changes_ : dead_changes_); });
    ASSERT_TRUE(keeper_->load());
  }

  void serve(const std::string& status, const std::string& headers, const std::string& body) {
    const std::scoped_lock lock(mutex_);
    status_ = status;
    headers_ = headers;
    body_ = body;
  }

  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(server_.port()) + path;
  }

  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }
  bool until_idle() {
    return until([&] { return keeper_->fetcher().in_flight() == 0 && keeper_->fetcher().waiting() == 0; });
  }

  // What the keeper makes of a call that needs `path`.
  const KeptChain* want(const std::string& path) {
    keeper_->wanted(url(path));
    EXPECT_TRUE(until_idle());
    const auto found = keeper_->chains().find(url(path));
    return found == keeper_->chains().end() ? nullptr : &found->second;
  }

  const std::string chain_ = text_of(test::pem("test_leaf_spc1234_chain.pem"));
  test::ScratchFolder folder_;
  EventLoop loop_;
  std::int64_t now_ = kNow;
  int changes_ = 0;
  int dead_changes_ = 0;
  std::set<std::string> distrusted_;
  KeeperOptions options_;
  std::mutex mutex_;
  std::string status_ = "200 OK";
  std::string headers_{kType};
  std::string body_ = chain_;
  HttpsServer server_{identity(), [this](Conversation& talk) {
                        const std::scoped_lock lock(mutex_);
                        talk.answer(status_, headers_, body_);
                      }};
  std::unique_ptr<CertificateKeeper> keeper_;
};

TEST_F(KeeperTest, AWantedChainIsFetchedOnceAndKeptADay) {
  serve("200 OK", std::string(kType) + "Cache-Control: max-age=60\r\n", chain_);
  const KeptChain* kept = want("/a");
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->stored.keep_until, kNow + kDay);
  EXPECT_EQ(kept->stored.source, ChainSource::fetched);
  EXPECT_TRUE(kept->stored.proven);
  EXPECT_EQ(changes_, 1);
  EXPECT_NE(want("/a"), nullptr);
  EXPECT_EQ(server_.requests(), 1U);
  EXPECT_EQ(keeper_->counters().wanted_known, 1U);
  // The key is the exact string.
  EXPECT_NE(want("/A"), nullptr);
  EXPECT_EQ(server_.requests(), 2U);
}

TEST_F(KeeperTest, SurvivesARestart) {
  ASSERT_NE(want("/a"), nullptr);
  const StoredChain before = keeper_->chains().at(url("/a")).stored;
  start();
  EXPECT_EQ(keeper_->chains().at(url("/a")).stored, before);
  EXPECT_NE(want("/a"), nullptr);
  EXPECT_EQ(server_.requests(), 1U);
  now_ = kNow + kDay + 1;
  start();
  EXPECT_TRUE(keeper_->chains().empty());
}

// "expired leaf purged"
TEST_F(KeeperTest, NothingIsKeptBeyondItsTimeOrTheLeafs) {
  const std::string brief = leaf_until(kNow + 100);
  serve("200 OK", std::string(kType) + "Cache-Control: max-age=864000\r\n", brief);
  const KeptChain* kept = want("/brief");
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->stored.keep_until, kNow + 100);
  now_ = kNow + 100;
  serve("404 Not Found", "", "");
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  EXPECT_TRUE(keeper_->chains().contains(url("/brief")));
  now_ = kNow + 101;
  const int before = changes_;
  keeper_->tick();
  EXPECT_FALSE(keeper_->chains().contains(url("/brief")));
  EXPECT_EQ(changes_, before + 1);
  EXPECT_EQ(keeper_->counters().expired, 1U);
  start();
  EXPECT_TRUE(keeper_->chains().empty());
  serve("200 OK", std::string(kType), brief);
  EXPECT_EQ(want("/expired"), nullptr);
}

// STIR-CF-04: "negative cache 10-60 s with back-off"
TEST_F(KeeperTest, AFailureIsNotTriedAgainForAWhile) {
  serve("404 Not Found", "", "");
  EXPECT_EQ(want("/a"), nullptr);
  EXPECT_EQ(want("/a"), nullptr);
  EXPECT_EQ(server_.requests(), 1U);
  EXPECT_EQ(keeper_->counters().pausing, 1U);
  now_ += 10;
  EXPECT_EQ(want("/a"), nullptr);
  EXPECT_EQ(server_.requests(), 2U);
  now_ += 19;
  EXPECT_EQ(want("/a"), nullptr);
  EXPECT_EQ(server_.requests(), 2U);
  serve("200 OK", std::string(kType), chain_);
  now_ += 1;
  EXPECT_NE(want("/a"), nullptr);
  EXPECT_EQ(server_.requests(), 3U);
  EXPECT_EQ(keeper_->negatives(), 0U);
}

// STIR-CF-01: a URL that is never fetched from is told as one that failed is, so that its next calls do not wait.
TEST_F(KeeperTest, ABadUrlIsDeadWithoutAFetch) {
  keeper_->wanted("http://127.0.0.1/");
  keeper_->wanted("https://10.0.0.1/");
  keeper_->wanted("https://10.0.0.1/");
  EXPECT_EQ(keeper_->dead().size(), 2U);
  EXPECT_EQ(keeper_->counters().pausing, 1U);
  EXPECT_EQ(keeper_->fetcher().counters().begun, 0U);
  EXPECT_EQ(dead_changes_, 2);
  keeper_->fetch("no url\n", [](const FetchResult&) {});
  EXPECT_EQ(keeper_->dead().size(), 2U) << "no call can name it";
}

// STIR-CF-04, STIR-CF-05
TEST_F(KeeperTest, WhatFailedIsDeadUntilItMayBeTriedAgain) {
  serve("404 Not Found", "", "");
  EXPECT_EQ(want("/a"), nullptr);
  ASSERT_EQ(keeper_->dead().size(), 1U);
  EXPECT_EQ(keeper_->dead()[0].url, url("/a"));
  EXPECT_EQ(keeper_->dead()[0].until, kNow + 10);
  EXPECT_EQ(dead_changes_, 1);
  EXPECT_EQ(changes_, 0);
  now_ = kNow + 9;
  EXPECT_EQ(want("/b"), nullptr);
  EXPECT_EQ(keeper_->dead()[0].url, url("/b")) << "the newest first";
  now_ = kNow + 10;
  EXPECT_EQ(keeper_->dead().size(), 1U);
  // A chain that could not be refreshed is not dead, and one that the operator tries again is not either.
  serve("200 OK", std::string(kType), chain_);
  ASSERT_NE(want("/a"), nullptr);
  serve("404 Not Found", "", "");
  now_ = kNow + kDay;
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  EXPECT_TRUE(keeper_->dead().empty());
  EXPECT_EQ(want("/b"), nullptr);
  EXPECT_EQ(keeper_->dead().size(), 1U);
  keeper_->forget(url("/b"));
  EXPECT_TRUE(keeper_->dead().empty());
  EXPECT_EQ(dead_changes_, 4);
}

TEST_F(KeeperTest, SoManyDeadUrlsAndNoMore) {
  options_.dead = 3;
  start();
  for (int i = 0; i < 9; ++i) {
    keeper_->wanted("http://example.org/" + std::to_string(i));
  }
  EXPECT_EQ(keeper_->negatives(), 9U);
  EXPECT_EQ(keeper_->dead().size(), 3U);
}

TEST_F(KeeperTest, ChainsAreRefreshedBeforeTheirTimeIsOver) {
  ASSERT_NE(want("/a"), nullptr);
  keeper_->tick();
  EXPECT_EQ(keeper_->counters().refreshes, 0U);
  now_ = kNow + kDay / 8 * 7;
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  EXPECT_EQ(server_.requests(), 2U);
  EXPECT_EQ(keeper_->chains().at(url("/a")).stored.keep_until, now_ + kDay);
  EXPECT_EQ(changes_, 1) << "the same certificates are no news";
  const std::string other = leaf_until(kNow + 30 * kDay);
  serve("200 OK", std::string(kType), other);
  now_ += kDay - 1;
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  EXPECT_EQ(changes_, 2);
}

TEST_F(KeeperTest, ARefreshThatFailsLeavesTheChainUntilItsTimeIsOver) {
  ASSERT_NE(want("/a"), nullptr);
  serve("503 Service Unavailable", "", "");
  now_ = kNow + kDay - 100;
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  const StoredChain kept = keeper_->chains().at(url("/a")).stored;
  EXPECT_NE(kept.last_error.find("503"), std::string::npos);
  EXPECT_EQ(kept.refresh_at, now_ + 10);
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  EXPECT_EQ(server_.requests(), 2U);
  // A chain nobody believes does not replace one that is believed.
  const std::string bad = leaf_until(kNow + 30 * kDay);
  distrusted_ = {bad};
  serve("200 OK", std::string(kType), bad);
  now_ += 10;
  keeper_->tick();
  ASSERT_TRUE(until_idle());
  EXPECT_EQ(keeper_->counters().not_replaced, 1U);
  EXPECT_EQ(keeper_->chains().at(url("/a")).stored.pem, kept.pem);
  EXPECT_EQ(changes_, 1);
}

TEST_F(KeeperTest, WhatIsNotBelievedIsKeptForItsVerdictAndNotRefreshed) {
  const std::string bad = leaf_until(kNow + 30 * kDay);
  distrusted_ = {bad};
  serve("200 OK", std::string(kType), bad);
  const KeptChain* kept = want("/bad");
  ASSERT_NE(kept, nullptr);
  EXPECT_FALSE(kept->stored.proven);
  now_ = kNow + kDay;
  keeper_->tick();
  EXPECT_EQ(keeper_->counters().refreshes, 0U);
}

TEST_F(KeeperTest, ImportedChainsStayToTheEndOfTheirLeaf) {
  ASSERT_TRUE(keeper_->import(url("/i"), "some words\n" + chain_));
  EXPECT_EQ(changes_, 1);
  const StoredChain kept = keeper_->chains().at(url("/i")).stored;
  EXPECT_EQ(kept.source, ChainSource::imported);
  EXPECT_EQ(kept.keep_until, 2'398'377'600);
  EXPECT_EQ(kept.refresh_at, kNow + kDay / 8 * 7);
  EXPECT_NE(want("/i"), nullptr);
  EXPECT_EQ(server_.requests(), 0U);
  EXPECT_FALSE(keeper_->import("https://10.0.0.1/", chain_));
  EXPECT_FALSE(keeper_->import(url("/j"), "no chain"));
  EXPECT_FALSE(keeper_->import(url("/j"), leaf_until(kNow - 1)));
  EXPECT_TRUE(keeper_->forget(url("/i")));
  EXPECT_FALSE(keeper_->forget(url("/i")));
  EXPECT_EQ(changes_, 2);
  start();
  EXPECT_TRUE(keeper_->chains().empty());
}

TEST_F(KeeperTest, StrangersDoNotPushOutWhatIsBelieved) {
  options_.limits.entries = 3;
  keeper_.reset();
  start();
  ASSERT_NE(want("/good"), nullptr);
  const std::string bad = leaf_until(kNow + 30 * kDay);
  distrusted_ = {bad};
  serve("200 OK", std::string(kType), bad);
  for (int i = 0; i < 10; ++i) {
    ++now_;
    ASSERT_NE(want("/stranger" + std::to_string(i)), nullptr);
  }
  EXPECT_EQ(keeper_->chains().size(), 3U);
  EXPECT_TRUE(keeper_->chains().contains(url("/good")));
  EXPECT_EQ(keeper_->counters().evicted, 8U);
}

TEST_F(KeeperTest, ManyWantedMessagesAreOneFetch) {
  for (int i = 0; i < 500; ++i) {
    keeper_->wanted(url("/a"));
  }
  ASSERT_TRUE(until_idle());
  EXPECT_EQ(server_.requests(), 1U);
  options_.wanted_per_second = 5;
  start();
  for (int i = 0; i < 500; ++i) {
    keeper_->wanted(url("/a"));
  }
  EXPECT_GT(keeper_->counters().wanted_too_often, 0U);
}

TEST_F(KeeperTest, TheOperatorDoesNotWaitForAPause) {
  serve("404 Not Found", "", "");
  EXPECT_EQ(want("/a"), nullptr);
  serve("200 OK", std::string(kType), chain_);
  std::optional<FetchOutcome> outcome;
  bool kept = false;
  keeper_->fetch(url("/a"), [&](const FetchResult& result) {
    outcome = result.outcome;
    kept = keeper_->chains().contains(url("/a"));
  });
  ASSERT_TRUE(until([&] { return outcome.has_value(); }));
  EXPECT_EQ(*outcome, FetchOutcome::fetched);
  EXPECT_TRUE(kept);
}

// "A certificate's chain is validated once per epoch, not per call."
TEST_F(KeeperTest, AChainIsJudgedOnceUntilTimeChangesIt) {
  ASSERT_NE(want("/a"), nullptr);
  ASSERT_NE(want("/b"), nullptr);
  JudgedChains judged;
  const auto judge = [&](const std::string& at, const std::string&, std::int64_t) {
    ChainJudgement judgement;
    judgement.record.x5u = at;
    judgement.record.not_before = kNow - kDay;
    judgement.record.not_after = kNow + 1'000;
    return std::vector{judgement};
  };
  judged.update(keeper_->chains(), judge, kNow);
  EXPECT_EQ(judged.judgements(), 2U);
  judged.update(keeper_->chains(), judge, kNow + 1'000);
  EXPECT_EQ(judged.judgements(), 2U);
  judged.update(keeper_->chains(), judge, kNow + 1'001);
  EXPECT_EQ(judged.judgements(), 4U);
  judged.update(keeper_->chains(), judge, kNow + 1'002 + 3'600);
  EXPECT_EQ(judged.judgements(), 6U) << "anchors may have ended: once an hour";
  EXPECT_EQ(judged.records().size(), 2U);
  keeper_->forget(url("/a"));
  judged.update(keeper_->chains(), judge, kNow + 1'002 + 3'600);
  EXPECT_EQ(judged.records().size(), 1U);
  EXPECT_NE(judged.find(keeper_->chains().at(url("/b"))), nullptr);
  serve("200 OK", std::string(kType), leaf_until(kNow + 30 * kDay));
  std::optional<FetchOutcome> outcome;
  keeper_->fetch(url("/b"), [&](const FetchResult& result) { outcome = result.outcome; });
  ASSERT_TRUE(until([&] { return outcome.has_value(); }));
  EXPECT_EQ(judged.find(keeper_->chains().at(url("/b"))), nullptr) << "these are others";
  judged.update(keeper_->chains(), judge, kNow + 1'002 + 3'600);
  EXPECT_EQ(judged.judgements(), 7U);
}

}  // namespace
}  // namespace stirline::control::keeper_test
