#include "dataplane/poll/poll_core.hpp"

#include <utility>

#include <rte_cycles.h>
#include <rte_ethdev.h>

namespace stirline::dataplane {

PollCore::PollCore(unsigned reader, std::vector<PollPort> ports, rte_mempool* pool,
                   const config::DataplaneConfig& config, Publication& publication, const Clock& clock,
                   const WatchBoard& watch_board, std::vector<CryptoLink*> links, const OrigidKey& origid_key)
    : context_(reader, std::move(ports), pool, config, publication, clock, watch_board),
      calls_(context_, std::move(links), origid_key),
      intake_(context_, calls_),
      idler_(config.cores.idle, config.cores.idle_max_us) {}

void PollCore::run(const std::atomic<bool>& stop) {
  Publication& publication = context_.publication;
  const unsigned reader = context_.reader;
  publication.online(reader);
  load_.begin(rte_rdtsc());
  while (!stop.load(std::memory_order_relaxed)) {
    const bool worked = turn();
    publication.quiescent(reader);
    idler_.turn(worked, [&] { publication.offline(reader); }, [&] { publication.online(reader); });
    if (!worked) {
      load_.begin(rte_rdtsc());
    }
  }
  drain();
  publication.offline(reader);
}

void PollCore::drain() {
  const std::uint64_t patience = 2 * context_.config.limits.job_deadline_us * (rte_get_tsc_hz() / 1'000'000);
  const std::uint64_t started = rte_rdtsc();
  while (calls_.parked() != 0 && rte_rdtsc() - started < patience) {
    calls_.resume();
    calls_.give_up_waiting();
    calls_.expire(rte_rdtsc());
    context_.transmitter.flush();
    idler_.turn(false, [] {}, [] {});
  }
  intake_.expire(UINT64_MAX);
  context_.transmitter.flush();
  context_.delays.flushed(rte_rdtsc());
  show(false);
}

bool PollCore::turn() {
  const Live* live = context_.publication.current();
  // What is nearly done goes first: it frees slots and packets for what comes in.
  std::size_t moved = calls_.resume();
  calls_.retry(live);
  for (std::uint16_t port = 0; port < context_.ports.size(); ++port) {
    moved += receive(port, live);
  }
  context_.transmitter.flush();
  const std::uint64_t now = rte_rdtsc();
  context_.delays.flushed(now);
  load_.end_turn(now, moved != 0);
  calls_.expire(now);
  calls_.take_complaints();
  intake_.expire(now);
  context_.transmitter.flush();
  context_.delays.flushed(now);
  show(moved != 0);
  return moved != 0;
}

void PollCore::show(bool moved) {
  parked_.store(calls_.parked(), std::memory_order_relaxed);
  held_.store(calls_.held_packets() + intake_.held_packets(), std::memory_order_relaxed);
  // Now and then under load, and whenever it ends. Rings only then: a look takes their cache lines from the crypto
  // cores.
  const bool now_and_then = moved && ++busy_turns_ % kShowEvery == 0;
  if (now_and_then || !moved) {
    calls_.show_fills(fills_);
    intake_.show_fills(fills_);
  }
  if (now_and_then || (!moved && moved_)) {
    calls_.show_queues();
  }
  moved_ = moved;
}

std::size_t PollCore::receive(std::uint16_t port, const Live* live) {
  std::array<rte_mbuf*, kBurst> packets;
  const std::uint16_t count = rte_eth_rx_burst(context_.ports[port].device, 0, packets.data(), kBurst);
  if (count == 0) {
    return 0;
  }
  context_.counters.add(Counter::received, count);
  context_.delays.begin_burst(rte_rdtsc());
  for (std::uint16_t i = 0; i < count; ++i) {
    intake_.receive(port, packets[i], live);
  }
  context_.counters.add(Counter::bypassed, context_.delays.end_burst());
  return count;
}

}  // namespace stirline::dataplane
