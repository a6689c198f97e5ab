// UDP datagrams out of IP packets, joined where they came in fragments (RFC 791, RFC 8200 4.5): an INVITE with a token
// seldom fits into one frame. Every octet may be hostile: bounded in datagrams at a time and in octets of each.
//
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/ip_prefix.hpp"
#include "control/rehearsal/frame.hpp"

namespace stirline::control::rehearsal {

struct UdpDatagram {
  config::IpAddress source;
  config::IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::string payload;
};

class DatagramJoiner {
 public:
  static constexpr std::size_t kMaxOpen = 256;  // datagrams that are not whole yet; the oldest gives way
  static constexpr std::size_t kMaxFragments = 64;

  // A datagram that is whole with this packet, if there is one.
  [[nodiscard]] std::optional<UdpDatagram> take(Octets ip_packet);

  // Packets that hold no UDP, or are no IP packets.
  [[nodiscard]] std::uint64_t not_udp() const { return not_udp_; }
  // Datagrams of which fragments are missing, overlap or lie beyond the end; those still open among them.
  [[nodiscard]] std::uint64_t not_whole() const { return not_whole_ + open_.size(); }

 private:
  struct Packet {
    config::IpAddress source;
    config::IpAddress destination;
    std::uint8_t protocol = 0;
    std::uint32_t id = 0;
    std::size_t offset = 0;
    bool more = false;
    Octets payload;
  };
  struct Open {
    config::IpAddress source;
    config::IpAddress destination;
    std::uint32_t id = 0;
    std::vector<std::pair<std::size_t, std::string>> fragments = {};  // offset, octets
    std::optional<std::size_t> length = {};                           // known from the last one on
  };

  [[nodiscard]] static std::optional<Packet> read_packet(Octets octets);
  [[nodiscard]] static std::optional<Packet> read_v4(Octets octets);
  [[nodiscard]] static std::optional<Packet> read_v6(Octets octets);
  [[nodiscard]] std::optional<UdpDatagram> read_udp(const Packet& packet, Octets octets);
  [[nodiscard]] std::optional<UdpDatagram> join(const Packet& packet);
  // The octets of all, one behind the other; nothing while some are missing.
  [[nodiscard]] static std::optional<std::string> whole(Open& open);

  std::list<Open> open_;  // the oldest first
  std::uint64_t not_udp_ = 0;
  std::uint64_t not_whole_ = 0;
};

}  // namespace stirline::control::rehearsal
