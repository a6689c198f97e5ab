// So many a second, and as many at once: a bucket of tokens. Time is the caller's; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace stirline::control {

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RateLimit(std::uint32_t per_second, Time now) : per_second_(per_second), tokens_(per_second), filled_at_(now) {}

  // True, and one less is left; false: none is.
  bool take(Time now) {
    fill(now);
    if (tokens_ < 1.0) {
      return false;
    }
    tokens_ -= 1.0;
    return true;
  }

  [[nodiscard]] bool available(Time now) {
    fill(now);
    return tokens_ >= 1.0;
  }

  [[nodiscard]] bool full(Time now) {
    fill(now);
    return tokens_ >= per_second_;
  }

  // Until one is available; 0 if one is.
  [[nodiscard]] std::chrono::milliseconds wait(Time now) {
    fill(now);
    if (tokens_ >= 1.0) {
      return std::chrono::milliseconds(0);
    }
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>((1.0 - tokens_) / per_second_));
  }

 private:
  void fill(Time now) {
    const std::chrono::duration<double> passed = std::max(now - filled_at_, Time::duration::zero());
    tokens_ = std::min(tokens_ + passed.count() * per_second_, per_second_);
    filled_at_ = std::max(now, filled_at_);
  }

  double per_second_;
  double tokens_;
  Time filled_at_;
};

}  // namespace stirline::control
