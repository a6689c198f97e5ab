// What `stirline status` shows of an HTTP server, whichever it is.
#pragma once

#include <cstdint>

#include <nlohmann/json.hpp>

#include "control/http/http_counters.hpp"

namespace stirline::control {

[[nodiscard]] inline nlohmann::ordered_json http_status(std::uint16_t port, const HttpCounters& counters) {
  return {{"port", port},
          {"connections", counters.connections},
          {"turned_away", counters.turned_away},
          {"served", counters.served},
          {"refused", counters.refused},
          {"broken", counters.broken}};
}

}  // namespace stirline::control
