// The picture of `stirline top`: a pure function of figures, of what they were before, and of the size of the screen.
// One thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "control/top/figures.hpp"
#include "control/top/frame.hpp"

namespace stirline::control::top {

// What sparklines show: the newest value last.
struct Trends {
  static constexpr std::size_t kMost = 240;

  void add(const Figures& figures);

  std::vector<double> calls;                       // a second
  std::vector<double> packets;                     // likewise
  std::map<std::string, std::vector<double>> p99;  // by path, nanoseconds
};

// No line is wider and there are no more of them than `size` says. On small screens what stands further below goes
// first; the tables stand beside each other.
[[nodiscard]] Frame draw(const Figures& figures, const Trends& trends, Size size);

// 1,234,567 → "1.23M", in at most 5 columns; a rate below 100 with one digit behind the point.
[[nodiscard]] std::string short_number(double value);
// 1,234 → "1.23 µs".
[[nodiscard]] std::string short_time(std::uint64_t ns);

}  // namespace stirline::control::top
