#include "dataplane/packet/reassembly.hpp"

#include <algorithm>
#include <cstring>

#include <rte_jhash.h>

#include "dataplane/packet/mbuf.hpp"
#include "dataplane/packet/numa_array.hpp"
#include "dataplane/packet/slot_index.hpp"

namespace stirline::dataplane {
namespace {

constexpr std::uint32_t kMaxIpOctets = 65'535;

// What belongs to one datagram (RFC 791 3.2, RFC 8200 4.5), within one port and one VLAN.
struct Key {
  config::IpAddress source;
  config::IpAddress destination;
  std::uint32_t id = 0;
  std::uint16_t port = 0;
  std::uint8_t vlan_tags = 0;
  std::array<std::uint16_t, kMaxVlanTags> vlans{};
  friend bool operator==(const Key&, const Key&) = default;
};

struct HashWords {
  std::array<std::uint32_t, 12> words{};
  std::uint32_t count = 0;

  void add(std::uint32_t word) { words[count++] = word; }
  void add(const config::IpAddress& address) {
    const std::size_t octets = address.family == config::IpAddress::Family::v6 ? 16 : 4;
    std::memcpy(&words[count], address.octets.data(), octets);
    count += static_cast<std::uint32_t>(octets / 4);
  }
  [[nodiscard]] std::uint32_t hash(std::uint32_t seed) const { return rte_jhash_32b(words.data(), count, seed); }
};

struct Piece {
  std::uint32_t begin = 0;  // in the datagram's payload
  std::uint32_t end = 0;
  std::uint16_t data_offset = 0;  // in the frame
  bool last = false;
};

struct Datagram {
  Key key;
  std::uint64_t born = 0;  // cycles
  std::uint32_t source = kNoSlot;
  std::uint32_t older = kNoSlot;
  std::uint32_t younger = kNoSlot;
  std::uint32_t total = 0;    // octets of payload; 0 until the last fragment has come
  std::uint32_t covered = 0;  // octets that have come, duplicates not counted
  std::uint16_t count = 0;
  std::array<Piece, kMaxFragments> pieces{};
  std::array<rte_mbuf*, kMaxFragments> packets{};
};

struct Source {
  config::IpAddress address;
  std::uint32_t datagrams = 0;
};

enum class Fit : std::uint8_t { fresh, duplicate, contradicts };

bool same_data(const Piece& held, const rte_mbuf* held_packet, const Piece& piece, const rte_mbuf* packet) {
  const std::size_t length = piece.end - piece.begin;
  return std::ranges::equal(octets_of(held_packet).subspan(held.data_offset, length),
                            octets_of(packet).subspan(piece.data_offset, length));
}

// RFC 5722, RFC 8200 4.5: no octet may come twice, except in an exact copy of a fragment.
Fit fit(const Datagram& datagram, const Piece& piece, const rte_mbuf* packet) {
  const bool beyond = datagram.total != 0 && piece.end > datagram.total;
  const bool other_end = datagram.total != 0 && piece.last && piece.end != datagram.total;
  if (beyond || other_end) {
    return Fit::contradicts;
  }
  for (std::size_t i = 0; i < datagram.count; ++i) {
    const Piece& held = datagram.pieces[i];
    if (held.begin == piece.begin && held.end == piece.end) {
      return held.last == piece.last && same_data(held, datagram.packets[i], piece, packet) ? Fit::duplicate
                                                                                            : Fit::contradicts;
    }
    const bool overlaps = held.begin < piece.end && piece.begin < held.end;
    const bool behind_the_end = piece.last && held.end > piece.end;
    if (overlaps || behind_the_end) {
      return Fit::contradicts;
    }
  }
  return Fit::fresh;
}

// Octets that the IP packet would have around `payload_end` octets of datagram.
std::uint32_t ip_octets(const Frame& frame, std::uint32_t payload_end) {
  const std::uint32_t extensions = frame.ipv6 ? std::uint32_t{frame.fragment_header_offset} - frame.ip_offset - 40 : 0;
  return (frame.ipv6 ? extensions : frame.ip_header_length) + payload_end;  // an IPv6 length counts no fixed header
}

void set_single(rte_mbuf* packet, FragmentSet& set) {
  set.packets[0] = packet;
  set.count = 1;
  set.port = packet->port;
  set.payload_length = 0;
}

}  // namespace

struct Reassembler::Impl {
  Impl(const ReassemblyLimits& wanted, int socket)
      : limits(wanted),
        datagrams(wanted.datagrams, socket),
        datagram_index(wanted.datagrams, socket),
        sources(wanted.datagrams, socket),
        source_index(wanted.datagrams, socket) {}

  [[nodiscard]] Key key_of(const rte_mbuf* packet, const Frame& frame) const {
    return {frame.source, frame.destination, frame.fragment_id, packet->port, frame.vlan_tags, frame.vlans};
  }

  [[nodiscard]] std::uint32_t hash_of(const Key& key) const {
    HashWords words;
    words.add(key.source);
    words.add(key.destination);
    words.add(key.id);
    words.add((std::uint32_t{key.port} << 16) | (std::uint32_t{key.vlan_tags} << 14) | key.vlans[0]);
    words.add((std::uint32_t{key.vlans[1]} << 16) | key.vlans[2]);
    return words.hash(limits.hash_seed);
  }

  [[nodiscard]] std::uint32_t hash_of(const config::IpAddress& source) const {
    HashWords words;
    words.add(source);
    return words.hash(limits.hash_seed);
  }

  // A new datagram, the youngest; kNoSlot and the reason in `event` if a limit stands against it.
  std::uint32_t open(const Key& key, std::uint32_t hash, std::uint64_t now, ReassemblyEvent& event) {
    if (datagram_index.taken() == limits.datagrams) {
      event = ReassemblyEvent::table_full;
      return kNoSlot;
    }
    const std::uint32_t source_hash = hash_of(key.source);
    std::uint32_t source = source_index.find(
        source_hash, [&](std::uint32_t candidate) { return sources[candidate].address == key.source; });
    if (source != kNoSlot && sources[source].datagrams >= limits.datagrams_per_source) {
      event = ReassemblyEvent::source_full;
      return kNoSlot;
    }
    if (source == kNoSlot) {
      source = source_index.take(source_hash);  // never full: there are no more sources than datagrams
      sources[source] = {.address = key.source, .datagrams = 0};
    }
    ++sources[source].datagrams;

    const std::uint32_t slot = datagram_index.take(hash);
    Datagram& datagram = datagrams[slot];
    datagram.key = key;
    datagram.born = now;
    datagram.source = source;
    datagram.total = 0;
    datagram.covered = 0;
    datagram.count = 0;
    datagram.older = youngest;
    datagram.younger = kNoSlot;
    (youngest == kNoSlot ? oldest : datagrams[youngest].younger) = slot;
    youngest = slot;
    return slot;
  }

  // Hands the datagram's packets over and frees its slot.
  void close(std::uint32_t slot, FragmentSet& set) {
    Datagram& datagram = datagrams[slot];
    std::copy_n(datagram.packets.begin(), datagram.count, set.packets.begin());
    set.count = datagram.count;
    set.port = datagram.key.port;
    set.payload_length = datagram.total;
    held -= datagram.count;
    (datagram.older == kNoSlot ? oldest : datagrams[datagram.older].younger) = datagram.younger;
    (datagram.younger == kNoSlot ? youngest : datagrams[datagram.younger].older) = datagram.older;
    if (--sources[datagram.source].datagrams == 0) {
      source_index.give_back(datagram.source);
    }
    datagram_index.give_back(slot);
  }

  ReassemblyLimits limits;
  NumaArray<Datagram> datagrams;
  SlotIndex datagram_index;
  NumaArray<Source> sources;
  SlotIndex source_index;
  std::uint32_t oldest = kNoSlot;
  std::uint32_t youngest = kNoSlot;
  std::uint32_t held = 0;
};

Reassembler::Reassembler(const ReassemblyLimits& limits, int socket) : impl_(std::make_unique<Impl>(limits, socket)) {}

Reassembler::~Reassembler() {
  for (std::uint32_t slot = impl_->oldest; slot != kNoSlot; slot = impl_->datagrams[slot].younger) {
    Datagram& datagram = impl_->datagrams[slot];
    rte_pktmbuf_free_bulk(datagram.packets.data(), datagram.count);
  }
}

ReassemblyEvent Reassembler::add(rte_mbuf* packet, const Frame& frame, std::uint64_t now_cycles, FragmentSet& set) {
  const Piece piece{.begin = frame.fragment_offset,
                    .end = std::uint32_t{frame.fragment_offset} + frame.payload_length,
                    .data_offset = frame.payload_offset,
                    .last = !frame.more_fragments};
  if (piece.begin == 0 && piece.last) {  // atomic, and nothing to do with others of the same key (RFC 6946 4)
    set_single(packet, set);
    set.payload_length = piece.end;
    return ReassemblyEvent::complete;
  }

  Impl& impl = *impl_;
  const Key key = impl.key_of(packet, frame);
  const std::uint32_t hash = impl.hash_of(key);
  std::uint32_t slot =
      impl.datagram_index.find(hash, [&](std::uint32_t candidate) { return impl.datagrams[candidate].key == key; });
  const bool too_long = ip_octets(frame, piece.end) > kMaxIpOctets;
  if (slot == kNoSlot) {
    ReassemblyEvent event = ReassemblyEvent::too_many;
    if (!too_long) {
      slot = impl.open(key, hash, now_cycles, event);
    }
    if (slot == kNoSlot) {
      set_single(packet, set);
      return event;
    }
  }

  Datagram& datagram = impl.datagrams[slot];
  const Fit how = fit(datagram, piece, packet);
  datagram.pieces[datagram.count] = piece;
  datagram.packets[datagram.count] = packet;
  ++datagram.count;
  ++impl.held;
  if (too_long || how == Fit::contradicts) {
    impl.close(slot, set);
    return too_long ? ReassemblyEvent::too_many : ReassemblyEvent::overlap;
  }
  if (how == Fit::fresh) {
    datagram.covered += piece.end - piece.begin;
    datagram.total = piece.last ? piece.end : datagram.total;
  }
  if (datagram.total != 0 && datagram.covered == datagram.total) {
    impl.close(slot, set);
    return ReassemblyEvent::complete;
  }
  if (datagram.count == kMaxFragments) {
    impl.close(slot, set);
    return ReassemblyEvent::too_many;
  }
  return ReassemblyEvent::held;
}

bool Reassembler::expire(std::uint64_t now_cycles, FragmentSet& set) {
  const std::uint32_t slot = impl_->oldest;
  if (slot == kNoSlot || now_cycles - impl_->datagrams[slot].born < impl_->limits.timeout_cycles) {
    return false;
  }
  impl_->close(slot, set);
  return true;
}

std::uint32_t Reassembler::datagrams() const {
  return impl_->datagram_index.taken();
}
std::uint32_t Reassembler::packets() const {
  return impl_->held;
}

std::uint64_t Reassembler::oldest_at() const {
  return impl_->oldest == kNoSlot ? 0 : impl_->datagrams[impl_->oldest].born;
}

std::size_t gather(const FragmentSet& set, std::span<std::uint8_t> out) {
  if (set.payload_length > out.size()) {
    return 0;
  }
  for (std::size_t i = 0; i < set.count; ++i) {
    const auto octets = octets_of(set.packets[i]);
    const Frame frame = read_frame(octets);
    const bool fits = std::size_t{frame.fragment_offset} + frame.payload_length <= set.payload_length;
    if (frame.kind != FrameKind::udp_fragment || !fits) {
      return 0;
    }
    std::ranges::copy(octets.subspan(frame.payload_offset, frame.payload_length), out.begin() + frame.fragment_offset);
  }
  return set.payload_length;
}

}  // namespace stirline::dataplane
