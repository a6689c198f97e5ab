#include "dataplane/poll/poll_context.hpp"

#include <utility>

#include <rte_cycles.h>

namespace stirline::dataplane {

PollContext::PollContext(unsigned reader_id, std::vector<PollPort> poll_ports, rte_mempool* packet_pool,
                         const config::DataplaneConfig& configuration, Publication& tables, const Clock& wall_clock)
    : reader(reader_id),
      ports(std::move(poll_ports)),
      pool(packet_pool),
      config(configuration),
      publication(tables),
      clock(wall_clock),
      delays(rte_get_tsc_hz()),
      transmitter(ports, counters),
      store(configuration.limits.parked, configuration.limits.large_buffers) {}

void PollContext::forward(const FragmentSet& packets, std::uint16_t out_port) {
  for (std::uint16_t i = 0; i < packets.count; ++i) {
    transmitter.send(out_port, packets.packets[i]);
  }
}

void PollContext::free(const FragmentSet& packets) {
  for (std::uint16_t i = 0; i < packets.count; ++i) {
    rte_pktmbuf_free(packets.packets[i]);
  }
}

void PollContext::forward_or_drop(const FragmentSet& packets, std::uint16_t out_port, config::OnBad choice,
                                  Counter drop) {
  if (choice == config::OnBad::forward) {
    forward(packets, out_port);
    return;
  }
  counters.add(drop, packets.count);
  free(packets);
}

void PollContext::release(Datagram& datagram) {
  if (!datagram.gathered.empty()) {
    store.give_back(datagram.gathered);
    datagram.gathered = {};
  }
}

}  // namespace stirline::dataplane
