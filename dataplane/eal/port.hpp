// One Ethernet port with one receive and one transmit queue, configured and started.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include <rte_mempool.h>

namespace stirline::dataplane {

// Octets a packet buffer must hold behind its headroom for packets of `mtu` octets: Ethernet header and three VLAN tags
// included.
[[nodiscard]] constexpr std::uint32_t frame_bytes(std::uint16_t mtu) {
  return std::uint32_t{mtu} + 14 + 12;
}

// A pool of packet buffers for one poll core.
[[nodiscard]] std::expected<rte_mempool*, std::string> make_packet_pool(const std::string& name, std::uint32_t packets,
                                                                        std::uint16_t largest_mtu, int socket);

class Port {
 public:
  // `device` as EAL knows it. Promiscuous: a bump in the wire takes every frame.
  [[nodiscard]] static std::expected<Port, std::string> open(const std::string& name, const std::string& device,
                                                             std::uint16_t mtu, std::uint16_t descriptors,
                                                             rte_mempool* pool);
  Port(Port&& other) noexcept;
  Port& operator=(Port&&) = delete;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint16_t id() const { return id_; }
  [[nodiscard]] std::uint16_t mtu() const { return mtu_; }

 private:
  Port(std::string name, std::uint16_t id, std::uint16_t mtu) : name_(std::move(name)), id_(id), mtu_(mtu) {}

  std::string name_;
  std::uint16_t id_ = 0;
  std::uint16_t mtu_ = 0;
  bool open_ = true;
};

}  // namespace stirline::dataplane
