#include "dataplane/poll/call_buckets.hpp"

#include <algorithm>
#include <bit>

namespace stirline::dataplane {

CallBuckets::CallBuckets(std::uint32_t rules, int socket, std::uint64_t second)
    : sets_(std::bit_ceil((std::size_t{rules} + kWays - 1) / kWays), socket), second_(second) {}

// A document may have made the bucket smaller since.
std::uint64_t CallBuckets::owed(const Bucket& bucket, std::uint16_t per_second, std::uint64_t now_cycles) const {
  const std::uint64_t most = cost(per_second) * per_second;
  return bucket.owes_until > now_cycles ? std::min(bucket.owes_until - now_cycles, most) : 0;
}

bool CallBuckets::has_call(std::uint64_t key, std::uint16_t per_second, std::uint64_t now_cycles) const {
  const auto& buckets = sets_[place(key)].buckets;
  const auto* const found = std::ranges::find(buckets, key, &Bucket::key);
  return found == buckets.end() ||
         owed(*found, per_second, now_cycles) + cost(per_second) <= cost(per_second) * per_second;
}

bool CallBuckets::take(std::uint64_t key, std::uint16_t per_second, std::uint64_t now_cycles) {
  auto& buckets = sets_[place(key)].buckets;
  auto* found = std::ranges::find(buckets, key, &Bucket::key);
  bool spared = true;
  if (found == buckets.end()) {
    found = std::ranges::min_element(buckets, {}, &Bucket::owes_until);
    spared = found->owes_until <= now_cycles;
    *found = {.key = key, .owes_until = 0};
  }
  found->owes_until = now_cycles + owed(*found, per_second, now_cycles) + cost(per_second);
  return spared;
}

}  // namespace stirline::dataplane
