// XCAP through the real server: TLS, sign-in and keep-alive as libcurl does them (SPIT-XC-08), and what strangers do.
#include "control/xcap/xcap_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "control/xcap/xcap_service.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/control/xcap/https_client.hpp"
#include "tests/unit/control/xcap/xcap_world.hpp"

namespace stirline::control::xcap_server_test {
namespace {

using test::Client;
using test::Reply;

constexpr std::int64_t kNow = 1'790'000'000;

class XcapServerTest : public ::testing::Test {
 protected:
  void start() {
    config_.listen = "127.0.0.1";
    config_.port = 0;
    config_.certificate = folder_.write("web.pem", identity_.certificate_pem);
    config_.key = folder_.write("web.key", identity_.key_pem);
    config_.users = folder_ / "users";
    authority_ = folder_.write("ca.pem", identity_.authority_pem).string();
    XcapUsers users;
    users.set_password("sip:bob@example.com", "bob@example.com", hash_of("bob@example.com:stirline:tr1cky"));
    users.add_token("sip:carol@example.com", hash_of("token-of-carol"));
    ASSERT_TRUE(write_users(config_.users, users));
    auto server = XcapServer::start(
        config_, {*world_.store, world_.checker, world_.capabilities, [this] { return now_.load(); }});
    ASSERT_TRUE(server) << server.error();
    server_ = std::move(*server);
  }

  Client bob() {
    Client client(server_->port(), authority_);
    client.password("bob@example.com:tr1cky");
    return client;
  }

  config::wire::Descriptor connect() {
    config::wire::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return socket;
  }

  // Says `text` over TLS and returns all that comes back.
  std::string talk(const std::string& text) {
    const config::wire::Descriptor socket = connect();
    const std::unique_ptr<SSL_CTX, crypto::OpensslFree<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
    const std::unique_ptr<SSL, crypto::OpensslFree<SSL_free>> tls(SSL_new(context.get()));
    SSL_set_fd(tls.get(), socket.get());
    EXPECT_EQ(SSL_connect(tls.get()), 1);
    SSL_write(tls.get(), text.data(), static_cast<int>(text.size()));
    std::string heard;
    std::array<char, 4'096> buffer{};
    for (int got = 0; (got = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
      heard.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return heard;
  }

  bool wait_until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) {
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  const test::TlsIdentity identity_ = test::make_identity("IP:127.0.0.1");
  const std::string bob_ = std::string(test::kBob);
  test::ScratchFolder folder_;
  std::string authority_;
  std::atomic<std::int64_t> now_ = kNow;
  test::XcapWorld world_;
  config::XcapConfig config_;
  std::unique_ptr<XcapServer> server_;
};

// Upload, read, change one rule, delete: what the README does with curl.
TEST_F(XcapServerTest, BobKeepsHisRulesWithAPassword) {
  start();
  Client client = bob();
  const Reply uploaded =
      client.ask("PUT", bob_, {"Content-Type: application/auth-policy+xml"}, std::string(test::kBobsRules));
  EXPECT_EQ(uploaded.status, 201) << uploaded.header;
  EXPECT_FALSE(uploaded.field("ETag").empty()) << uploaded.header;
  const Reply whole = client.ask("GET", bob_);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, test::kBobsRules);
  EXPECT_EQ(whole.field("Content-Type"), "application/auth-policy+xml");
  EXPECT_EQ(whole.field("ETag"), uploaded.field("ETag"));
  EXPECT_EQ(whole.connections, 0) << "the connection stays";
  const Reply head = client.ask("HEAD", bob_);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), std::to_string(test::kBobsRules.size()));
  EXPECT_EQ(head.body, "");
  const std::string rule = bob_ + "/~~/ruleset/rule%5b@id=%22r2%22%5d";
  const Reply changed =
      client.ask("PUT", rule, {"Content-Type: application/xcap-el+xml", "If-Match: " + whole.field("ETag")},
                 "<rule id=\"r2\"><conditions/></rule>");
  EXPECT_EQ(changed.status, 200) << changed.header << changed.body;
  EXPECT_EQ(client.ask("GET", rule).body, "<rule id=\"r2\"><conditions/></rule>");
  const Reply stale = client.ask("DELETE", bob_, {"If-Match: " + whole.field("ETag")});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(client.ask("DELETE", bob_).status, 200);
  EXPECT_EQ(client.ask("GET", bob_).status, 404);
  const Reply conflict = client.ask("PUT", bob_, {"Content-Type: application/spit+xml"}, "<ruleset>");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.field("Content-Type"), "application/xcap-error+xml");
  EXPECT_TRUE(conflict.body.contains("<not-well-formed phrase=")) << conflict.body;
  EXPECT_EQ(server_->tallies().changes, 3U);
}

TEST_F(XcapServerTest, OthersAreKeptOut) {
  start();
  ASSERT_EQ(bob().ask("PUT", bob_, {"Content-Type: application/auth-policy+xml"}, std::string(test::kBobsRules)).status,
            201);
  Client carol(server_->port(), authority_);
  const Reply nobody = carol.ask("GET", bob_);
  EXPECT_EQ(nobody.status, 401);
  EXPECT_TRUE(nobody.header.contains("WWW-Authenticate: Digest realm=\"stirline\"")) << nobody.header;
  EXPECT_TRUE(nobody.header.contains("WWW-Authenticate: Bearer realm=\"stirline\"")) << nobody.header;
  carol.token("token-of-carol");
  EXPECT_EQ(carol.ask("GET", bob_).status, 403);
  EXPECT_EQ(carol.ask("GET", "/xcap-caps/global/index").status, 200);
  EXPECT_EQ(carol.ask("GET", "/spit-policy/users/sip:carol@example.com/index").status, 404);
  Client eve(server_->port(), authority_);
  eve.password("bob@example.com:guess");
  EXPECT_EQ(eve.ask("GET", bob_).status, 401);
  EXPECT_EQ(carol.ask("POST", bob_).status, 405);
}

TEST_F(XcapServerTest, AnOldNonceIsReplacedWithoutAskingThePerson) {
  start();
  Client client = bob();
  EXPECT_EQ(client.ask("GET", bob_).status, 404);
  now_ += kNonceSeconds + 1;
  EXPECT_EQ(client.ask("GET", bob_).status, 404) << "stale=true, and libcurl says it again";
}

TEST_F(XcapServerTest, WhatIsTooLargeIsToldSo) {
  start();
  Client client = bob();
  const std::string large = "<ruleset>" + std::string(kMaxXmlOctets, ' ') + "</ruleset>";
  EXPECT_TRUE(talk("PUT " + bob_ + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(large.size()) +
                   "\r\n\r\n" + large)
                  .starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(talk("GET / HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
  const std::string fits(kMaxXmlOctets, ' ');
  EXPECT_EQ(client.ask("PUT", bob_, {"Content-Type: application/auth-policy+xml", "Expect: 100-continue"}, fits).status,
            409);
  EXPECT_EQ(server_->counters().broken, 0U);
}

TEST_F(XcapServerTest, WhoeverGuessesIsLeftAfterAWhile) {
  start();
  std::string requests;
  for (std::size_t i = 0; i < 2 * XcapServer::kMaxRefusedSignIns; ++i) {
    requests += "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer guess\r\n\r\n";
  }
  const std::string heard = talk(requests);
  std::size_t answers = 0;
  for (std::size_t at = 0; (at = heard.find("HTTP/1.1 401", at)) != std::string::npos; ++at) {
    ++answers;
  }
  EXPECT_EQ(answers, XcapServer::kMaxRefusedSignIns);
}

TEST_F(XcapServerTest, WhoeverIsSilentOrNoClientIsLeft) {
  config_.limit_ms = 200;
  start();
  EXPECT_EQ(talk("GET / HTTP/1.1\r\nHost: a\r\n"), "") << "it never ends";
  EXPECT_EQ(talk("rubbish\r\n\r\n"), "");
  const auto silent = connect();
  ASSERT_TRUE(wait_until([&] { return server_->counters().broken == 3; }));
  EXPECT_EQ(server_->counters().served + server_->counters().refused, 0U);
}

TEST_F(XcapServerTest, SoManyConnectionsAndNoMore) {
  config_.connections = 2;
  start();
  std::vector<config::wire::Descriptor> open;
  for (int i = 0; i < 5; ++i) {
    open.push_back(connect());
  }
  ASSERT_TRUE(wait_until([&] { return server_->counters().turned_away == 3; }));
  open.clear();
  ASSERT_TRUE(wait_until([&] { return server_->counters().broken == 2; }));
  EXPECT_EQ(bob().ask("GET", bob_).status, 404);
}

TEST_F(XcapServerTest, OldTlsIsNotSpoken) {
  start();
  const config::wire::Descriptor socket = connect();
  const std::unique_ptr<SSL_CTX, crypto::OpensslFree<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  ASSERT_EQ(SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION), 1);
  const std::unique_ptr<SSL, crypto::OpensslFree<SSL_free>> tls(SSL_new(context.get()));
  SSL_set_fd(tls.get(), socket.get());
  EXPECT_NE(SSL_connect(tls.get()), 1);
}

TEST_F(XcapServerTest, WhatCannotBeServedIsSaid) {
  start();
  config_.port = server_->port();
  const XcapServer::Parts parts{*world_.store, world_.checker, world_.capabilities, [] { return kNow; }};
  const auto second = XcapServer::start(config_, parts);
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().contains("127.0.0.1 port")) << second.error();
  config_.users = folder_ / "nobody";
  EXPECT_FALSE(XcapServer::start(config_, parts));
}

}  // namespace
}  // namespace stirline::control::xcap_server_test
