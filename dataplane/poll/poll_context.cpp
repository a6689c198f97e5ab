#include "dataplane/poll/poll_context.hpp"

#include <utility>

#include <rte_cycles.h>

namespace stirline::dataplane {
namespace {

std::vector<std::string> names_of(std::span<const PollPort> ports, const config::DataplaneConfig& config) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const config::PairConfig& pair = config.pairs[ports[i].pair];
    names.push_back(i % 2 == 0 ? pair.a : pair.b);
  }
  return names;
}

}  // namespace

PollContext::PollContext(unsigned reader_id, std::vector<PollPort> poll_ports, rte_mempool* packet_pool,
                         const config::DataplaneConfig& configuration, Publication& tables, const Clock& wall_clock,
                         const WatchBoard& watch_board)
    : reader(reader_id),
      ports(std::move(poll_ports)),
      port_names(names_of(ports, configuration)),
      pool(packet_pool),
      config(configuration),
      publication(tables),
      clock(wall_clock),
      delays(rte_get_tsc_hz()),
      transmitter(ports, counters),
      watcher(watch_board, counters, reader_id, port_names, rte_get_tsc_hz()),
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
