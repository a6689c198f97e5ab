// Writes an edited UDP datagram as one frame, or as IP fragments when it is larger than the MTU (INL-MTU-01 a,
// INL-MTU-03).
//
// Link and IP headers are those of the first frame received, octet for octet, except what must change: lengths,
// checksums, the IPv4 identification and flags of packets that we fragment, the IPv6 Fragment header (INL-UDP-01,
// INL-UDP-03).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "dataplane/packet/frame.hpp"
#include "sip_parser/edit_list.hpp"

namespace stirline::dataplane {

enum class WriteError : std::uint8_t {
  too_long,       // the IP packet would exceed 65,535 octets, or there would be more packets than `out` has places
  no_buffers,     // the pool is empty: nothing was taken from it
  mtu_too_small,  // no room for 8 octets of data behind the headers
};

struct DatagramSource {
  std::span<const std::uint8_t>
      first_frame;                           // headers are taken from here: the frame, or the first fragment (offset 0)
  Frame frame;                               // of first_frame
  std::span<const std::uint8_t> udp_header;  // 8 octets, as received
  std::string_view payload;                  // as received, behind the UDP header
};

struct WriteResult {
  std::uint16_t packets = 0;
  WriteError error = WriteError::too_long;  // if packets is 0
};

// Builds the edited datagram in fresh packets of `pool`, each one segment, and puts them in `out` in order. All or
// nothing. `identification` is used for datagrams that get fragmented and must be fresh each time. `mtu`: octets of IP
// packet; packets are never larger than the room of one buffer either. What had come in fragments and now fits leaves
// whole. IPv6 extension headers stay in front of a Fragment header that we add: every receiver must accept any order
// (RFC 8200 4.1). A UDP checksum of zero on IPv4 stays zero.
[[nodiscard]] WriteResult write_datagram(const DatagramSource& source, const sip::EditList& edits, std::uint16_t mtu,
                                         std::uint32_t identification, rte_mempool* pool, std::span<rte_mbuf*> out);

}  // namespace stirline::dataplane
