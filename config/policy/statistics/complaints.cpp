#include "config/policy/statistics/complaints.hpp"

#include <limits>

namespace stirline::config::policy {
namespace {

// A day's name of something: another one tomorrow, so that what is old falls together with nothing and makes way. Both
// come in with all their bits mixed under a secret.
std::uint64_t of_day(std::uint64_t mixed, std::uint32_t day) {
  std::uint64_t name = mixed ^ day * 0x9E37'79B9'7F4A'7C15;
  name *= 0xD6E8'FEB8'6659'FD93;
  return (name ^ name >> 32) | 1;
}

}  // namespace

Complaints::Place Complaints::find(std::uint64_t name) {
  ComplaintLine& line = lines_[static_cast<std::size_t>((name >> 32) * lines_.size() >> 32)];
  std::size_t at = ComplaintLine::kPlaces;
  for (std::size_t i = 0; i < ComplaintLine::kPlaces; ++i) {
    at = line.names[i] == name ? i : at;
  }
  const bool is_new = at == ComplaintLine::kPlaces;
  if (is_new) {
    at = line.next;
    line.next = static_cast<std::uint8_t>((line.next + 1U) % ComplaintLine::kPlaces);
    line.names[at] = name;
    line.counts[at] = 0;
  }
  return {&line, at, is_new};
}

float Complaints::weigh(std::uint64_t reporter, std::uint64_t caller, std::uint32_t day) {
  if (!find(of_day(reporter ^ (caller << 1 | caller >> 63), day)).is_new) {
    return 0;
  }
  const Place place = find(of_day(reporter, day));
  std::uint8_t& count = place.line->counts[place.at];
  count = count == std::numeric_limits<std::uint8_t>::max() ? count : static_cast<std::uint8_t>(count + 1);
  return 1.0F / static_cast<float>(count);
}

}  // namespace stirline::config::policy
