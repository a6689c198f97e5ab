// An HTTPS server on the loopback that does what a test tells it, right or wrong. A thread for each connection; every
// wait ends with the server.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

#include "config/wire/channel.hpp"
#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::control::test {

// A server's certificate and who vouches for it.
struct TlsIdentity {
  std::string authority_pem;
  std::string certificate_pem;
  std::string key_pem;
};
// `names`: "DNS:a.test,IP:127.0.0.1".
[[nodiscard]] TlsIdentity make_identity(const std::string& names);

class HttpsServer {
 public:
  // One request, and what is said in return.
  class Conversation {
   public:
    Conversation(SSL* tls, int fd, const std::stop_token& stop, HttpsServer& server)
        : tls_(tls), fd_(fd), stop_(stop), server_(server) {}

    std::string method;
    std::string target;

    bool send(std::string_view text);  // false: the peer has gone
    // The usual answer: status line, the given header lines ("A: b\r\n"), Content-Length, body.
    void answer(std::string_view status, std::string_view headers, std::string_view body);
    void hang();  // until the peer or the server goes
    void drip();  // an octet of body now and then, likewise
    void wait_for_gate();
    void cut() { cut_ = true; }  // ends the connection without the end of TLS

   private:
    friend class HttpsServer;
    bool gone() const;

    SSL* tls_;
    int fd_;
    const std::stop_token& stop_;
    HttpsServer& server_;
    bool cut_ = false;
  };
  using Handler = std::function<void(Conversation&)>;

  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
    int newest_tls = TLS1_3_VERSION;
    bool shakes_hands = true;  // false: accepts and says nothing
  };

  HttpsServer(const TlsIdentity& identity, Handler handler, const Options& options);
  HttpsServer(const TlsIdentity& identity, Handler handler) : HttpsServer(identity, std::move(handler), Options{}) {}
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;
  ~HttpsServer() = default;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() const { return connections_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }
  [[nodiscard]] std::size_t at_gate() const { return at_gate_; }
  void open_gate();

 private:
  using Context = std::unique_ptr<SSL_CTX, crypto::OpensslFree<SSL_CTX_free>>;

  void accept_all(const std::stop_token& stop);
  void serve(config::wire::Descriptor socket, const std::stop_token& stop);

  Handler handler_;
  Options options_;
  Context context_;
  config::wire::Descriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> requests_ = 0;
  std::atomic<std::size_t> at_gate_ = 0;
  std::atomic<bool> gate_open_ = false;
  std::jthread acceptor_;  // last: it ends before the rest goes
};

}  // namespace stirline::control::test
