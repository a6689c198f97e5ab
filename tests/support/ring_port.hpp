// An Ethernet port made of two in-memory rings: the test is the network at its other end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>

namespace stirline::test {

class RingPort {
 public:
  // `name` must be unique in the process. Each ring holds `packets` (a power of two) less one.
  RingPort(const std::string& name, unsigned packets);
  // A port that receives from `receive` and transmits into `transmit`: two ports can be closed to a loop.
  RingPort(const std::string& name, rte_ring* receive, rte_ring* transmit);

  [[nodiscard]] const std::string& device() const { return device_; }  // as EAL knows it
  [[nodiscard]] rte_ring* into() const { return into_; }               // what the test puts here the appliance receives
  [[nodiscard]] rte_ring* out_of() const { return out_of_; }           // what the appliance transmits

  // Gives a copy of `frame` to the appliance; false if ring or pool are full.
  [[nodiscard]] bool put(rte_mempool* pool, std::span<const std::uint8_t> frame);
  [[nodiscard]] std::uint64_t puts() const { return puts_; }  // how often that went well
  // Takes the next transmitted frame; empty if there is none.
  [[nodiscard]] std::vector<std::uint8_t> get() const;

  // Takes and forgets what has been transmitted; returns how many frames that were.
  std::size_t discard() const;

  [[nodiscard]] static rte_ring* make_ring(const std::string& name, unsigned packets);

 private:
  std::string device_;
  rte_ring* into_ = nullptr;
  rte_ring* out_of_ = nullptr;
  std::uint64_t puts_ = 0;
};

}  // namespace stirline::test
