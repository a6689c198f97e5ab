#include "control/clock/clock_watch.hpp"

#include <algorithm>
#include <ranges>
#include <vector>

namespace stirline::control {

using std::chrono::milliseconds;

namespace {

// What the steady clock may drift by itself: PHI of RFC 5905 7.2, 15 ppm.
milliseconds drift(milliseconds age) {
  return age * 15 / 1'000'000;
}

milliseconds middle(std::vector<milliseconds> values) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, half);
  return *half;
}

}  // namespace

milliseconds ClockOffset::distance() const {
  return std::max({milliseconds(0), least, -most});
}

ClockOffset ClockWatch::offset_by(const Evidence& evidence, const ClockReading& reading) {
  const milliseconds apart = reading.wall - reading.steady;
  const milliseconds unsure = drift(reading.steady - evidence.at);
  return {.least = apart - evidence.most - unsure, .most = apart - evidence.least + unsure};
}

void ClockWatch::hear(std::string_view host, std::chrono::seconds date, milliseconds took,
                      const ClockReading& reading) {
  if (!heard_.contains(host) && heard_.size() == kHosts) {
    heard_.erase(std::ranges::min_element(heard_, {}, [](const auto& entry) { return entry.second.at; }));
  }
  // It was written within the second that it names, at any time between the request and the end of the answer.
  heard_.insert_or_assign(std::string(host), Evidence{.least = date - reading.steady,
                                                      .most = date + std::chrono::seconds(1) - reading.steady + took,
                                                      .at = reading.steady});
}

std::optional<ClockOffset> ClockWatch::offset_by_servers() const {
  if (heard_.size() < kQuorum) {
    return std::nullopt;
  }
  std::vector<milliseconds> least;
  std::vector<milliseconds> most;
  for (const Evidence& evidence : std::views::values(heard_)) {
    const ClockOffset one = offset_by(evidence, reading_);
    least.push_back(one.least);
    most.push_back(one.most);
  }
  return ClockOffset{
      .least = middle(std::move(least)), .most = middle(std::move(most)), .by = ClockOffset::By::servers};
}

void ClockWatch::take(const ClockReading& reading) {
  reading_ = reading;
  std::erase_if(heard_, [&](const auto& entry) { return reading.steady - entry.second.at > kMemory; });
  if (!kernel_doubts()) {
    const milliseconds apart = reading.wall - reading.steady;
    synchronised_ =
        Evidence{.least = apart - reading.largest_error, .most = apart + reading.largest_error, .at = reading.steady};
  }
  offset_ = offset_by_servers();
  if (!offset_ && synchronised_) {
    offset_ = offset_by(*synchronised_, reading);
  }
  const milliseconds limit = std::chrono::seconds(limits_.stop_signing_s);
  stopped_ = limit.count() != 0 && offset_ && offset_->distance() >= (stopped_ ? limit / 2 : limit);
}

bool ClockWatch::over_alarm() const {
  return offset_ && offset_->distance() >= alarm();
}

bool ClockWatch::kernel_doubts() const {
  return !reading_.kernel_known || !reading_.synchronised || reading_.largest_error >= alarm();
}

}  // namespace stirline::control
