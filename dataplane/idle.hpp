// What a core does when there is nothing to do (design.md 2): spin on an appliance, sleep a little where cores share
// processors.
#pragma once

#include <cstdint>

#include "config/dataplane_config.hpp"

namespace stirline::dataplane {

class Idler {
 public:
  Idler(config::Idle mode, std::uint32_t max_us) : mode_(mode), max_us_(max_us) {}

  // After every turn of a core's loop. `before` and `after` bracket a sleep: a reader must say that it holds nothing
  // meanwhile.
  template <typename Before, typename After>
  void turn(bool worked, Before&& before, After&& after) {
    if (worked) {
      empty_turns_ = 0;
      sleep_us_ = kFirstSleepUs;
      return;
    }
    if (mode_ == config::Idle::busy || ++empty_turns_ < kTurnsBeforeSleep) {
      pause();
      return;
    }
    before();
    sleep(sleep_us_ < max_us_ ? sleep_us_ : max_us_);
    after();
    sleep_us_ = sleep_us_ < max_us_ ? sleep_us_ * 2 : max_us_;
  }

 private:
  static constexpr std::uint32_t kTurnsBeforeSleep = 64;
  // Linux adds 50 us of timer slack to any sleep, so shorter steps would only be more system calls.
  static constexpr std::uint32_t kFirstSleepUs = 25;

  static void pause();
  static void sleep(std::uint32_t us);

  config::Idle mode_;
  std::uint32_t max_us_;
  std::uint32_t empty_turns_ = 0;
  std::uint32_t sleep_us_ = kFirstSleepUs;
};

}  // namespace stirline::dataplane
