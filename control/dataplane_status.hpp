// The data plane's account of itself, for all who ask at the same time: one question is under way, whoever comes
// meanwhile shares its answer, and each waits for a bounded time. Thread: that of the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "control/dataplane_client.hpp"
#include "control/event_loop.hpp"

namespace stirline::control {

class DataplaneStatus {
 public:
  // The document, or why there is none, in words. A document that is no JSON comes as a JSON string.
  using Document = std::expected<nlohmann::ordered_json, std::string>;
  using Done = std::function<void(const Document& document)>;

  // Both must live longer than this.
  DataplaneStatus(EventLoop& loop, DataplaneClient& client, std::chrono::milliseconds limit)
      : loop_(loop), client_(client), limit_(limit) {}
  ~DataplaneStatus();
  DataplaneStatus(const DataplaneStatus&) = delete;
  DataplaneStatus& operator=(const DataplaneStatus&) = delete;

  // Calls `done` once, now or within the limit; not at all if this object goes first.
  void ask(Done done);

 private:
  struct Asker {
    Done done;
    EventLoop::TimerId limit = 0;
  };

  void on_limit(std::uint64_t id);
  void on_answer(const std::expected<std::string, std::string>& answer);

  EventLoop& loop_;
  DataplaneClient& client_;
  std::chrono::milliseconds limit_;
  bool asked_ = false;  // a question is under way
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Asker> askers_;  // in the order in which they came
};

}  // namespace stirline::control
