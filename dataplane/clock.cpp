#include "dataplane/clock.hpp"

#include <ctime>

namespace stirline::dataplane {

std::int64_t SystemClock::now() const {
  return std::time(nullptr);
}

}  // namespace stirline::dataplane
