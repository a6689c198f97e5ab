#include "tests/support/ring_port.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include <rte_errno.h>
#include <rte_eth_ring.h>

#include "tests/support/handover.hpp"

namespace stirline::test {

rte_ring* RingPort::make_ring(const std::string& name, unsigned packets) {
  rte_ring* ring = rte_ring_create(name.c_str(), packets, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
  if (ring == nullptr) {
    throw std::runtime_error("ring " + name + ": " + rte_strerror(rte_errno));
  }
  return ring;
}

RingPort::RingPort(const std::string& name, unsigned packets)
    : RingPort(name, make_ring(name + "_into", packets), make_ring(name + "_out", packets)) {}

RingPort::RingPort(const std::string& name, rte_ring* receive, rte_ring* transmit)
    : device_("net_ring_" + name), into_(receive), out_of_(transmit) {
  if (rte_eth_from_rings(name.c_str(), &into_, 1, &out_of_, 1, 0) < 0) {
    throw std::runtime_error("port " + name + ": " + rte_strerror(rte_errno));
  }
}

bool RingPort::put(rte_mempool* pool, std::span<const std::uint8_t> frame) {
  rte_mbuf* packet = rte_pktmbuf_alloc(pool);
  if (packet == nullptr) {
    return false;
  }
  char* room = rte_pktmbuf_append(packet, static_cast<std::uint16_t>(frame.size()));
  if (room != nullptr) {
    std::memcpy(room, frame.data(), frame.size());
    hand_over(packet);
    if (rte_ring_sp_enqueue(into_, packet) == 0) {
      ++puts_;
      return true;
    }
  }
  rte_pktmbuf_free(packet);
  return false;
}

std::vector<std::uint8_t> RingPort::get() const {
  void* taken = nullptr;
  if (rte_ring_sc_dequeue(out_of_, &taken) != 0) {
    return {};
  }
  take_over(taken);
  auto* packet = static_cast<rte_mbuf*>(taken);
  const auto* octets = rte_pktmbuf_mtod(packet, const std::uint8_t*);
  std::vector<std::uint8_t> frame(octets, octets + rte_pktmbuf_data_len(packet));
  rte_pktmbuf_free(packet);
  return frame;
}

std::size_t RingPort::discard() const {
  std::array<void*, 64> taken{};
  std::size_t total = 0;
  while (const unsigned count = rte_ring_sc_dequeue_burst(out_of_, taken.data(), taken.size(), nullptr)) {
    for (unsigned i = 0; i < count; ++i) {
      take_over(taken[i]);
    }
    rte_pktmbuf_free_bulk(reinterpret_cast<rte_mbuf**>(taken.data()), count);
    total += count;
  }
  return total;
}

}  // namespace stirline::test
