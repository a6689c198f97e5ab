// Waiting for a descriptor, at most so long, whatever signals arrive. Internal to config/wire.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <poll.h>

namespace stirline::config::wire {

class Deadline {
 public:
  explicit Deadline(int timeout_ms)
      : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(std::max(timeout_ms, 0))) {}

  [[nodiscard]] int left_ms() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
  }

  // True once `fd` is ready for `events` (or broken); false if that did not happen in time.
  [[nodiscard]] bool wait(int fd, short events) const {
    pollfd entry{.fd = fd, .events = events, .revents = 0};
    for (;;) {
      const int ready = ::poll(&entry, 1, left_ms());
      if (ready > 0) {
        return true;
      }
      if (ready == 0 || errno != EINTR) {
        return false;
      }
    }
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace stirline::config::wire
