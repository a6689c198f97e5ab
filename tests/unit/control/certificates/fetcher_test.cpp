// STIR-CF-01, STIR-CF-02, STIR-CF-04 against a server that misbehaves in every way named there.
#include "control/certificates/fetcher.hpp"

#include <cstdlib>
#include <fstream>
#include <optional>

#include <gtest/gtest.h>

#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::fetcher_test {
namespace {

using std::chrono::milliseconds;
using test::HttpsServer;
using Conversation = HttpsServer::Conversation;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

constexpr std::string_view kType = "Content-Type: application/pem-certificate-chain\r\n";

class FetcherTest : public ::testing::Test {
 protected:
  FetcherTest() {
    options_.transfer.ca_file = folder_.write("web_ca.pem", identity_.authority_pem);
    options_.rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.1/32")};
    // Long: what is not about time must not fail on a busy machine.
    options_.transfer.connect_limit = milliseconds(15'000);
    options_.transfer.total_limit = milliseconds(15'000);
  }

  // One identity for all: keys take time.
  static const test::TlsIdentity& identity() {
    static const test::TlsIdentity made = test::make_identity("IP:127.0.0.1,DNS:a.test,DNS:b.test");
    return made;
  }

  Fetcher& start(HttpsServer& server) {
    options_.rules.lab_ports.push_back(server.port());
    return start();
  }
  Fetcher& start() {
    fetcher_ = std::make_unique<Fetcher>(loop_, options_, [this] { return EventLoop::Clock::now() + ahead_; });
    return *fetcher_;
  }

  static std::string url(const HttpsServer& server, const std::string& path, const std::string& host = "127.0.0.1") {
    return "https://" + host + ":" + std::to_string(server.port()) + path;
  }

  FetchResult fetch(const std::string& url) {
    std::optional<FetchResult> result;
    fetcher_->fetch(url, [&](const FetchResult& got) { result = got; });
    EXPECT_TRUE(until([&] { return result.has_value(); })) << url;
    return result.value_or(FetchResult{});
  }

  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }

  // a.test and b.test live at the loopback.
  void name_hosts(const HttpsServer& server, const std::string& addresses = "127.0.0.1") {
    options_.transfer.names = [port = std::to_string(server.port()), addresses] {
      return std::vector<std::string>{"a.test:" + port + ":" + addresses, "b.test:" + port + ":" + addresses};
    };
  }

  [[nodiscard]] std::uint64_t ended(FetchOutcome outcome) const {
    return fetcher_->counters().ended[static_cast<std::size_t>(outcome)];
  }

  const test::TlsIdentity& identity_ = identity();
  const std::string chain_ = text_of(test::pem("test_leaf_spc1234_chain.pem"));
  test::ScratchFolder folder_;
  EventLoop loop_;
  FetcherOptions options_;
  EventLoop::Clock::duration ahead_{};
  std::unique_ptr<Fetcher> fetcher_;
};

TEST_F(FetcherTest, AChainArrivesWithWhatWasSaidOfIt) {
  ::setenv("https_proxy", "http://127.0.0.1:1", 1);
  HttpsServer server(identity_, [&](Conversation& talk) {
    EXPECT_EQ(talk.method, "GET");
    EXPECT_EQ(talk.target, "/a/b.pem");
    talk.answer("200 OK", std::string(kType) + "cache-control: public\r\nCache-Control: max-age=90000\r\nAge: 7\r\n",
                "explanation\n" + chain_);
  });
  start(server);
  const FetchResult result = fetch(url(server, "/a/b.pem"));
  ::unsetenv("https_proxy");
  EXPECT_EQ(result.outcome, FetchOutcome::fetched) << to_text(result);
  EXPECT_EQ(result.content_type, "application/pem-certificate-chain");
  EXPECT_EQ(result.caching.cache_control, "public, max-age=90000");
  EXPECT_EQ(result.caching.age, "7");
  EXPECT_TRUE(result.chain.pem.starts_with("-----BEGIN CERTIFICATE-----"));
  EXPECT_GE(result.chain.certificates, 2U);
  EXPECT_EQ(result.chain.leaf_not_after, 2'398'377'600);
  EXPECT_EQ(fetcher_->counters().begun, 1U);
  EXPECT_EQ(fetcher_->counters().with_socket, 1U);
  EXPECT_EQ(fetcher_->counters().another_type, 0U);
  EXPECT_EQ(server.requests(), 1U);
}

struct Misbehaviour {
  const char* path;
  FetchOutcome outcome;
  const char* detail;  // a part of it
};

TEST_F(FetcherTest, EachMisbehaviourHasItsOutcome) {
  HttpsServer server(identity_, [&](Conversation& talk) {
    const std::string& what = talk.target;
    if (what == "/redirect") {
      talk.answer("302 Found", "Location: /good\r\n", "");
    } else if (what == "/missing") {
      talk.answer("404 Not Found", kType, chain_);
    } else if (what == "/nothing") {
      talk.answer("204 No Content", kType, "");
    } else if (what == "/announced") {
      talk.send("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n");
      talk.hang();
    } else if (what == "/endless") {
      talk.send("HTTP/1.1 200 OK\r\n\r\n");
      while (talk.send(std::string(4'096, 'x'))) {
      }
    } else if (what == "/chunked") {
      talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (talk.send("1000\r\n" + std::string(4'096, 'x') + "\r\n")) {
      }
    } else if (what == "/headers") {
      talk.send("HTTP/1.1 200 OK\r\n");
      while (talk.send("X-More: " + std::string(1'000, 'x') + "\r\n")) {
      }
    } else if (what == "/short") {
      talk.send("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + chain_.substr(0, 100));
    } else if (what == "/half_chunk") {
      talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nabc");
    } else if (what == "/cut") {
      talk.send("HTTP/1.1 200 OK\r\n\r\n" + chain_);
      talk.cut();
    } else if (what == "/silent_end") {
      talk.cut();
    } else if (what == "/old") {
      talk.send("hello\r\n" + chain_);
    } else if (what == "/html") {
      talk.answer("200 OK", kType, "<html>Welcome</html>");
    } else if (what == "/empty") {
      talk.answer("200 OK", kType, "");
    } else if (what == "/broken_pem") {
      talk.answer("200 OK", kType, chain_.substr(0, 300) + "\n-----END CERTIFICATE-----\n");
    } else if (what == "/many") {
      std::string many;
      for (int i = 0; i < 6; ++i) {
        many += chain_;
      }
      talk.answer("200 OK", kType, many);
    } else if (what == "/der") {
      talk.answer("200 OK", "Content-Type: application/pkix-cert\r\n", "\x30\x03\x02\x01\x01");
    }
  });
  start(server);
  const Misbehaviour all[] = {
      {"/redirect", FetchOutcome::redirected, "status 302"},
      {"/missing", FetchOutcome::status_refused, "status 404"},
      {"/nothing", FetchOutcome::status_refused, "status 204"},
      {"/announced", FetchOutcome::too_large, ""},
      {"/endless", FetchOutcome::too_large, ""},
      {"/chunked", FetchOutcome::too_large, ""},
      {"/headers", FetchOutcome::too_large, ""},
      {"/short", FetchOutcome::broken_off, ""},
      {"/half_chunk", FetchOutcome::broken_off, ""},
      {"/cut", FetchOutcome::broken_off, "length"},
      {"/silent_end", FetchOutcome::broken_off, ""},
      {"/old", FetchOutcome::failed, ""},
      {"/html", FetchOutcome::no_chain, "no certificate"},
      {"/empty", FetchOutcome::no_chain, "no certificate"},
      {"/broken_pem", FetchOutcome::no_chain, "malformed"},
      {"/many", FetchOutcome::no_chain, "more than 10"},
      {"/der", FetchOutcome::no_chain, "no certificate"},
  };
  FetchOutcomeCounts expected{};
  for (const Misbehaviour& one : all) {
    const std::size_t before = server.requests();
    const FetchResult result = fetch(url(server, one.path));
    EXPECT_EQ(facts(result.outcome).name, facts(one.outcome).name) << one.path << ": " << to_text(result);
    EXPECT_NE(result.detail.find(one.detail), std::string::npos) << one.path << ": " << result.detail;
    EXPECT_TRUE(result.chain.pem.empty()) << one.path;
    EXPECT_EQ(server.requests(), before + 1) << one.path;
    ++expected[static_cast<std::size_t>(one.outcome)];
  }
  EXPECT_EQ(fetcher_->counters().ended, expected);
}

// "Slow loris": the whole has a limit, however steadily the octets drip.
TEST_F(FetcherTest, SlowServersAreLeft) {
  HttpsServer server(identity_, [&](Conversation& talk) { talk.target == "/drip" ? talk.drip() : talk.hang(); });
  options_.transfer.total_limit = milliseconds(150);
  start(server);
  for (const char* path : {"/silent", "/drip"}) {
    EXPECT_EQ(fetch(url(server, path)).outcome, FetchOutcome::timed_out) << path;
  }
  HttpsServer::Options mute;
  mute.shakes_hands = false;
  HttpsServer silent(identity_, nullptr, mute);
  options_.transfer.total_limit = milliseconds(15'000);
  options_.transfer.connect_limit = milliseconds(150);
  start(silent);
  EXPECT_EQ(fetch(url(silent, "/")).outcome, FetchOutcome::timed_out);
}

TEST_F(FetcherTest, ServersThatAreNotBelievedAreNotHeard) {
  const auto answer = [&](Conversation& talk) { talk.answer("200 OK", kType, chain_); };
  HttpsServer stranger(test::make_identity("IP:127.0.0.1"), answer);
  HttpsServer good(identity_, answer);
  HttpsServer::Options old;
  old.newest_tls = TLS1_1_VERSION;
  HttpsServer outdated(identity_, answer, old);
  options_.rules.lab_ports = {stranger.port(), good.port(), outdated.port()};
  options_.transfer.names = [&] {
    return std::vector<std::string>{"other.test:" + std::to_string(good.port()) + ":127.0.0.1"};
  };
  start();
  EXPECT_EQ(fetch(url(stranger, "/")).outcome, FetchOutcome::tls_failed);
  EXPECT_EQ(fetch(url(outdated, "/")).outcome, FetchOutcome::tls_failed);
  EXPECT_EQ(fetch(url(good, "/", "other.test")).outcome, FetchOutcome::tls_failed);
  EXPECT_EQ(stranger.requests() + outdated.requests() + good.requests(), 0U);
  EXPECT_EQ(fetch(url(good, "/")).outcome, FetchOutcome::fetched);
}

TEST_F(FetcherTest, NobodyThere) {
  std::uint16_t port = 0;
  {
    const HttpsServer server(identity_, nullptr);
    port = server.port();
  }
  options_.rules.lab_ports = {port};
  options_.transfer.names = [port] { return std::vector<std::string>{"-a.test:" + std::to_string(port)}; };
  start();
  EXPECT_EQ(fetch("https://127.0.0.1:" + std::to_string(port) + "/").outcome, FetchOutcome::not_reached);
}

// STIR-CF-01: no socket is opened for a URL that breaks a rule.
TEST_F(FetcherTest, ABadUrlOpensNoSocket) {
  HttpsServer server(identity_, nullptr);
  start(server);
  for (const std::string& bad : {"http://127.0.0.1:" + std::to_string(server.port()) + "/", url(server, "/?x"),
                                 url(server, "/#x"), "https://u@127.0.0.1:" + std::to_string(server.port()) + "/",
                                 std::string("https://10.0.0.1/"), std::string("https://127.0.0.1:1/")}) {
    const FetchResult result = fetch(bad);
    EXPECT_EQ(result.outcome, FetchOutcome::url_refused) << bad;
    EXPECT_FALSE(result.detail.empty());
  }
  EXPECT_EQ(fetcher_->counters().begun, 0U);
  EXPECT_EQ(server.connections(), 0U);
}

// STIR-CF-04: a name that leads to our own networks.
TEST_F(FetcherTest, ANameOfADeniedAddressOpensNoSocket) {
  HttpsServer server(identity_, nullptr);
  name_hosts(server);
  options_.rules.addresses.lab_prefixes.clear();
  start(server);
  const FetchResult result = fetch(url(server, "/", "a.test"));
  EXPECT_EQ(result.outcome, FetchOutcome::address_denied) << to_text(result);
  EXPECT_EQ(result.detail, "127.0.0.1 (loopback)");
  EXPECT_EQ(fetcher_->counters().begun, 1U);
  EXPECT_EQ(fetcher_->counters().with_socket, 0U);
  EXPECT_EQ(server.connections(), 0U);
}

// DNS rebinding: the name is good at first and leads inwards later. Only 127.0.0.1 is allowed here.
TEST_F(FetcherTest, ANameThatMovesIsJudgedWhereItLeadsNow) {
  const auto answer = [&](Conversation& talk) { talk.answer("200 OK", kType, chain_); };
  HttpsServer outside(identity_, answer);
  HttpsServer::Options options;
  options.address = "127.0.0.2";
  options.port = outside.port();
  HttpsServer inside(identity_, answer, options);
  std::string where = "127.0.0.1";
  options_.transfer.names = [&] {
    return std::vector<std::string>{"a.test:" + std::to_string(outside.port()) + ":" + where};
  };
  start(outside);
  EXPECT_EQ(fetch(url(outside, "/1", "a.test")).outcome, FetchOutcome::fetched);
  where = "127.0.0.2";
  EXPECT_EQ(fetch(url(outside, "/2", "a.test")).outcome, FetchOutcome::address_denied);
  where = "127.0.0.2,127.0.0.1";
  EXPECT_EQ(fetch(url(outside, "/3", "a.test")).outcome, FetchOutcome::fetched);
  EXPECT_EQ(outside.requests(), 2U);
  EXPECT_EQ(inside.connections(), 0U);
}

TEST_F(FetcherTest, AnotherContentTypeIsAWarningOnly) {
  HttpsServer server(identity_, [&](Conversation& talk) {
    talk.answer("200 OK", talk.target == "/none" ? "" : "Content-Type: text/plain\r\n", chain_);
  });
  start(server);
  EXPECT_EQ(fetch(url(server, "/plain")).outcome, FetchOutcome::fetched);
  EXPECT_EQ(fetch(url(server, "/none")).outcome, FetchOutcome::fetched);
  EXPECT_EQ(fetcher_->counters().another_type, 2U);
}

// "10k calls with one cold URL = 1 fetch"
TEST_F(FetcherTest, TenThousandWaitersOnOneColdUrlAreOneFetch) {
  HttpsServer server(identity_, [&](Conversation& talk) {
    talk.wait_for_gate();
    talk.answer("200 OK", kType, chain_);
  });
  start(server);
  std::size_t answered = 0;
  for (int i = 0; i < 10'000; ++i) {
    fetcher_->fetch(url(server, "/cold"),
                    [&](const FetchResult& result) { answered += result.outcome == FetchOutcome::fetched ? 1U : 0U; });
  }
  ASSERT_TRUE(until([&] { return server.at_gate() == 1; }));
  EXPECT_TRUE(fetcher_->busy_with(url(server, "/cold")));
  EXPECT_EQ(answered, 0U);
  server.open_gate();
  ASSERT_TRUE(until([&] { return answered == 10'000; }));
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.requests(), 1U);
  EXPECT_EQ(fetcher_->counters().begun, 1U);
  EXPECT_EQ(fetcher_->counters().joined, 9'999U);
  EXPECT_FALSE(fetcher_->busy_with(url(server, "/cold")));
}

TEST_F(FetcherTest, SoManyAtATimeAndTheRestWaitsOrIsRefused) {
  HttpsServer server(identity_, [&](Conversation& talk) {
    talk.wait_for_gate();
    talk.answer("200 OK", kType, chain_);
  });
  options_.limits.in_flight = 3;
  options_.limits.in_flight_per_host = 2;
  options_.limits.queue = 5;
  options_.limits.queue_per_host = 4;
  name_hosts(server);
  start(server);
  std::size_t fetched = 0;
  std::size_t refused = 0;
  const auto ask = [&](const std::string& host, int count) {
    for (int i = 0; i < count; ++i) {
      fetcher_->fetch(url(server, "/" + std::to_string(i), host), [&](const FetchResult& result) {
        fetched += result.outcome == FetchOutcome::fetched ? 1U : 0U;
        refused += result.outcome == FetchOutcome::queue_full ? 1U : 0U;
      });
    }
  };
  ask("a.test", 7);  // two fly, four wait, one finds the host's queue full
  EXPECT_EQ(fetcher_->in_flight(), 2U);
  EXPECT_EQ(fetcher_->waiting(), 4U);
  EXPECT_EQ(refused, 1U);
  ask("b.test", 3);  // one flies beside the slow host, one waits, one finds the queue full
  EXPECT_EQ(fetcher_->in_flight(), 3U);
  EXPECT_EQ(fetcher_->waiting(), 5U);
  EXPECT_EQ(refused, 2U);
  ASSERT_TRUE(until([&] { return server.at_gate() == 3; }));
  EXPECT_EQ(server.connections(), 3U);
  server.open_gate();
  ASSERT_TRUE(until([&] { return fetched == 8; }));
  EXPECT_EQ(fetcher_->counters().most_in_flight, 3U);
  EXPECT_EQ(fetcher_->in_flight(), 0U);
  EXPECT_EQ(fetcher_->waiting(), 0U);
}

TEST_F(FetcherTest, SoManyASecond) {
  HttpsServer server(identity_, [&](Conversation& talk) { talk.answer("200 OK", kType, chain_); });
  options_.limits.per_second = 4;
  options_.limits.per_second_per_host = 2;
  name_hosts(server);
  EventLoop::Clock::time_point now{};
  options_.rules.lab_ports = {server.port()};
  fetcher_ = std::make_unique<Fetcher>(loop_, options_, [&] { return now; });
  std::size_t fetched = 0;
  for (const char* host : {"a.test", "b.test", "127.0.0.1"}) {
    for (int i = 0; i < 3; ++i) {
      fetcher_->fetch(url(server, "/" + std::to_string(i), host),
                      [&](const FetchResult& result) { fetched += result.outcome == FetchOutcome::fetched ? 1U : 0U; });
    }
  }
  ASSERT_TRUE(until([&] { return fetched == 4; }));
  EXPECT_EQ(fetcher_->counters().begun, 4U);
  EXPECT_EQ(fetcher_->waiting(), 5U);
  now += std::chrono::seconds(1);
  ASSERT_TRUE(until([&] { return fetched == 8; }));
  EXPECT_EQ(fetcher_->waiting(), 1U);
  now += std::chrono::seconds(1);
  ASSERT_TRUE(until([&] { return fetched == 9; }));
}

TEST_F(FetcherTest, SwitchedOffItFetchesNothing) {
  HttpsServer server(identity_, nullptr);
  options_.enabled = false;
  start(server);
  EXPECT_EQ(fetch(url(server, "/")).outcome, FetchOutcome::switched_off);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(FetcherTest, GoesAwayInTheMiddleOfFetches) {
  HttpsServer server(identity_, [](Conversation& talk) { talk.hang(); });
  start(server);
  for (int i = 0; i < 8; ++i) {
    fetcher_->fetch(url(server, "/" + std::to_string(i)), [](const FetchResult&) { FAIL(); });
  }
  ASSERT_TRUE(until([&] { return server.requests() == 4; }));
  fetcher_.reset();
  loop_.turn(milliseconds(0));
}

}  // namespace
}  // namespace stirline::control::fetcher_test
