// Wall-clock time, injected so that tests decide what time it is.
#pragma once

#include <cstdint>

namespace stirline::dataplane {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::int64_t now() const = 0;  // seconds since 1970; called by poll cores: no system call
  [[nodiscard]] virtual std::int64_t now_ns() const { return now() * 1'000'000'000; }  // as exactly as it is known
};

// The system's clock (read through the vDSO).
class SystemClock : public Clock {
 public:
  [[nodiscard]] std::int64_t now() const override;
  [[nodiscard]] std::int64_t now_ns() const override;
};

}  // namespace stirline::dataplane
