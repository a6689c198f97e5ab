#include "config/policy/statistics/open_calls.hpp"

namespace stirline::config::policy {
namespace {

std::size_t place_in(const OpenCallLine& line, std::uint64_t name) {
  std::size_t at = OpenCallLine::kPlaces;
  for (std::size_t i = 0; i < OpenCallLine::kPlaces; ++i) {
    at = line.names[i] == name ? i : at;
  }
  return at;
}

std::size_t oldest(const OpenCallLine& line, std::uint8_t now) {
  std::size_t found = 0;
  for (std::size_t i = 1; i < OpenCallLine::kPlaces; ++i) {
    const auto age = static_cast<std::uint8_t>(now - line.since[i]);
    found = age > static_cast<std::uint8_t>(now - line.since[found]) ? i : found;
  }
  return found;
}

}  // namespace

std::uint32_t OpenCalls::find(std::uint64_t name) const {
  const std::size_t line = line_of(name);
  const std::size_t at = place_in(lines_[line], name);
  return at == OpenCallLine::kPlaces ? kNone : static_cast<std::uint32_t>(line * OpenCallLine::kPlaces + at);
}

std::uint32_t OpenCalls::take(std::uint64_t name, std::uint32_t now) {
  const std::size_t number = line_of(name);
  OpenCallLine& line = lines_[number];
  const auto units = static_cast<std::uint8_t>(now / 8);
  std::size_t at = place_in(line, name);
  if (at == OpenCallLine::kPlaces) {
    at = place_in(line, 0);
  }
  if (at == OpenCallLine::kPlaces) {
    at = oldest(line, units);
    ++forgotten_;
  }
  line.names[at] = name;
  line.since[at] = units;
  const std::size_t place = number * OpenCallLine::kPlaces + at;
  __builtin_prefetch(&calls_[place], 1);
  return static_cast<std::uint32_t>(place);
}

void OpenCalls::forget(std::uint32_t place) {
  lines_[place / OpenCallLine::kPlaces].names[place % OpenCallLine::kPlaces] = 0;
}

}  // namespace stirline::config::policy
