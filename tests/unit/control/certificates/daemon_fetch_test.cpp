// From "certificate wanted" to a record in the data plane's table, and the operator's commands about it.
#include <fstream>
#include <iterator>
#include <optional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/tables/certificate_table.hpp"
#include "control/daemon.hpp"
#include "crypto_workers/job/keyring.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::daemon_fetch_test {
namespace {

namespace tables = config::tables;
namespace wire = config::wire;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using test::FakeDataplane;
using test::HttpsServer;
using test::pem;
using Conversation = HttpsServer::Conversation;

constexpr std::int64_t kNow = 1'790'000'000;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class DaemonFetchTest : public ::testing::Test {
 protected:
  DaemonFetchTest() {
    std::filesystem::copy_file(pem("test_root.pem"), folder_ / "root.pem");
    folder_.write("web_ca.pem", identity().authority_pem);
    configure();
    options_.config = folder_ / "control.toml";
    options_.now = [this] { return now_.load(); };
    options_.recheck = milliseconds(5);
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
    options_.coalesce = milliseconds(5);
    options_.coalesce_dead = milliseconds(5);
  }

  static const test::TlsIdentity& identity() {
    static const test::TlsIdentity made = test::make_identity("IP:127.0.0.1");
    return made;
  }

  void configure(const std::string& more = "") {
    folder_.write("control.toml",
                  "socket = \"" + (folder_ / "control.sock").string() + "\"\ndataplane_socket = \"" + dataplane_path() +
                      "\"\nlog_level = \"error\"\n[trust]\nanchors = [\"root.pem\"]\n"
                      "[fetch]\nstore = \"store.db\"\nca_file = \"web_ca.pem\"\nconnect_ms = 10000\n"
                      "total_ms = 10000\nper_second_per_host = 1000\nqueue_per_host = 200\nlab_ports = [" +
                      std::to_string(server_.port()) + "]\nlab_prefixes = [\"127.0.0.1\"]\n" + more);
  }

  [[nodiscard]] std::string dataplane_path() const { return (folder_ / "dataplane.sock").string(); }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(server_.port()) + path;
  }

  void start() {
    auto daemon = Daemon::make(loop_, options_);
    ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());
    daemon_ = std::move(*daemon);
  }

  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }

  // The certificates of the newest generation that the data plane was given.
  static std::vector<tables::Certificate> records(const FakeDataplane& dataplane) {
    const auto generations = dataplane.generations();
    if (generations.empty()) {
      return {};
    }
    auto records = tables::decode_certificates(generations.back().tables.at(tables::TableKind::certificates));
    EXPECT_TRUE(records) << records.error().text;
    return std::move(records).value_or(std::vector<tables::Certificate>{});
  }

  // The newest standing of `x5u` there.
  static std::optional<crypto::Reason> standing(const FakeDataplane& dataplane, const std::string& x5u) {
    for (const tables::Certificate& record : records(dataplane)) {
      if (record.x5u == x5u) {
        return record.standing;
      }
    }
    return std::nullopt;
  }

  test::Finished ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--socket", (folder_ / "control.sock").string()});
    return test::ask(loop_, std::move(arguments));
  }

  test::Finished cert(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "cert");
    return ask(std::move(arguments));
  }

  ordered_json status() {
    const test::Finished finished = ask({"status", "--json"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return ordered_json::parse(finished.out).at("control").at("fetch");
  }

  const std::string chain_ = text_of(pem("test_leaf_spc1234_chain.pem"));
  test::ScratchFolder folder_;
  EventLoop loop_;
  std::atomic<std::int64_t> now_ = kNow;
  std::atomic<bool> alive_ = false;  // /dead… can be fetched
  HttpsServer server_{identity(), [this](Conversation& talk) {
                        if (talk.target.starts_with("/dead") && !alive_) {
                          talk.answer("404 Not Found", "", "");
                          return;
                        }
                        const bool reversed = talk.target.ends_with("/wrong_order");
                        const bool cached = talk.target.starts_with("/cached");
                        const bool dated = cached || talk.target.starts_with("/dated");
                        talk.answer("200 OK",
                                    std::string("Content-Type: application/pem-certificate-chain\r\n") +
                                        (dated ? "Date: Mon, 21 Sep 2026 16:00:00 GMT\r\n" : "") +
                                        (cached ? "Age: 0\r\n" : ""),
                                    reversed ? text_of(pem("test_root.pem")) + chain_ : chain_);
                      }};
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(DaemonFetchTest, AWantedCertificateReachesTheDataPlane) {
  FakeDataplane dataplane(dataplane_path());
  start();
  for (int i = 0; i < 20; ++i) {
    dataplane.want(url("/a"));
  }
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/a")).has_value(); }));
  EXPECT_EQ(*standing(dataplane, url("/a")), crypto::Reason::verified);
  ASSERT_TRUE(until([&] { return status().at("wanted") == 20; }));
  EXPECT_EQ(server_.requests(), 1U);
  const ordered_json fetch = status();
  EXPECT_EQ(fetch.at("kept"), 1);
  EXPECT_EQ(fetch.at("outcomes").at("fetched"), 1);
}

// INL-AV-03: what time it is, from whoever has a chain that is believed and did not answer from a cache.
TEST_F(DaemonFetchTest, ServersOfBelievedChainsTellTheTime) {
  FakeDataplane dataplane(dataplane_path());
  options_.alarm_look = milliseconds(2);
  start();
  const auto heard = [&] {
    const test::Finished finished = ask({"status", "--json"});
    return ordered_json::parse(finished.out).at("control").at("clock").at("servers_heard").get<int>();
  };
  for (const char* const path : {"/a", "/cached", "/dated/wrong_order"}) {
    dataplane.want(url(path));
    ASSERT_TRUE(until([&] { return standing(dataplane, url(path)).has_value(); }));
    EXPECT_EQ(heard(), 0) << path;
  }
  dataplane.want(url("/dated"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/dated")).has_value(); }));
  EXPECT_EQ(heard(), 1);
}

// STIR-CF-02: "order wrong = 437". STIR-CF-01: another URL opens no socket.
TEST_F(DaemonFetchTest, WhatIsFetchedIsJudgedLikeAnyChain) {
  FakeDataplane dataplane(dataplane_path());
  start();
  dataplane.want("https://127.0.0.1:1/x");
  dataplane.want(url("/wrong_order"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/wrong_order")).has_value(); }));
  const crypto::Reason reason = *standing(dataplane, url("/wrong_order"));
  EXPECT_EQ(crypto::facts(reason).code, 437) << crypto::facts(reason).name;
  EXPECT_EQ(server_.connections(), 1U);
  EXPECT_EQ(status().at("outcomes").at("url_refused"), 1);
}

TEST_F(DaemonFetchTest, AnotherLifeNeedsNoFetch) {
  FakeDataplane dataplane(dataplane_path());
  start();
  dataplane.want(url("/a"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/a")).has_value() && !daemon_->busy(); }));
  daemon_.reset();
  ++now_;
  const std::size_t before = dataplane.generations().size();
  start();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() > before; }));
  EXPECT_EQ(standing(dataplane, url("/a")), crypto::Reason::verified);
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(DaemonFetchTest, WhatIsOverLeavesTheTable) {
  FakeDataplane dataplane(dataplane_path());
  start();
  dataplane.want(url("/a"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/a")).has_value(); }));
  now_ = 2'398'377'601;
  ASSERT_TRUE(until([&] { return !standing(dataplane, url("/a")).has_value(); }));
}

TEST_F(DaemonFetchTest, AReloadJudgesByTheNewAnchors) {
  FakeDataplane dataplane(dataplane_path());
  start();
  dataplane.want(url("/a"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/a")).has_value() && !daemon_->busy(); }));
  folder_.write("root.pem", identity().authority_pem);
  std::optional<ordered_json> answer;
  daemon_->reload([&](const ordered_json& document) { answer = document; });
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->at("result"), "ok");
  EXPECT_EQ(standing(dataplane, url("/a")), crypto::Reason::certificate_untrusted);
  configure("in_flight = 7\n");
  answer.reset();
  ASSERT_TRUE(until([&] { return !daemon_->busy(); }));
  daemon_->reload([&](const ordered_json& document) { answer = document; });
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_TRUE(answer->dump().contains("[fetch]")) << *answer;
}

TEST_F(DaemonFetchTest, ManyNewChainsAreFewGenerations) {
  FakeDataplane dataplane(dataplane_path());
  options_.coalesce = milliseconds(200);
  start();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 1; }));
  for (int i = 0; i < 100; ++i) {
    dataplane.want(url("/" + std::to_string(i)));
  }
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/99")).has_value() && status().at("kept") == 100; }));
  EXPECT_LT(dataplane.generations().size(), 60U);
}

// STIR-CF-04, STIR-CF-05: the data plane is told what cannot be fetched, and until when, so that no call waits for it.
TEST_F(DaemonFetchTest, ADeadUrlReachesTheDataPlaneUntilItMayBeTriedAgain) {
  FakeDataplane dataplane(dataplane_path());
  start();
  dataplane.want(url("/dead"));
  dataplane.want("https://10.0.0.1/");
  ASSERT_TRUE(until([&] { return records(dataplane).size() == 2; }));
  for (const tables::Certificate& record : records(dataplane)) {
    EXPECT_EQ(record.standing, crypto::Reason::certificate_unavailable);
    EXPECT_EQ(record.regime, crypto::kEveryRegime);
    EXPECT_EQ(record.not_after, kNow + 9) << "the last second before it may be tried again";
  }
  EXPECT_EQ(status().at("dead_urls"), 2);
  now_ = kNow + 10;
  ASSERT_TRUE(until([&] { return records(dataplane).empty() && !daemon_->busy(); }));
  dataplane.want(url("/dead"));
  ASSERT_TRUE(until([&] { return records(dataplane).size() == 1; }));
  EXPECT_EQ(records(dataplane)[0].not_after, kNow + 29);
  // A chain takes its place.
  alive_ = true;
  now_ = kNow + 30;
  dataplane.want(url("/dead"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/dead")) == crypto::Reason::verified; }));
  EXPECT_EQ(records(dataplane).size(), 1U);
}

// Strangers can name as many dead URLs as they like: that makes no more generations, and no chain waits for it.
TEST_F(DaemonFetchTest, ManyDeadUrlsAreFewGenerationsAndNoChainWaitsForThem) {
  FakeDataplane dataplane(dataplane_path());
  options_.recheck = std::chrono::hours(1);
  options_.coalesce_dead = std::chrono::hours(1);
  start();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 1 && !daemon_->busy(); }));
  dataplane.want("https://10.0.0.1/first");
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 2 && !daemon_->busy(); })) << "the first at once";
  for (int i = 0; i < 300; ++i) {
    dataplane.want("https://10.0.0.1/" + std::to_string(i));
  }
  ASSERT_TRUE(until([&] { return status().at("dead_urls") == 301; }));
  EXPECT_EQ(dataplane.generations().size(), 2U);
  dataplane.want(url("/a"));
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/a")).has_value(); }));
  EXPECT_EQ(dataplane.generations().size(), 3U);
  EXPECT_EQ(records(dataplane).size(), 302U) << "and it takes the dead ones with it";
}

TEST_F(DaemonFetchTest, ADataPlaneThatTalksRubbishIsLeft) {
  FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until([&] { return dataplane.generations().size() == 1; }));
  dataplane.want("no url\n");
  ASSERT_TRUE(until([&] { return dataplane.greetings() == 2; }));
  EXPECT_EQ(server_.connections(), 0U);
}

// `stirline cert`, with the daemon and without.
TEST_F(DaemonFetchTest, TheCommandListsShowsFetchesForgetsAndImports) {
  start();
  const test::Finished fetched = cert({"fetch", url("/a")});
  EXPECT_EQ(fetched.status, 0) << fetched.err;
  EXPECT_EQ(fetched.out, "fetched: " + url("/a") + ", verified\n");
  const test::Finished refused = cert({"fetch", url("/?x"), "--json"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(ordered_json::parse(refused.out).at("outcome"), "url_refused");
  const ordered_json list = ordered_json::parse(cert({"list", "--json"}).out);
  ASSERT_EQ(list.at("chains").size(), 1U);
  EXPECT_EQ(list.at("chains").at(0).at("x5u"), url("/a"));
  EXPECT_EQ(list.at("chains").at(0).at("standing"), "verified");
  EXPECT_NE(cert({"list"}).out.find(url("/a")), std::string::npos);
  const ordered_json shown = ordered_json::parse(cert({"show", url("/a"), "--json"}).out);
  EXPECT_EQ(shown.at("scope").at(0).at("spc"), "1234");
  EXPECT_EQ(shown.at("keep_until"), kNow + 86'400);

  // What `show --pem` writes is what `import` reads.
  const test::Finished text = cert({"show", "--pem", url("/a")});
  EXPECT_TRUE(text.out.starts_with("x5u: " + url("/a") + "\n-----BEGIN CERTIFICATE-----")) << text.out;
  EXPECT_EQ(cert({"forget", url("/a")}).out, "forgotten: " + url("/a") + "\n");
  EXPECT_EQ(cert({"forget", url("/a")}).status, 1);
  EXPECT_EQ(cert({"show", url("/a")}).status, 1);
  std::filesystem::create_directory(folder_ / "ahead");
  folder_.write("ahead/a.pem", text.out);
  folder_.write("ahead/urls.txt", "# to be fetched\n\n" + url("/b") + "\r\n" + url("/c") + "\n");
  const test::Finished imported = cert({"import", (folder_ / "ahead").string()});
  EXPECT_EQ(imported.status, 0) << imported.err;
  EXPECT_EQ(imported.out, "imported: " + url("/a") + ", verified\nfetched: " + url("/b") +
                              ", verified\nfetched: " + url("/c") + ", verified\n");
  EXPECT_EQ(cert({"import", url("/d") + "=" + pem("test_leaf_spc1234_chain.pem").string()}).status, 0);
  EXPECT_EQ(status().at("kept"), 4);
  folder_.write("nobody.pem", chain_);
  EXPECT_EQ(cert({"import", (folder_ / "nobody.pem").string()}).status, 64);
  EXPECT_EQ(cert({"import", (folder_ / "not_there").string()}).status, 64);
  EXPECT_EQ(cert({"import", "https://10.0.0.1/=" + (folder_ / "nobody.pem").string()}).status, 1);
  EXPECT_EQ(cert({"import", url("/e") + "=" + (folder_ / "root.pem").string()}).out,
            "imported: " + url("/e") + ", certificate_profile\n");
}

TEST_F(DaemonFetchTest, WithoutTheDaemonTheCommandWorksOnTheStore) {
  EXPECT_EQ(cert({"list"}).status, 69);
  const std::vector<std::string> config = {"--config", (folder_ / "control.toml").string()};
  const auto offline = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), config.begin(), config.end());
    return cert(arguments);
  };
  EXPECT_EQ(offline({"list"}).status, 69) << "there is no store yet";
  start();
  ASSERT_EQ(cert({"fetch", url("/a")}).status, 0);
  daemon_.reset();
  const test::Finished list = offline({"list", "--json"});
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_NE(list.err.find("is away"), std::string::npos) << list.err;
  EXPECT_TRUE(ordered_json::parse(list.out).at("chains").at(0).at("standing").is_null());
  EXPECT_EQ(offline({"import", url("/i") + "=" + pem("test_leaf_spc1234_chain.pem").string()}).status, 0);
  EXPECT_EQ(offline({"forget", url("/a")}).status, 0);
  EXPECT_EQ(offline({"fetch", url("/a")}).status, 69);
  EXPECT_EQ(offline({"show", url("/a")}).status, 1);
  FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until([&] { return standing(dataplane, url("/i")).has_value(); }));
  EXPECT_EQ(standing(dataplane, url("/i")), crypto::Reason::verified);
  EXPECT_EQ(standing(dataplane, url("/a")), std::nullopt);
}

// STIR-CF-07: two appliances need nothing but each other. Roll-over: a new chain under an old URL is refused.
TEST_F(DaemonFetchTest, OurOwnChainIsServedAndItsUrlKeepsItsContent) {
  folder_.write("web.pem", identity().certificate_pem);
  folder_.write("web.key", identity().key_pem);
  const auto credential = [&](const std::string& name, const std::string& path) {
    configure(
        "[repository]\nlisten = \"127.0.0.1\"\nport = 0\ncertificate = \"web.pem\"\nkey = \"web.key\"\n"
        "[[credential]]\nname = \"main\"\nkey = \"" +
        pem(name + ".key").string() + "\"\nchain = \"" + pem(name + "_chain.pem").string() +
        "\"\nx5u = \"https://cert.example.org" + path + "\"\n");
  };
  const auto reload = [&] {
    std::optional<std::string> result;
    daemon_->reload([&](const ordered_json& document) { result = document.at("result"); });
    EXPECT_TRUE(until([&] { return result.has_value(); }));
    return result;
  };
  credential("test_leaf_spc1234", "/one.pem");
  start();
  const test::Finished shown = ask({"status", "--json"});
  const auto port = ordered_json::parse(shown.out).at("control").at("repository").at("port").get<std::uint16_t>();
  FetcherOptions options;
  options.transfer.ca_file = folder_ / "web_ca.pem";
  options.rules.lab_ports = {port};
  options.rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.1")};
  Fetcher fetcher(loop_, options);
  const auto outcome = [&](const std::string& path) {
    std::optional<FetchOutcome> got;
    fetcher.fetch("https://127.0.0.1:" + std::to_string(port) + path,
                  [&](const FetchResult& result) { got = result.outcome; });
    EXPECT_TRUE(until([&] { return got.has_value(); }));
    return got.value_or(FetchOutcome::failed);
  };
  EXPECT_EQ(outcome("/one.pem"), FetchOutcome::fetched);
  EXPECT_EQ(outcome("/two.pem"), FetchOutcome::status_refused);
  credential("test_delegate_range", "/one.pem");
  EXPECT_EQ(reload(), "refused");
  credential("test_delegate_range", "/two.pem");
  EXPECT_EQ(reload(), "ok");
  EXPECT_EQ(outcome("/two.pem"), FetchOutcome::fetched);
  EXPECT_EQ(outcome("/one.pem"), FetchOutcome::fetched);
}

TEST_F(DaemonFetchTest, AStoreThatIsNoneIsAMistake) {
  folder_.write("store.db", std::string(5'000, 'x'));
  const auto daemon = Daemon::make(loop_, options_);
  ASSERT_FALSE(daemon);
  EXPECT_EQ(daemon.error().front().key, "fetch.store");
}

}  // namespace
}  // namespace stirline::control::daemon_fetch_test
