#include "dataplane/clock.hpp"

#include <chrono>
#include <ctime>

namespace stirline::dataplane {

std::int64_t SystemClock::now() const {
  return std::time(nullptr);
}

std::int64_t SystemClock::now_ns() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
}

}  // namespace stirline::dataplane
