// Gathers packets per port and gives them to the devices in bursts. Thread: one poll core, owner of transmit queue 0 of
// its ports.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <rte_mbuf.h>

#include "dataplane/counters.hpp"

namespace stirline::dataplane {

// A port as a poll core sees it: ports 2n and 2n+1 of a core are the two ends (side a, side b) of its n-th pair.
struct PollPort {
  std::uint16_t device = 0;  // DPDK's number
  std::uint16_t mtu = 1'500;
  std::uint16_t pair = 0;  // index of the pair in the configuration
};

[[nodiscard]] inline std::uint16_t other_side(std::uint16_t port) {
  return port ^ 1U;
}

class Transmitter {
 public:
  Transmitter(std::span<const PollPort> ports, Counters& counters);
  ~Transmitter();  // frees what was not flushed
  Transmitter(const Transmitter&) = delete;
  Transmitter& operator=(const Transmitter&) = delete;

  void send(std::uint16_t port, rte_mbuf* packet);  // takes the packet
  void flush();

 private:
  static constexpr std::uint16_t kBurst = 64;
  static constexpr int kRetries = 8;  // a full queue gets this many more chances, then packets are dropped and counted

  struct Queue {
    std::uint16_t device = 0;
    std::uint16_t count = 0;
    std::array<rte_mbuf*, kBurst> packets{};
  };
  void flush(Queue& queue);

  std::vector<Queue> queues_;
  Counters& counters_;
};

}  // namespace stirline::dataplane
