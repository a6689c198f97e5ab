// What our HTTPS servers share: a place to listen on, TLS 1.2 or later, a limit of connections, a thread of its own.
//
// Strangers talk to these servers: what they cost never delays the loop. The listener accepts, counts, turns away what
// is too much, and hands sockets on; what is said on them is each server's own business.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "control/http/http_counters.hpp"

namespace stirline::control {

// Counted by connections and the listener, read by any thread.
struct HttpTallies {
  std::atomic<std::size_t> open = 0;  // connections that are there
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> turned_away = 0;
  std::atomic<std::uint64_t> served = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> broken = 0;

  [[nodiscard]] HttpCounters read() const { return {connections, turned_away, served, refused, broken}; }
};

class TlsListener {
 public:
  struct Place {
    std::string listen;  // an address
    std::uint16_t port = 0;
    std::filesystem::path certificate;  // PEM, with its chain
    std::filesystem::path key;
    std::size_t connections = 1;  // at a time
  };
  // On the listener's thread, with a connection that is within the limit. It keeps itself alive by what it has under
  // way, and counts itself in `open` as long as it lives.
  using Begin = std::function<void(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls)>;

  // Reads certificate and key, listens, starts the thread; throws std::exception if that cannot be. The tallies, and
  // whatever `begin` uses, outlive it.
  TlsListener(const Place& place, HttpTallies& tallies, Begin begin);
  // Ends the thread and every connection.
  ~TlsListener();
  TlsListener(const TlsListener&) = delete;
  TlsListener& operator=(const TlsListener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void accept();

  std::size_t most_;
  HttpTallies& tallies_;
  Begin begin_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
  boost::asio::io_context io_{1};  // connections go with it, and use what stands above
  boost::asio::ip::tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer pause_{io_};
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

}  // namespace stirline::control
