// How much a source may begin: a bucket of tokens for each, and one token for each call, message or subscription
// (INL-AV-02). A source is an IPv4 address or an IPv6 /64, on one trunk.
//
// A bucket is one number: until when it owes. A token costs a second divided by the rate; who owes nothing has a full
// bucket, so to forget him gives nothing away. The table is bounded, and who was not heard of for longest makes way. If
// he still owes, the newcomer takes that debt over: nobody comes to fresh tokens by pushing others out, himself
// included, and all sources together never get more than the table's places allow. To push one source out takes a
// message each from as many others as there are places, before its bucket has filled by itself.
//
// Integers of TSC cycles; a token's cost is rounded down, by less than 0.1 % at a million a second. Memory is taken and
// touched at start. Threads: one poll core takes tokens, main takes the tellings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/lockfree/spsc_queue.hpp>

#include "config/ip_prefix.hpp"
#include "config/text_rules.hpp"
#include "dataplane/packet/numa_array.hpp"
#include "dataplane/packet/slot_index.hpp"

namespace stirline::dataplane {

// IPv4: the address. IPv6: its /64, which one subscriber has for himself.
[[nodiscard]] config::IpPrefix source_prefix(const config::IpAddress& address);

// A source that is over its limit, and what it has sent beyond it since it is known.
struct ShedSource {
  config::IpPrefix prefix;
  std::uint64_t shed = 0;  // messages
  std::uint8_t trunk_length = 0;
  std::array<char, config::kMaxNameBytes> trunk_name;

  [[nodiscard]] std::string_view trunk() const { return {trunk_name.data(), trunk_length}; }
};

class SourceLimits {
 public:
  // `sources`: how many are known at one time, at least one; `seed` is random, so that nobody outside can aim at one
  // bucket of the index; `second`: in TSC cycles.
  SourceLimits(std::uint32_t sources, int socket, std::uint32_t seed, std::uint64_t second);

  struct Request {
    const config::IpAddress& source;
    std::string_view trunk;        // its name
    std::uint32_t per_second = 1;  // tokens; at least one
    std::uint32_t burst = 1;       // tokens in a full bucket; at least one
    std::uint64_t now_cycles = 0;
  };
  struct Taken {
    bool over = false;    // there was no token
    bool forgot = false;  // a source made way that still owed
  };
  Taken take(const Request& request);

  // Calls `visit` with a ShedSource for each source that went over its limit: at its 1st, 2nd, 4th, 8th, … message, and
  // once a second. What finds no room is told with a later message.
  template <typename Visit>
  void take_shed(Visit&& visit) {
    queue_.consume_all(visit);
  }

  [[nodiscard]] std::uint32_t used() const { return index_.taken(); }

 private:
  static constexpr std::size_t kQueuePlaces = 1'024;

  struct Name {
    std::uint64_t prefix = 0;  // IPv4: the address
    std::uint64_t trunk = 0;   // hash of its name; the last bit is one for IPv6

    friend bool operator==(const Name&, const Name&) = default;
  };
  struct Source {
    Name name;
    std::uint64_t owes_until = 0;  // TSC cycles; no later than now: the bucket is full
    std::uint64_t told_at = 0;     // likewise
    std::uint64_t shed = 0;
    std::uint32_t older = kNoSlot;  // list by when they were heard of
    std::uint32_t newer = kNoSlot;
  };

  [[nodiscard]] Name name_of(const Request& request) const;
  [[nodiscard]] std::uint32_t hash_of(const Name& name) const;
  [[nodiscard]] std::uint32_t place_for(const Name& name, std::uint64_t now_cycles, bool& forgot);
  void leave_list(std::uint32_t slot);
  void become_newest(std::uint32_t slot);
  void tell(Source& source, const Request& request);

  NumaArray<Source> sources_;
  SlotIndex index_;
  std::uint32_t oldest_ = kNoSlot;
  std::uint32_t newest_ = kNoSlot;
  std::uint32_t seed_;
  std::uint64_t second_;
  boost::lockfree::spsc_queue<ShedSource, boost::lockfree::capacity<kQueuePlaces>> queue_;
};

}  // namespace stirline::dataplane
