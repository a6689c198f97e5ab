// The server of the metrics page and those who mean it harm: one thread, nobody waits for anybody.
#include "control/metrics/metrics_server.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/control/metrics/http_client.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::metrics_server_test {
namespace {

using test::body_of;
using test::HttpClient;

constexpr std::string_view kGet = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

class MetricsServerTest : public ::testing::Test {
 protected:
  void start(std::uint32_t connections = 16, std::uint32_t limit_ms = 20'000) {
    auto server =
        MetricsServer::open(loop_, {"127.0.0.1:0", connections, limit_ms}, [this](MetricsServer::PageDone done) {
          ++asked_;
          if (page_.empty()) {
            later_ = std::move(done);
          } else {
            done(page_);
          }
        });
    ASSERT_TRUE(server) << server.error();
    server_ = std::move(*server);
  }

  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }

  std::string answer_to(std::string_view request) {
    HttpClient client(server_->port());
    EXPECT_EQ(client.say(request), request.size());
    EXPECT_TRUE(until([&] { return client.over(); })) << request;
    return client.hear();
  }

  EventLoop loop_;
  std::string page_ = "# EOF\n";  // empty: the page is made when the test says so
  MetricsServer::PageDone later_;
  std::size_t asked_ = 0;
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(MetricsServerTest, GetAndHeadOfMetricsAndNothingElse) {
  start();
  const std::string got = answer_to(kGet);
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_TRUE(got.contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n")) << got;
  EXPECT_TRUE(got.contains("\r\nContent-Length: 6\r\n")) << got;
  EXPECT_TRUE(got.contains("\r\nConnection: close\r\n")) << got;
  EXPECT_EQ(body_of(got), page_);
  EXPECT_EQ(body_of(answer_to("GET /metrics?x=y HTTP/1.0\r\n\r\n")), page_);
  const std::string head = answer_to("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(head.contains("\r\nContent-Length: 6\r\n") && body_of(head).empty()) << head;
  EXPECT_EQ(server_->counters().served, 3U);
  for (const char* path : {"/", "/metrics/", "/metric", "//metrics", "/../metrics", "*"}) {
    EXPECT_TRUE(answer_to("GET " + std::string(path) + " HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 ")) << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "NONSENSE"}) {
    const std::string refused = answer_to(std::string(method) + " /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 405 ")) << refused;
    EXPECT_TRUE(refused.contains("\r\nAllow: GET, HEAD\r\n")) << refused;
  }
  EXPECT_EQ(server_->counters().refused, 12U);
  EXPECT_EQ(server_->counters().broken, 0U);
  EXPECT_EQ(asked_, 3U);
  EXPECT_TRUE(until([&] { return server_->connections() == 0; }));
}

TEST_F(MetricsServerTest, WhatIsNoHttpOrTooLargeIsRefusedAndCounted) {
  start();
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n", "400"},
      {"GET\r\n\r\n", "400"},
      {"GET /metrics HTTP/9.9\r\n\r\n", "400"},
      {"GET /metrics HTTP/1.1\r\nno colon\r\n\r\n", "400"},
      {"GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
      {"GET /" + std::string(10'000, 'a') + " HTTP/1.1\r\n\r\n", "431"},
      {"GET /metrics HTTP/1.1\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", "431"},
      {std::string(20'000, 'G'), "4"},
  };
  for (const auto& [request, status] : cases) {
    const std::string answer = answer_to(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << request.substr(0, 40) << " -> " << answer;
  }
  EXPECT_EQ(server_->counters().refused, cases.size());
  EXPECT_EQ(server_->counters().served, 0U);
  EXPECT_EQ(body_of(answer_to(kGet)), page_) << "and it goes on";
}

TEST_F(MetricsServerTest, ManySmallFieldsReachTheLimitToo) {
  start();
  HttpClient client(server_->port());
  client.say("GET /metrics HTTP/1.1\r\n");
  ASSERT_TRUE(until([&] {
    client.say("A: b\r\n");
    return client.hear().starts_with("HTTP/1.1 431 ");
  })) << client.hear();
  EXPECT_EQ(server_->counters().refused, 1U);
}

TEST_F(MetricsServerTest, ARequestMayComeOctetByOctet) {
  start();
  HttpClient client(server_->port());
  for (const char octet : kGet) {
    ASSERT_TRUE(until([&] { return client.say({&octet, 1}) == 1; }));
    loop_.turn(std::chrono::milliseconds(0));
  }
  ASSERT_TRUE(until([&] { return client.over(); }));
  EXPECT_EQ(body_of(client.hear()), page_);
}

TEST_F(MetricsServerTest, WhoIsSilentOrDripsIsCutOffAndCounted) {
  start(16, 30);
  HttpClient silent(server_->port());
  HttpClient dripping(server_->port());
  ASSERT_TRUE(until([&] {
    dripping.say("G");
    return silent.over() && dripping.over();
  }));
  EXPECT_EQ(server_->counters().connections, 2U);
  // The one that drips may have been refused before its time was over: "GG" is no method.
  EXPECT_EQ(server_->counters().broken + server_->counters().refused, 2U);
  EXPECT_GE(server_->counters().broken, 1U);
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(MetricsServerTest, WhoDoesNotReadHoldsUpNobody) {
  page_.assign(32U << 20U, 'x');
  start(2, 20'000);
  HttpClient lazy(server_->port(), 4'096);
  lazy.say(kGet);
  ASSERT_TRUE(until([&] { return server_->counters().served == 1; }));
  EXPECT_EQ(body_of(answer_to(kGet)).size(), page_.size());
  EXPECT_TRUE(until([&] { return server_->connections() == 1; })) << "the lazy one is still being sent to";
  lazy.hang_up();
  EXPECT_TRUE(until([&] { return server_->connections() == 0; }));
  EXPECT_EQ(server_->counters().broken, 1U);
}

TEST_F(MetricsServerTest, MoreThanItsConnectionsAreTurnedAway) {
  start(2);
  HttpClient first(server_->port());
  HttpClient second(server_->port());
  ASSERT_TRUE(until([&] { return server_->connections() == 2; }));
  HttpClient third(server_->port());
  ASSERT_TRUE(until([&] { return third.over(); }));
  EXPECT_TRUE(third.hear().empty());
  EXPECT_EQ(server_->counters().turned_away, 1U);
  EXPECT_EQ(server_->counters().connections, 3U);
  first.hang_up();
  ASSERT_TRUE(until([&] { return server_->connections() == 1; }));
  EXPECT_EQ(server_->counters().broken, 1U);
  EXPECT_EQ(body_of(answer_to(kGet)), page_);
}

TEST_F(MetricsServerTest, OnePageIsMadeForAllWhoWait) {
  page_.clear();
  start();
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<HttpClient>(server_->port()));
    clients.back()->say(kGet);
  }
  clients.front()->hang_up();
  // All requests are there before the page is: the loop has taken five connections and, after that, a refused one.
  ASSERT_TRUE(until([&] { return server_->connections() == 5; }));
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
  EXPECT_EQ(asked_, 1U);
  const auto done = std::exchange(later_, nullptr);
  ASSERT_TRUE(done);
  done("# EOF\n");
  for (std::size_t i = 1; i < clients.size(); ++i) {
    ASSERT_TRUE(until([&] { return clients[i]->over(); }));
    EXPECT_EQ(body_of(clients[i]->hear()), "# EOF\n");
  }
  EXPECT_EQ(asked_, 1U);
  page_ = "# EOF\n";
  answer_to(kGet);
  EXPECT_EQ(asked_, 2U) << "a later one has a page of its own";
}

TEST_F(MetricsServerTest, APageThatComesTooLateMeetsNobody) {
  page_.clear();
  start();
  HttpClient client(server_->port());
  client.say(kGet);
  ASSERT_TRUE(until([&] { return later_ != nullptr; }));
  const auto done = std::exchange(later_, nullptr);
  server_.reset();
  done("# EOF\n");
  EXPECT_TRUE(until([&] { return client.over(); }));
  EXPECT_TRUE(client.hear().empty());
}

TEST_F(MetricsServerTest, APlaceThatIsTakenIsAMistake) {
  start();
  const auto second =
      MetricsServer::open(loop_, {"127.0.0.1:" + std::to_string(server_->port()), 1, 5'000}, [](const auto&) {});
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().contains("metrics cannot be served on 127.0.0.1:")) << second.error();
  EXPECT_FALSE(MetricsServer::open(loop_, {"localhost", 1, 5'000}, [](const auto&) {}));
}

TEST_F(MetricsServerTest, ServesOnIpv6Too) {
  const auto server = MetricsServer::open(loop_, {"[::1]:0", 1, 5'000}, [](const auto&) {});
  if (!server && server.error().contains("Cannot assign")) {
    GTEST_SKIP() << "no IPv6 here";
  }
  ASSERT_TRUE(server) << server.error();
  EXPECT_NE((*server)->port(), 0);
}

}  // namespace
}  // namespace stirline::control::metrics_server_test
