// How full the bounded tables of a poll core are, and how old what is oldest in each: shown by the core turn by turn,
// read by any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::dataplane {

enum class BoundedTable : std::uint8_t {
  parking,
  waiting_calls,
  reassembly,
  signed_requests,
  replay_watch,
  pending_reasons,
  ringing_calls,
  sources,
  large_buffers,
};
inline constexpr std::size_t kBoundedTables = 9;

struct TableFacts {
  std::string_view name;
  std::string_view unit;
  std::string_view help;
};
[[nodiscard]] constexpr TableFacts facts(BoundedTable table) {
  switch (table) {
    case BoundedTable::parking:
      return {"parking", "messages", "messages at crypto cores or waiting for a certificate (limits.parked)"};
    case BoundedTable::waiting_calls:
      return {"waiting_calls", "calls", "of them those that wait for a certificate (limits.waiting)"};
    case BoundedTable::reassembly:
      return {"reassembly", "datagrams", "datagrams whose fragments are not all here (limits.reassemblies)"};
    case BoundedTable::signed_requests:
      return {"signed_requests", "octets", "what signed requests were given, for their copies (limits.signed_kib)"};
    case BoundedTable::replay_watch:
      return {"replay_watch", "tokens",
              "tokens remembered to notice replays (limits.tokens); full is its normal state"};
    case BoundedTable::pending_reasons:
      return {"pending_reasons", "calls", "calls whose answers will say what failed (limits.reasons)"};
    case BoundedTable::ringing_calls:
      return {"ringing_calls", "calls", "calls that are refused politely and not over yet (SPIT-PL-04)"};
    case BoundedTable::sources:
      return {"sources", "sources",
              "sources whose new transactions are limited (limits.sources); full is its normal state"};
    case BoundedTable::large_buffers:
      break;
  }
  return {"large_buffers", "buffers", "buffers for reassembled messages beyond 4 kB (limits.large_buffers)"};
}

class TableFills {
 public:
  // `oldest_at`: when its oldest entry came, in TSC cycles; 0: it is empty, or does not keep the time.
  void show(BoundedTable table, std::uint64_t used, std::uint64_t oldest_at) {
    Fill& fill = fills_[static_cast<std::size_t>(table)];
    fill.used.store(used, std::memory_order_relaxed);
    fill.oldest_at.store(oldest_at, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t used(BoundedTable table) const {
    return fills_[static_cast<std::size_t>(table)].used.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t oldest_at(BoundedTable table) const {
    return fills_[static_cast<std::size_t>(table)].oldest_at.load(std::memory_order_relaxed);
  }

 private:
  struct Fill {
    std::atomic<std::uint64_t> used{0};
    std::atomic<std::uint64_t> oldest_at{0};
  };
  std::array<Fill, kBoundedTables> fills_;
};

}  // namespace stirline::dataplane
