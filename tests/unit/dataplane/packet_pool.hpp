// A packet pool for one test, and packets made of octets. The pool checks that every packet came back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rte_mbuf.h>

#include "dataplane/packet/mbuf.hpp"

namespace stirline::dataplane::test {

class PacketPool {
 public:
  // `room`: octets of data in one packet.
  explicit PacketPool(unsigned packets = 1'023, std::uint16_t room = 2'048) : size_(packets) {
    static int number = 0;
    pool_ = rte_pktmbuf_pool_create(("test" + std::to_string(number++)).c_str(), packets, 0, 0,
                                    static_cast<std::uint16_t>(room + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);
    if (pool_ == nullptr) {
      ADD_FAILURE() << "no memory for a packet pool";
    }
  }
  ~PacketPool() {
    EXPECT_EQ(rte_mempool_avail_count(pool_), size_) << "packets were lost";
    rte_mempool_free(pool_);
  }
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  [[nodiscard]] rte_mempool* get() const { return pool_; }
  [[nodiscard]] unsigned in_use() const { return rte_mempool_in_use_count(pool_); }

  [[nodiscard]] rte_mbuf* make(std::span<const std::uint8_t> octets, std::uint16_t port = 0) const {
    rte_mbuf* packet = rte_pktmbuf_alloc(pool_);
    if (packet == nullptr || octets.size() > rte_pktmbuf_tailroom(packet)) {
      ADD_FAILURE() << "no room for a test packet";
      std::abort();
    }
    packet->port = port;
    packet->data_len = static_cast<std::uint16_t>(octets.size());
    packet->pkt_len = static_cast<std::uint32_t>(octets.size());
    std::ranges::copy(octets, octets_of(packet).begin());
    return packet;
  }

 private:
  rte_mempool* pool_ = nullptr;
  unsigned size_;
};

inline std::vector<std::uint8_t> copy_of(const rte_mbuf* packet) {
  const auto octets = octets_of(packet);
  return {octets.begin(), octets.end()};
}

}  // namespace stirline::dataplane::test
