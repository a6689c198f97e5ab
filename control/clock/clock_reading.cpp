#include "control/clock/clock_reading.hpp"

#include <ctime>

#include <sys/timex.h>

namespace stirline::control {

namespace {

std::chrono::milliseconds now_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                               std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace

ClockReading read_clock() {
  ClockReading reading;
  reading.wall = now_of(CLOCK_REALTIME);
  reading.steady = now_of(CLOCK_BOOTTIME);
  timex kernel{};
  reading.kernel_known = ::clock_adjtime(CLOCK_REALTIME, &kernel) >= 0;
  reading.synchronised = reading.kernel_known && (kernel.status & STA_UNSYNC) == 0;
  reading.largest_error =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(kernel.maxerror));
  return reading;
}

}  // namespace stirline::control
