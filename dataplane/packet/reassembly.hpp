// IP reassembly that never loses the originals (INL-MTU-02): fragments are held as they came, in order of arrival, so
// that a datagram that is not edited leaves exactly as it arrived, and a broken one can be forwarded or dropped as
// configured.
//
// (rte_ip_frag joins fragments in place and frees bad ones: neither can be undone, so it does not fit.)
// Memory: everything allocated at construction. Thread: one poll core. Bounded: datagrams at one time, per source,
// fragments per datagram, octets per datagram, age.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include <rte_mbuf.h>

#include "dataplane/packet/frame.hpp"

namespace stirline::dataplane {

inline constexpr std::size_t kMaxFragments = 64;  // 65,535 octets at an MTU of 1,280 are 53

// The fragments of one datagram, in order of arrival. Whoever receives it owns the packets. Copies carry those that are
// there: mostly one, of room for 64.
struct FragmentSet {
  FragmentSet() = default;
  ~FragmentSet() = default;
  FragmentSet(const FragmentSet& other) { *this = other; }
  FragmentSet& operator=(const FragmentSet& other) {
    if (this != &other) {
      count = other.count;
      port = other.port;
      payload_length = other.payload_length;
      std::copy_n(other.packets.begin(), count, packets.begin());
    }
    return *this;
  }

  std::array<rte_mbuf*, kMaxFragments> packets{};
  std::uint16_t count = 0;
  std::uint16_t port = 0;            // of arrival
  std::uint32_t payload_length = 0;  // complete datagrams: UDP header and data. Others: without meaning
};

enum class ReassemblyEvent : std::uint8_t {
  held,      // kept until more arrives
  complete,  // `set` holds the whole datagram
  overlap,  // fragments overlap or contradict each other (RFC 5722): `set` holds what there was, this fragment included
  too_many,     // more fragments or octets than a datagram may have: likewise
  source_full,  // this source has too many datagrams open: `set` holds this fragment alone
  table_full,   // no place: likewise
  expired,      // not complete in time (from expire())
};

struct ReassemblyLimits {
  std::uint32_t datagrams = 512;
  std::uint32_t datagrams_per_source = 64;
  std::uint64_t timeout_cycles = 0;
  std::uint32_t hash_seed = 0;  // random in production, so that nobody outside can aim at one bucket
};

class Reassembler {
 public:
  Reassembler(const ReassemblyLimits& limits, int socket);
  ~Reassembler();  // frees what is still held
  Reassembler(const Reassembler&) = delete;
  Reassembler& operator=(const Reassembler&) = delete;

  // Takes a packet whose frame is of kind udp_fragment and lies in one segment. After any event but `held` the caller
  // owns `set`. Exact duplicates of a fragment (data too) are held with the rest. After overlap the datagram's later
  // fragments start afresh. A datagram is of one port and one VLAN. The caller looks at the UDP length and checksum of
  // a complete one.
  ReassemblyEvent add(rte_mbuf* packet, const Frame& frame, std::uint64_t now_cycles, FragmentSet& set);

  // Takes out one datagram that is too old; false if there is none. Cheap when nothing has expired.
  [[nodiscard]] bool expire(std::uint64_t now_cycles, FragmentSet& set);

  [[nodiscard]] std::uint32_t datagrams() const;  // open now
  [[nodiscard]] std::uint32_t packets() const;    // held now
  [[nodiscard]] std::uint64_t oldest_at() const;  // when the oldest was opened, in TSC cycles; 0: there is none

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Copies the payload (UDP header and data) of a complete set to `out`; returns its length, or 0 if `out` is too small
// or the packets are no longer what they were.
[[nodiscard]] std::size_t gather(const FragmentSet& set, std::span<std::uint8_t> out);

}  // namespace stirline::dataplane
