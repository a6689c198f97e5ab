// STIR-CF-07: our own chains over HTTPS, fetched here with our own fetcher.
#include <array>
#include <fstream>
#include <iterator>
#include <optional>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "config/control_config.hpp"
#include "control/certificates/fetcher.hpp"
#include "control/repository/repository_server.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::repository_test {
namespace {

constexpr std::int64_t kNow = 1'790'000'000;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const std::string& chain() {
  static const std::string text = text_of(test::pem("test_leaf_spc1234_chain.pem"));
  return text;
}
const std::string& other_chain() {
  static const std::string text = text_of(test::pem("test_root.pem"));
  return text;
}

TEST(PublishedChainsTest, TheContentUnderAUrlNeverChanges) {
  PublishedChains published;
  auto pages =
      published.with({{"https://a.example/one.pem", chain()}, {"https://a.example:8443/two.pem", chain()}}, kNow);
  ASSERT_TRUE(pages) << pages.error();
  EXPECT_EQ((*pages)->size(), 2U);
  EXPECT_TRUE((*pages)->at("/one.pem").body.starts_with("-----BEGIN CERTIFICATE-----"));
  published.use(*pages);
  EXPECT_TRUE(published.with({{"https://a.example/one.pem", chain()}}, kNow));
  EXPECT_FALSE(published.with({{"https://a.example/one.pem", other_chain()}}, kNow));
  EXPECT_FALSE(published.with({{"https://a.example/x", chain()}, {"https://b.example/x", other_chain()}}, kNow));
  EXPECT_FALSE(published.with({{"https://a.example/x", "no chain"}}, kNow));
}

// "roll-over publishes a new URL first"
TEST(PublishedChainsTest, ARollOverKeepsTheOldUrlUntilItsLeafEnds) {
  PublishedChains published;
  published.use(published.with({{"https://a.example/old.pem", chain()}}, kNow).value());
  published.use(published.with({{"https://a.example/new.pem", other_chain()}}, kNow).value());
  EXPECT_EQ(published.pages()->size(), 2U);
  EXPECT_FALSE(published.pages()->at("/old.pem").current);
  EXPECT_TRUE(published.pages()->at("/new.pem").current);
  const std::int64_t end = published.pages()->at("/old.pem").not_after;
  const auto later = published.with({{"https://a.example/old.pem", other_chain()}}, end + 1);
  EXPECT_TRUE(later) << "no unexpired token can name it";
}

class RepositoryTest : public ::testing::Test {
 protected:
  void start() {
    config_.listen = "127.0.0.1";
    config_.port = 0;
    config_.certificate = folder_.write("web.pem", identity_.certificate_pem);
    config_.key = folder_.write("web.key", identity_.key_pem);
    auto server = RepositoryServer::start(config_);
    ASSERT_TRUE(server) << server.error();
    server_ = std::move(*server);
    server_->publish(PublishedChains().with({{"https://127.0.0.1/certs/a.pem", chain()}}, kNow).value());
    FetcherOptions options;
    options.transfer.ca_file = folder_.write("web_ca.pem", identity_.authority_pem);
    options.transfer.connect_limit = std::chrono::milliseconds(15'000);
    options.transfer.total_limit = std::chrono::milliseconds(15'000);
    options.rules.lab_ports = {server_->port()};
    options.rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.1")};
    fetcher_ = std::make_unique<Fetcher>(loop_, options);
  }

  FetchResult fetch(const std::string& path) {
    std::optional<FetchResult> result;
    fetcher_->fetch("https://127.0.0.1:" + std::to_string(server_->port()) + path,
                    [&](const FetchResult& got) { result = got; });
    EXPECT_TRUE(test::turn_until(loop_, [&] { return result.has_value(); }));
    return result.value_or(FetchResult{});
  }

  // Says `text` over TLS, or over plain TCP, and returns all that comes back.
  [[nodiscard]] std::string talk(const std::string& text, bool secure = true) const {
    const config::wire::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    std::string heard;
    std::array<char, 4'096> buffer{};
    if (!secure) {
      EXPECT_GE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), 0);
      for (ssize_t got = 0; (got = ::recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0;) {
        heard.append(buffer.data(), static_cast<std::size_t>(got));
      }
      return heard;
    }
    const std::unique_ptr<SSL_CTX, crypto::OpensslFree<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
    const std::unique_ptr<SSL, crypto::OpensslFree<SSL_free>> tls(SSL_new(context.get()));
    SSL_set_fd(tls.get(), socket.get());
    EXPECT_EQ(SSL_connect(tls.get()), 1);
    SSL_write(tls.get(), text.data(), static_cast<int>(text.size()));
    for (int got = 0; (got = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
      heard.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return heard;
  }

  const test::TlsIdentity identity_ = test::make_identity("IP:127.0.0.1");
  test::ScratchFolder folder_;
  EventLoop loop_;
  config::RepositoryConfig config_;
  std::unique_ptr<RepositoryServer> server_;
  std::unique_ptr<Fetcher> fetcher_;
};

TEST_F(RepositoryTest, AnotherApplianceFetchesOurChain) {
  start();
  const FetchResult result = fetch("/certs/a.pem");
  EXPECT_EQ(result.outcome, FetchOutcome::fetched) << to_text(result);
  EXPECT_EQ(result.content_type, kChainContentType);
  EXPECT_EQ(result.caching.cache_control, "max-age=86400");
  EXPECT_EQ(result.chain.pem, read_chain_body(chain(), kChainContentType, false)->pem);
  EXPECT_EQ(fetch("/certs/b.pem").detail, "status 404");
  EXPECT_EQ(fetch("/").detail, "status 404");
  EXPECT_EQ(server_->counters().served, 1U);
  EXPECT_EQ(server_->counters().refused, 2U);
}

TEST_F(RepositoryTest, GetAndHeadAndNothingElse) {
  start();
  const std::string head = talk("HEAD /certs/a.pem HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_TRUE(head.contains("Content-Length: " +
                            std::to_string(read_chain_body(chain(), kChainContentType, false)->pem.size())))
      << head;
  EXPECT_TRUE(talk("POST /certs/a.pem HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(talk("DELETE /certs/a.pem HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 405"));
}

TEST_F(RepositoryTest, WhoeverIsTooLongTooLargeOrTooManyIsLeft) {
  config_.limit_ms = 150;
  config_.connections = 2;
  start();
  EXPECT_EQ(talk("GET /certs/a.pem HTTP/1.1\r\nHost: a\r\n"), "") << "too slow";
  EXPECT_EQ(talk("GET / HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n"), "");
  EXPECT_EQ(talk("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789"), "");
  EXPECT_EQ(talk("rubbish\r\n\r\n"), "");
  static_cast<void>(talk("GET / HTTP/1.1\r\n\r\n", false));
  ASSERT_TRUE(test::turn_until(loop_, [&] { return server_->counters().broken == 5; }));
  EXPECT_EQ(server_->counters().served + server_->counters().refused, 0U);
  EXPECT_EQ(server_->counters().turned_away, 0U);
}

TEST_F(RepositoryTest, SoManyConnectionsAndNoMore) {
  config_.limit_ms = 10'000;
  config_.connections = 2;
  start();
  std::vector<config::wire::Descriptor> open;
  for (int i = 0; i < 5; ++i) {
    open.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(open.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ASSERT_TRUE(test::turn_until(loop_, [&] { return server_->counters().turned_away == 3; }));
  open.clear();
  ASSERT_TRUE(test::turn_until(loop_, [&] { return server_->counters().broken == 2; }));
  EXPECT_EQ(fetch("/certs/a.pem").outcome, FetchOutcome::fetched);
}

TEST_F(RepositoryTest, WhatCannotBeServedIsSaid) {
  config_.listen = "127.0.0.1";
  config_.certificate = folder_.write("web.pem", "no certificate");
  config_.key = folder_.write("web.key", identity_.key_pem);
  EXPECT_FALSE(RepositoryServer::start(config_));
  start();
  config_.port = server_->port();
  const auto second = RepositoryServer::start(config_);
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().contains("127.0.0.1 port")) << second.error();
}

TEST(RepositoryConfigs, OptionsAndMistakes) {
  const auto loaded = config::read_control_config(
      "/x/c.toml",
      "[repository]\nlisten = \"::1\"\nport = 443\ncertificate = \"w.pem\"\nkey = \"w.key\"\n"
      "max_age = 90000\nconnections = 7\nlimit_ms = 10\n");
  ASSERT_TRUE(loaded) << config::to_string(loaded.error().front());
  EXPECT_EQ(loaded->repository.certificate, "/x/w.pem");
  EXPECT_EQ(loaded->repository.max_age, 90'000U);
  for (const char* bad : {"listen = \"::1\"\nkey = \"k\"", "listen = \"host\"\nkey = \"k\"\ncertificate = \"c\"",
                          "max_age = 86399", "connections = 0"}) {
    const auto refused = config::read_control_config("c.toml", std::string("[repository]\n") + bad + "\n");
    EXPECT_FALSE(refused) << bad;
  }
}

}  // namespace
}  // namespace stirline::control::repository_test
