// What became of requests that begin something, for 64*T1 = 32 s: a decision is taken once (INL-TX-09). What went on is
// never answered later, what was answered never goes on, and what could not be decided in time is not decided by a
// copy.
//
// 16 octets a request, four of them in a cache line: who has the same key finds its place, and the oldest of four gives
// way. Memory is taken and touched at start; nothing is ever swept. Thread: one poll core.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "config/tables/answer_policy.hpp"
#include "dataplane/packet/numa_array.hpp"

namespace stirline::dataplane {

struct Decided {
  enum class Course : std::uint8_t {
    forwarded,  // judged, and sent on
    undecided,  // sent on as not validated, or unsigned
    answered,   // here
  };
  Course course = Course::forwarded;
  config::tables::Answer answer = config::tables::Answer::forward;  // course answered
  std::uint16_t detail = 0;  // what makes it the same again: answered, AnswerSender; forwarded, CallLimits

  friend bool operator==(const Decided&, const Decided&) = default;
};

class DecidedRequests {
 public:
  // `requests`: about so many, rounded up to a power of two; `memory_cycles`: how long each is kept, in TSC cycles.
  DecidedRequests(std::uint32_t requests, int socket, std::uint64_t memory_cycles);

  // `key`: NamedRequest::key, with whatever else tells requests apart. Fetches the memory that find() will read.
  void prefetch(std::uint64_t key) const;
  [[nodiscard]] std::optional<Decided> find(std::uint64_t key, std::uint64_t now_cycles) const;

  // The first decision stays. False if for want of room one was forgotten that copies could still come of.
  bool remember(std::uint64_t key, Decided decided, std::uint64_t now_cycles);

  // The final answer to what was told so far that it rings: from now on its copies get this one. The result likewise.
  bool replace(std::uint64_t key, Decided decided, std::uint64_t now_cycles);

 private:
  static constexpr std::size_t kWays = 4;
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t at = 0;  // ticks of 2^kTickBits cycles since start, from 1 on; 0: never used
    Decided decided;
  };
  struct alignas(64) Set {
    std::array<Entry, kWays> entries;
  };
  static_assert(sizeof(Set) == 64);
  static constexpr unsigned kTickBits = 22;  // about a millisecond; 32 bits of them last for months

  [[nodiscard]] std::uint32_t tick(std::uint64_t now_cycles) const;
  [[nodiscard]] bool lives(const Entry& entry, std::uint32_t now) const {
    return entry.at != 0 && now - entry.at <= memory_ticks_;
  }
  [[nodiscard]] std::size_t place(std::uint64_t key) const { return (key >> 32) & (sets_.size() - 1); }

  NumaArray<Set> sets_;
  std::uint32_t memory_ticks_;
};

}  // namespace stirline::dataplane
