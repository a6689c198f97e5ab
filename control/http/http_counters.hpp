// What a small HTTP server counts.
#pragma once

#include <cstdint>

namespace stirline::control {

struct HttpCounters {
  std::uint64_t connections = 0;
  std::uint64_t turned_away = 0;  // more connections than are allowed
  std::uint64_t served = 0;       // 200
  std::uint64_t refused = 0;      // any other status
  std::uint64_t broken = 0;       // no TLS, no HTTP, too large, too slow, or gone
};

}  // namespace stirline::control
