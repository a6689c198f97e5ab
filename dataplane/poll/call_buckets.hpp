// How many calls rules with sp:limit are still good for (SPIT-PL-03): a bucket for each rule, which holds as many calls
// as the rule allows in a second, and fills again in that time.
//
// A bucket is one number: until when it owes (as in source_limits.hpp). 16 octets a rule, four of them in a cache line;
// who has the same key finds its place, and the one that owes least of four gives way: a rule that was forgotten has
// all its calls again. Memory is taken and touched at start. Thread: one poll core; each core counts for itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/packet/numa_array.hpp"

namespace stirline::dataplane {

class CallBuckets {
 public:
  // `rules`: about so many, rounded up to a power of two; `second`: in TSC cycles.
  CallBuckets(std::uint32_t rules, int socket, std::uint64_t second);

  // `key` is a hash nobody outside can aim with, and not 0; `per_second`: at least one.
  [[nodiscard]] bool has_call(std::uint64_t key, std::uint16_t per_second, std::uint64_t now_cycles) const;
  // Takes one that is there. False if for want of room a rule was forgotten that still owed.
  bool take(std::uint64_t key, std::uint16_t per_second, std::uint64_t now_cycles);

 private:
  static constexpr std::size_t kWays = 4;
  struct Bucket {
    std::uint64_t key = 0;
    std::uint64_t owes_until = 0;  // TSC cycles; no later than now: it is full
  };
  struct alignas(64) Set {
    std::array<Bucket, kWays> buckets;
  };
  static_assert(sizeof(Set) == 64);

  [[nodiscard]] std::uint64_t cost(std::uint16_t per_second) const { return second_ / per_second; }
  [[nodiscard]] std::uint64_t owed(const Bucket& bucket, std::uint16_t per_second, std::uint64_t now_cycles) const;
  [[nodiscard]] std::size_t place(std::uint64_t key) const { return (key >> 32) & (sets_.size() - 1); }

  NumaArray<Set> sets_;
  std::uint64_t second_;
};

}  // namespace stirline::dataplane
