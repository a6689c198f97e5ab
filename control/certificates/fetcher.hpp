// Fetches certificate chains over HTTPS (STIR-CF-01, STIR-CF-04): one fetch in flight for a URL however many wait for
// it, so many in all and for each host, so many a second, and a queue that ends somewhere.
//
// The web's certificate authorities vouch for the transport only. Whether a chain is believed is decided elsewhere, by
// the configured anchors alone (STIR-CE-11). Thread: that of the loop; nothing blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/certificates/curl_driver.hpp"
#include "control/certificates/rate_limit.hpp"
#include "control/certificates/transfer.hpp"
#include "control/event_loop.hpp"

namespace stirline::control {

struct FetchLimits {
  std::size_t in_flight = 64;
  std::size_t in_flight_per_host = 4;
  std::uint32_t per_second = 100;  // fetches begun
  std::uint32_t per_second_per_host = 10;
  std::size_t queue = 1'024;        // URLs that wait for their turn
  std::size_t queue_per_host = 64;  // so that one slow host does not fill the queue
  std::size_t waiters = 16'384;     // for one URL
};

struct FetcherOptions {
  bool enabled = true;
  FetchLimits limits;
  TransferOptions transfer;
  X5uRules rules;
};

struct FetchCounters {
  FetchOutcomeCounts ended{};        // fetches, or refusals to fetch, by outcome
  std::uint64_t begun = 0;           // transfers
  std::uint64_t with_socket = 0;     // of these, those that opened a socket
  std::uint64_t joined = 0;          // asked for while the same URL was waiting or in flight
  std::uint64_t another_type = 0;    // fetched, though with another content type: a warning (STIR-CF-02)
  std::uint64_t most_in_flight = 0;  // at a time
};

class Fetcher {
 public:
  using Done = std::function<void(const FetchResult& result)>;
  using Now = std::function<EventLoop::Clock::time_point()>;

  Fetcher(EventLoop& loop, FetcherOptions options, Now now = EventLoop::Clock::now);
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;
  ~Fetcher();  // ends what is under way, without calling `done`

  // Calls `done` once: at once if the URL is refused, else when the fetch has ended.
  void fetch(const std::string& url, Done done);

  // True if `url` waits or is in flight.
  [[nodiscard]] bool busy_with(const std::string& url) const { return jobs_.contains(url); }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
  [[nodiscard]] const FetchCounters& counters() const { return counters_; }

 private:
  struct Host {
    std::size_t in_flight = 0;
    std::size_t queued = 0;
    RateLimit rate;
  };
  struct Job {
    FetchUrl url;
    std::vector<Done> waiters;
    Host* host = nullptr;  // nodes of a map stay where they are
    std::unique_ptr<Transfer> transfer;
  };

  Host& host_of(const std::string& name);
  void forget_idle_hosts();
  void refuse(FetchOutcome outcome, std::string detail, const Done& done);
  void start_what_may();
  void start(Job& job);
  void finish(const std::string& url, CURLcode code);

  EventLoop& loop_;
  FetcherOptions options_;
  Now now_;
  RateLimit rate_;
  FetchCounters counters_;
  std::map<std::string, Host, std::less<>> hosts_;
  std::map<std::string, Job, std::less<>> jobs_;
  std::list<Job*> queue_;
  std::size_t in_flight_ = 0;
  EventLoop::TimerId rate_timer_ = 0;
  CurlDriver driver_;  // last: it lets go of the transfers first
};

}  // namespace stirline::control
