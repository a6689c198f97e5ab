// One frame, described field by field: what the text of a golden case says and what unit tests build their frames from.
// Everything has a default, lengths and checksums come out right unless they are set wrong on purpose. Written without
// the data plane's code, so that one checks the other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::golden {

using Octets = std::vector<std::uint8_t>;

struct VlanTag {
  std::uint16_t type = 0x8100;
  std::uint16_t control = 0;  // priority, drop eligible, identifier
  friend bool operator==(const VlanTag&, const VlanTag&) = default;
};

// An IPv6 extension header; `body`: what follows Next Header and length, 6 octets or 8 n more.
struct ExtensionHeader {
  std::uint8_t type = 60;
  Octets body = Octets(6, 0);
  friend bool operator==(const ExtensionHeader&, const ExtensionHeader&) = default;
};

// A checksum or length that is computed, or wrong on purpose.
struct Computed {
  enum class How : std::uint8_t { right, zero, bad, value };
  How how = How::right;
  std::uint16_t value = 0;
  friend bool operator==(const Computed&, const Computed&) = default;
};

struct PacketSpec {
  std::array<std::uint8_t, 6> mac_source{0x02, 0, 0, 0, 0, 0x0A};
  std::array<std::uint8_t, 6> mac_destination{0x02, 0, 0, 0, 0, 0x0B};
  std::vector<VlanTag> vlans;
  std::optional<std::uint16_t> ether_type;  // set: no IP header, `payload` follows

  std::string source = "192.0.2.10";  // the family follows from these
  std::string destination = "198.51.100.20";
  std::uint8_t traffic_class = 0;  // IPv4: type of service
  std::uint32_t flow_label = 0;    // IPv6
  std::uint8_t ttl = 64;
  std::uint32_t id = 0;
  bool dont_fragment = false;
  bool reserved_flag = false;
  bool more_fragments = false;
  bool fragment_header = false;             // IPv6; implied by an offset or more_fragments
  std::uint16_t fragment_offset = 0;        // octets
  Octets ip_options;                        // IPv4, multiple of 4 octets
  std::vector<ExtensionHeader> extensions;  // IPv6, in front of the Fragment header
  std::uint8_t protocol = 17;
  std::optional<std::uint16_t> ip_length;  // the field of the IP header, if it lies
  Computed ip_checksum;

  bool udp = true;  // a UDP header stands in front of `payload`
  std::uint16_t source_port = 5060;
  std::uint16_t destination_port = 5060;
  std::optional<std::uint16_t> udp_length;  // if it lies
  Computed udp_checksum;

  std::string payload;

  std::optional<std::size_t> truncate;  // the frame ends after so many octets
  std::size_t pad = 0;                  // octets of zero behind the IP packet

  [[nodiscard]] bool ipv6() const { return source.contains(':'); }
  [[nodiscard]] bool is_fragment() const { return fragment_header || more_fragments || fragment_offset != 0; }
  friend bool operator==(const PacketSpec&, const PacketSpec&) = default;
};

// The frame. Addresses that are none throw std::invalid_argument.
[[nodiscard]] Octets build(const PacketSpec& spec);

// The same datagram as IP fragments of `data` octets each (a multiple of 8), in order. Of IPv4 options all are
// repeated.
[[nodiscard]] std::vector<PacketSpec> split(const PacketSpec& spec, std::size_t data);

}  // namespace stirline::golden
