// What this machine's clock says, and what the kernel says about it.
#pragma once

#include <chrono>
#include <cstdint>

namespace stirline::control {

struct ClockReading {
  std::chrono::milliseconds wall{0};    // since 1970
  std::chrono::milliseconds steady{0};  // by a clock that nobody can set and that goes on while the machine sleeps
  bool kernel_known = false;            // the rest was to be had
  bool synchronised = false;            // something disciplines the clock (no STA_UNSYNC)
  // Of what disciplines it. The kernel lets it grow by 500 ppm and calls the clock unsynchronised from 16 s on: more it
  // never says.
  std::chrono::milliseconds largest_error{0};
};

// Reads clocks and adjtimex(2), which without a change to make asks for no privilege.
[[nodiscard]] ClockReading read_clock();

}  // namespace stirline::control
