#include "dataplane/packet/writer.hpp"

#include <algorithm>

#include "dataplane/packet/header_plan.hpp"
#include "dataplane/packet/mbuf.hpp"
#include "dataplane/packet/octets.hpp"

namespace stirline::dataplane {
namespace {

constexpr std::size_t kMaxIpOctets = 65'535;

// How the octets of the datagram are shared out among packets.
struct Layout {
  std::size_t packets = 0;
  std::size_t first = 0;  // octets of data in the first
  std::size_t later = 0;  // in each further one but the last
  std::size_t total = 0;

  [[nodiscard]] std::size_t offset(std::size_t packet) const { return packet == 0 ? 0 : first + (packet - 1) * later; }
  [[nodiscard]] std::size_t length(std::size_t packet) const {
    return std::min(packet == 0 ? first : later, total - offset(packet));
  }
};

std::size_t whole_eights(std::size_t room, std::size_t headers) {
  return room > headers ? (room - headers) / 8 * 8 : 0;
}

// `room`: octets of IP packet. No packets if not even 8 octets of data fit behind the headers.
Layout lay_out(const HeaderPlan& plan, std::size_t total, std::size_t room) {
  if (plan.whole_octets() + total <= room) {
    return {.packets = 1, .first = total, .later = 0, .total = total};
  }
  const std::size_t first = whole_eights(room, plan.first_octets());
  const std::size_t later = whole_eights(room, plan.later_octets());
  if (first == 0 || later == 0) {
    return {};
  }
  return {.packets = 1 + (total - first + later - 1) / later, .first = first, .later = later, .total = total};
}

std::size_t room_for_ip(rte_mempool* pool, std::size_t link_octets, std::uint16_t mtu) {
  const std::size_t reserved = RTE_PKTMBUF_HEADROOM + link_octets;
  const std::size_t buffer = rte_pktmbuf_data_room_size(pool);
  return std::min<std::size_t>(mtu, buffer > reserved ? buffer - reserved : 0);
}

void write_headers(const HeaderPlan& plan, const Layout& layout, std::uint32_t identification,
                   std::span<rte_mbuf* const> packets) {
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const std::size_t data = layout.length(i);
    const bool alone = packets.size() == 1;
    const std::size_t headers = alone ? plan.whole_octets() : i == 0 ? plan.first_octets() : plan.later_octets();
    const std::size_t octets = plan.link_octets() + headers + data;
    packets[i]->data_len = static_cast<std::uint16_t>(octets);
    packets[i]->pkt_len = static_cast<std::uint32_t>(octets);
    std::uint8_t* frame = octets_of(packets[i]).data();
    if (alone) {
      plan.write_whole(frame, data);
    } else {
      plan.write_fragment(frame, data, layout.offset(i), i + 1 < packets.size(), identification);
    }
  }
}

// Fills the data of the packets one after the other, and sums it on the way.
class DataCursor {
 public:
  // `sum`: what enters the checksum in front of the data.
  DataCursor(const Layout& layout, std::span<rte_mbuf* const> packets, const InternetSum& sum)
      : layout_(layout), packets_(packets), sum_(sum) {}

  void append(std::span<const std::uint8_t> octets) {
    sum_.add(octets);
    while (!octets.empty()) {
      if (room_.empty()) {
        room_ = octets_of(packets_[next_]).last(layout_.length(next_));
        ++next_;
      }
      const std::size_t part = std::min(octets.size(), room_.size());
      std::ranges::copy(octets.first(part), room_.begin());
      room_ = room_.subspan(part);
      octets = octets.subspan(part);
    }
  }

  void append(std::string_view text) {
    append(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }

  [[nodiscard]] const InternetSum& sum() const { return sum_; }

 private:
  const Layout& layout_;
  std::span<rte_mbuf* const> packets_;
  std::span<std::uint8_t> room_;
  std::size_t next_ = 0;
  InternetSum sum_;
};

}  // namespace

WriteResult write_datagram(const DatagramSource& source, const sip::EditList& edits, std::uint16_t mtu,
                           std::uint32_t identification, rte_mempool* pool, std::span<rte_mbuf*> out) {
  const HeaderPlan plan(source.first_frame, source.frame);
  const std::size_t udp_length = kUdpHeaderOctets + edits.result_size(source.payload.size());
  if (plan.whole_octets() + udp_length > kMaxIpOctets) {
    return {.packets = 0, .error = WriteError::too_long};
  }
  const Layout layout = lay_out(plan, udp_length, room_for_ip(pool, plan.link_octets(), mtu));
  if (layout.packets == 0) {
    return {.packets = 0, .error = WriteError::mtu_too_small};
  }
  if (layout.packets > out.size()) {
    return {.packets = 0, .error = WriteError::too_long};
  }
  const auto packets = out.first(layout.packets);
  if (rte_pktmbuf_alloc_bulk(pool, packets.data(), static_cast<unsigned>(packets.size())) != 0) {
    return {.packets = 0, .error = WriteError::no_buffers};
  }
  write_headers(plan, layout, identification, packets);

  std::array<std::uint8_t, kUdpHeaderOctets> udp{};
  std::ranges::copy(source.udp_header.first(kUdpHeaderOctets), udp.begin());
  const bool without_checksum = !source.frame.ipv6 && load_be16(&udp[6]) == 0;
  store_be16(&udp[4], static_cast<std::uint32_t>(udp_length));
  store_be16(&udp[6], 0);

  InternetSum pseudo_header;
  pseudo_header.add_udp_pseudo_header(source.frame.source, source.frame.destination, udp_length);
  DataCursor cursor(layout, packets, pseudo_header);
  cursor.append(udp);
  edits.for_each_piece(source.payload, [&](std::string_view piece) { cursor.append(piece); });
  if (!without_checksum) {
    std::uint8_t* checksum = octets_of(packets.front()).last(layout.length(0)).data() + 6;
    cursor.sum().store(checksum);
    if (load_be16(checksum) == 0) {
      store_be16(checksum, 0xFFFF);  // zero would mean "none" (RFC 768), and IPv6 forbids it (RFC 8200 8.1)
    }
  }
  return {.packets = static_cast<std::uint16_t>(packets.size())};
}

}  // namespace stirline::dataplane
