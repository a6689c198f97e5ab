// The metrics page over plain HTTP, on the event loop: GET and HEAD of /metrics, nothing else, one request a
// connection.
//
// Nothing blocks: sockets are asked when they are ready, and the page comes when it is made, once for all who wait.
// Every connection is bounded in time and octets, and so is their number. Thread: that of the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "config/metrics_config.hpp"
#include "config/wire/channel.hpp"
#include "control/event_loop.hpp"
#include "control/http/http_counters.hpp"

namespace stirline::control {

class MetricsServer {
 public:
  static constexpr std::size_t kMaxIgnoredOctets = 65'536;  // of a body and the like, read behind the answer

  // Makes the page and calls `done` with it once, now or later. Nothing is asked again before that.
  using PageDone = std::function<void(const std::string& page)>;
  using PageSource = std::function<void(PageDone done)>;

  // Listens where `config.listen` says, which must not be empty. The error is a sentence.
  [[nodiscard]] static std::expected<std::unique_ptr<MetricsServer>, std::string> open(
      EventLoop& loop, const config::MetricsConfig& config, PageSource source);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const HttpCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection;

  MetricsServer(EventLoop& loop, const config::MetricsConfig& config, PageSource source,
                config::wire::Descriptor listener, std::uint16_t port);
  void listen();
  void on_connect();
  void on_request(std::uint64_t id);
  void answer(std::uint64_t id);
  void on_page(const std::string& page);
  void reply(std::uint64_t id, const std::string& octets, bool served);
  void send_more(std::uint64_t id);
  void drain(std::uint64_t id);
  void on_limit(std::uint64_t id);
  void end(std::uint64_t id, bool broken);

  EventLoop& loop_;
  PageSource source_;
  config::wire::Descriptor listener_;
  std::uint16_t port_;
  std::size_t most_;
  std::chrono::milliseconds limit_;
  EventLoop::TimerId pause_ = 0;  // no new connections until then
  bool page_in_work_ = false;
  HttpCounters counters_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::shared_ptr<void> alive_ = std::make_shared<char>();  // a page that comes too late finds it gone
};

}  // namespace stirline::control
