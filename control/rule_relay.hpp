// Hands the compiled rules on to the data plane, on their own and beside its other tables (SPIT-PL-07): what has
// changed since it last took some, and everything after each greeting, for what it has may be of an earlier life of
// control.
//
// Thread: that of the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "control/dataplane_client.hpp"
#include "control/event_loop.hpp"
#include "control/policy/rule_keeper.hpp"

namespace stirline::control {

struct RuleRelayOptions {
  std::function<std::int64_t()> now;    // seconds since 1970
  std::chrono::milliseconds again{50};  // after a push that others were in the way of
};

class RuleRelay {
 public:
  // All three outlive it. `idle` is called whenever a push is over.
  RuleRelay(EventLoop& loop, DataplaneClient& dataplane, policy::RuleKeeper& keeper, RuleRelayOptions options,
            std::function<void()> idle);
  ~RuleRelay();
  RuleRelay(const RuleRelay&) = delete;
  RuleRelay& operator=(const RuleRelay&) = delete;

  // The data plane has accepted our greeting.
  void on_greeted();

  [[nodiscard]] bool pushing() const { return pushing_; }
  [[nodiscard]] nlohmann::ordered_json status() const;

 private:
  void push();
  [[nodiscard]] TableSet changed(const policy::RuleImages& images) const;
  void on_pushed(const policy::RuleImages& images, DataplaneClient::PushOutcome outcome, const std::string& text);
  void push_later();

  EventLoop& loop_;
  DataplaneClient& dataplane_;
  policy::RuleKeeper& keeper_;
  RuleRelayOptions options_;
  std::function<void()> idle_;
  policy::RuleImages taken_ = {};      // by this connection's data plane; null: not yet
  std::uint64_t refused_version_ = 0;  // of images; it would refuse them again
  std::uint64_t last_number_ = 0;      // the highest ever given
  std::uint64_t taken_number_ = 0;     // 0: none yet
  std::int64_t taken_at_ = 0;
  bool pushing_ = false;
  std::string error_;  // why the last push failed; empty if it did not
  EventLoop::TimerId timer_ = 0;
};

}  // namespace stirline::control
