// Finds slots of a fixed array by hash: buckets with chains of slot numbers, and the list of free slots. The slots
// themselves belong to the caller. No allocation after construction; thread: one.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "dataplane/packet/numa_array.hpp"

namespace stirline::dataplane {

inline constexpr std::uint32_t kNoSlot = 0xFFFF'FFFF;

class SlotIndex {
 public:
  SlotIndex(std::uint32_t slots, int socket)
      : heads_(std::bit_ceil(std::size_t{slots} + 1), socket), links_(slots, socket) {
    for (std::uint32_t& head : heads_.all()) {
      head = kNoSlot;
    }
    for (std::uint32_t slot = slots; slot-- > 0;) {
      links_[slot].next = free_;
      free_ = slot;
    }
  }

  // The slot of this hash for which `is_it(slot)` holds, or kNoSlot.
  template <typename Predicate>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Predicate&& is_it) const {
    std::uint32_t slot = heads_[bucket(hash)];
    while (slot != kNoSlot && !(links_[slot].hash == hash && is_it(slot))) {
      slot = links_[slot].next;
    }
    return slot;
  }

  // Takes a free slot and files it under `hash`; kNoSlot if all are taken.
  [[nodiscard]] std::uint32_t take(std::uint32_t hash) {
    const std::uint32_t slot = free_;
    if (slot != kNoSlot) {
      free_ = links_[slot].next;
      std::uint32_t& head = heads_[bucket(hash)];
      links_[slot] = {.hash = hash, .next = head};
      head = slot;
      ++taken_;
    }
    return slot;
  }

  // `slot` must be taken.
  void give_back(std::uint32_t slot) {
    std::uint32_t* link = &heads_[bucket(links_[slot].hash)];
    while (*link != slot) {
      link = &links_[*link].next;
    }
    *link = links_[slot].next;
    links_[slot].next = free_;
    free_ = slot;
    --taken_;
  }

  [[nodiscard]] std::uint32_t taken() const { return taken_; }

 private:
  struct Link {
    std::uint32_t hash = 0;
    std::uint32_t next = kNoSlot;
  };
  [[nodiscard]] std::size_t bucket(std::uint32_t hash) const { return hash & (heads_.size() - 1); }

  NumaArray<std::uint32_t> heads_;
  NumaArray<Link> links_;
  std::uint32_t free_ = kNoSlot;
  std::uint32_t taken_ = 0;
};

}  // namespace stirline::dataplane
