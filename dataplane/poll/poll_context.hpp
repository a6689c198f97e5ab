// What the stages of one poll core share: its identity, its memory, its way out. Thread: that poll core.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rte_mempool.h>

#include "config/dataplane_config.hpp"
#include "dataplane/clock.hpp"
#include "dataplane/counters.hpp"
#include "dataplane/packet/reassembly.hpp"
#include "dataplane/poll/delay_meter.hpp"
#include "dataplane/poll/message_store.hpp"
#include "dataplane/poll/parking.hpp"
#include "dataplane/poll/transmitter.hpp"
#include "dataplane/poll/watcher.hpp"
#include "dataplane/state/publication.hpp"

namespace stirline::dataplane {

struct PollContext {
  PollContext(unsigned reader_id, std::vector<PollPort> poll_ports, rte_mempool* packet_pool,
              const config::DataplaneConfig& configuration, Publication& tables, const Clock& wall_clock,
              const WatchBoard& watch_board);

  // Sends packets on as they came, in order of arrival.
  void forward(const FragmentSet& packets, std::uint16_t out_port);
  // Frees packets; the caller counts which kind of drop it is.
  static void free(const FragmentSet& packets);
  // Forwards or drops as configured; `drop` is counted per packet.
  void forward_or_drop(const FragmentSet& packets, std::uint16_t out_port, config::OnBad choice, Counter drop);
  // How many packets reassembly may hold, and how many parked messages: a quarter of the pool each. The other half is
  // for the ports' rings and what is written anew: whoever sends fragments by the thousand must not stop anybody else's
  // packets.
  [[nodiscard]] std::uint32_t packet_share() const { return config.memory.packets / 4; }
  // Gives the datagram's gathered octets back.
  void release(Datagram& datagram);

  unsigned reader;
  std::vector<PollPort> ports;
  std::vector<std::string> port_names;  // by the index of the port
  rte_mempool* pool;
  const config::DataplaneConfig& config;
  Publication& publication;
  const Clock& clock;
  Counters counters;
  DelayMeter delays;
  Transmitter transmitter;
  Watcher watcher;
  MessageStore store;
};

}  // namespace stirline::dataplane
