// Hands complaints of called users on to the data plane, which counts them for their callers (SPIT-MK-03).
//
// What the data plane does not take is counted and forgotten: its figures fade within hours, and a complaint that comes
// late is worth nothing. Thread: that of the loop.
#pragma once

#include <chrono>
#include <cstddef>

#include "control/dataplane_client.hpp"
#include "control/event_loop.hpp"
#include "control/feedback/feedback_desk.hpp"

namespace stirline::control {

class FeedbackRelay {
 public:
  // All three outlive it. `look`: how often the desk is asked.
  FeedbackRelay(EventLoop& loop, DataplaneClient& dataplane, FeedbackDesk& desk, std::chrono::milliseconds look);
  ~FeedbackRelay();
  FeedbackRelay(const FeedbackRelay&) = delete;
  FeedbackRelay& operator=(const FeedbackRelay&) = delete;

 private:
  static constexpr std::size_t kMostAtOnce = 50;  // each is at most 584 octets: they fit into one message

  void look();
  void tell();

  EventLoop& loop_;
  DataplaneClient& dataplane_;
  FeedbackDesk& desk_;
  std::chrono::milliseconds pause_;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace stirline::control
