// Events of watched messages for people and for scripts: each with the time since its message arrived.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "config/wire/watch.hpp"

namespace stirline::control {

// Visible ASCII as it is, all else as \xNN.
[[nodiscard]] std::string visible(std::string_view text);

class TraceView {
 public:
  // One line without its end. What strangers wrote cannot steer a terminal.
  [[nodiscard]] std::string line(const config::wire::WatchEvent& event);
  // The same for scripts; `since_arrival_ns` is missing if the arrival is not known (any more).
  [[nodiscard]] nlohmann::ordered_json json(const config::wire::WatchEvent& event);

 private:
  static constexpr std::size_t kMostMessages = 65'536;  // whose arrival is remembered; the oldest is forgotten
  using Message = std::pair<std::uint16_t, std::uint64_t>;

  // Nanoseconds since it arrived; negative: not known.
  [[nodiscard]] std::int64_t since_arrival(const config::wire::WatchEvent& event);

  std::map<Message, std::uint64_t> arrivals_;
  std::deque<Message> order_;
};

}  // namespace stirline::control
