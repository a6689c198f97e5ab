#include "dataplane/poll/transmitter.hpp"

#include <rte_ethdev.h>
#include <rte_pause.h>

namespace stirline::dataplane {

Transmitter::Transmitter(std::span<const PollPort> ports, Counters& counters) : counters_(counters) {
  for (const PollPort& port : ports) {
    queues_.push_back({.device = port.device});
  }
}

Transmitter::~Transmitter() {
  for (Queue& queue : queues_) {
    rte_pktmbuf_free_bulk(queue.packets.data(), queue.count);
  }
}

void Transmitter::send(std::uint16_t port, rte_mbuf* packet) {
  Queue& queue = queues_[port];
  queue.packets[queue.count++] = packet;
  if (queue.count == kBurst) {
    flush(queue);
  }
}

void Transmitter::flush() {
  for (Queue& queue : queues_) {
    if (queue.count != 0) {
      flush(queue);
    }
  }
}

void Transmitter::flush(Queue& queue) {
  std::uint16_t sent = 0;
  for (int attempt = 0; sent < queue.count && attempt <= kRetries; ++attempt) {
    if (attempt != 0) {
      rte_pause();
    }
    sent = static_cast<std::uint16_t>(
        sent + rte_eth_tx_burst(queue.device, 0, &queue.packets[sent], static_cast<std::uint16_t>(queue.count - sent)));
  }
  counters_.add(Counter::transmitted, sent);
  if (sent < queue.count) {
    counters_.add(Counter::dropped_transmit_full, static_cast<std::uint64_t>(queue.count - sent));
    rte_pktmbuf_free_bulk(&queue.packets[sent], static_cast<unsigned>(queue.count - sent));
  }
  queue.count = 0;
}

}  // namespace stirline::dataplane
