// A PacketSpec as lines `key = value` and one block for the payload. Only what differs from the defaults is written.
//
//   mac = 02:00:00:00:00:0a > 02:00:00:00:00:0b
//   vlan = 88a8:5                        once per tag, outer first; `vlan = 7` is 8100:7; the number is the whole tag
//   ethertype = 0806                     no IP: the payload follows
//   ip = 192.0.2.10 > 198.51.100.20      the family follows from the addresses
//   class = 104, flow = 703710, ttl = 61, id = 7
//   flags = df rf                        IPv4: don't fragment, the reserved flag
//   more = yes, offset = 1480            fragments; the offset in octets
//   fragment_header = yes                IPv6: a fragment header even so
//   options = 94040000                   IPv4 options, hex
//   extension = 60:000000000000          IPv6 extension header: type and what follows its length, hex
//   protocol = 6                         and no UDP header
//   ip_length = 900                      a length that lies
//   ip_checksum = bad                    bad, zero or four hex digits
//   udp = 5060 > 5060                    ports; `udp = none`: the payload follows IP directly
//   udp_length = 7
//   udp_checksum = zero                  bad, zero or four hex digits
//   truncate = 60, pad = 13
//   sip <<END ... END                    the payload as text (text_block.hpp), or hex <<END ... END
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/packet_spec.hpp"

namespace stirline::golden {

// Sets the field that `key` names. False if there is no such key; throws std::invalid_argument if the value is wrong.
[[nodiscard]] bool set_field(PacketSpec& spec, std::string_view key, const std::string& value);

[[nodiscard]] std::vector<std::string> lines_of(const PacketSpec& spec);

// The block of a payload; empty if there is none.
[[nodiscard]] std::vector<std::string> payload_lines(const std::string& payload);

}  // namespace stirline::golden
