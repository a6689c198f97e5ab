// What each way through this core adds to a message's delay: from the moment its packet, of fragments the last one, was
// taken from the port to the moment it was given to one.
//
// It costs no clock of its own per message. Packets have the time at which their burst was taken, read once a burst;
// what is sent is noted, and counted with the time that the core reads anyway when its transmit queues are flushed. So
// a figure is never too short, and too long by no more than a turn. Packets that are not ours count as one sum a burst.
// Thread: one poll core; histograms are read by any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <rte_cycles.h>

#include "dataplane/delay_histogram.hpp"

namespace stirline::dataplane {

enum class DelayPath : std::uint8_t {
  bypassed,   // not ours
  passed,     // a trunk's, sent on without a crypto core
  signing,    // by way of a crypto core that signs
  verifying,  // by way of one that verifies
  waiting,    // likewise, and has waited for a certificate
};
inline constexpr std::size_t kDelayPaths = 5;

struct DelayPathFacts {
  std::string_view name;
  std::string_view unit;
  std::string_view help;
};
[[nodiscard]] constexpr DelayPathFacts facts(DelayPath path) {
  switch (path) {
    case DelayPath::bypassed:
      return {"bypassed", "packets", "packets that are not ours, forwarded at once"};
    case DelayPath::passed:
      return {"passed", "messages", "datagrams of trunks sent on without a crypto core"};
    case DelayPath::signing:
      return {"signing", "calls", "requests given to a crypto core to be signed"};
    case DelayPath::verifying:
      return {"verifying", "calls", "requests given to a crypto core to be verified"};
    case DelayPath::waiting:
      break;
  }
  return {"waiting", "calls", "requests that waited for a certificate"};
}

class DelayMeter {
 public:
  explicit DelayMeter(std::uint64_t tsc_hz) : scale_(tsc_hz) {}

  // A burst was taken from a port; times are in TSC cycles.
  void begin_burst(std::uint64_t now) { arrived_ = now; }
  [[nodiscard]] std::uint64_t arrived() const { return arrived_; }  // of the burst in hand
  void bypass(std::uint32_t packets) { bypassed_ += packets; }      // of it, these went on as none of ours
  // How many did.
  std::uint32_t end_burst() {
    const std::uint32_t bypassed = std::exchange(bypassed_, 0);
    if (bypassed != 0) {
      sent(DelayPath::bypassed, arrived_, bypassed);
    }
    return bypassed;
  }

  // Messages that arrived then are in the transmit queues.
  void sent(DelayPath path, std::uint64_t arrived, std::uint32_t count = 1) {
    if (noted_ == notes_.size()) {
      flushed(rte_rdtsc());  // rather a little too early than not at all
    }
    notes_[noted_++] = {arrived, count, path};
  }

  // The transmit queues have been given to the ports.
  void flushed(std::uint64_t now);

  [[nodiscard]] const DelayHistogram& histogram(DelayPath path) const {
    return histograms_[static_cast<std::size_t>(path)];
  }

 private:
  static constexpr std::size_t kMostNoted = 256;
  struct Note {
    std::uint64_t arrived = 0;
    std::uint32_t count = 0;
    DelayPath path = DelayPath::bypassed;
  };

  CycleScale scale_;
  std::uint64_t arrived_ = 0;
  std::uint32_t bypassed_ = 0;
  std::size_t noted_ = 0;
  std::array<Note, kMostNoted> notes_{};
  std::array<DelayHistogram, kDelayPaths> histograms_;
};

inline void DelayMeter::flushed(std::uint64_t now) {
  for (std::size_t i = 0; i < noted_; ++i) {
    const Note& note = notes_[i];
    const std::uint64_t cycles = now > note.arrived ? now - note.arrived : 0;
    histograms_[static_cast<std::size_t>(note.path)].add(scale_.ns(cycles), note.count);
  }
  noted_ = 0;
}

}  // namespace stirline::dataplane
