// Which thread runs on which CPU, and which poll core owns which port pair. Pure data, made from the configuration.
#pragma once

#include <cstdint>
#include <vector>

#include "config/dataplane_config.hpp"

namespace stirline::dataplane {

// EAL numbers its threads: 0 is main, then the poll cores, then the crypto cores.
struct CorePlan {
  struct Poll {
    unsigned lcore = 0;
    std::uint16_t cpu = 0;
    std::vector<std::uint16_t>
        pairs;  // indices of DataplaneConfig::pairs: each pair on one core, so both directions of a flow meet
  };
  struct Crypto {
    unsigned lcore = 0;
    std::uint16_t cpu = 0;
  };
  std::uint16_t main_cpu = 0;
  std::vector<Poll> polls;
  std::vector<Crypto> cryptos;
};

[[nodiscard]] CorePlan plan_cores(const config::DataplaneConfig& config);

}  // namespace stirline::dataplane
