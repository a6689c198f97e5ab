#include "dataplane/eal/port.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

namespace stirline::dataplane {
namespace {

constexpr std::uint32_t kPoolCache = 256;

std::string failed(const std::string& name, std::string_view what, int error) {
  return "port " + name + ": " + std::string(what) + ": " + rte_strerror(-error);
}

}  // namespace

std::expected<rte_mempool*, std::string> make_packet_pool(const std::string& name, std::uint32_t packets,
                                                          std::uint16_t largest_mtu, int socket) {
  const std::uint32_t room =
      std::max<std::uint32_t>(RTE_MBUF_DEFAULT_DATAROOM, frame_bytes(largest_mtu)) + RTE_PKTMBUF_HEADROOM;
  rte_mempool* pool =
      rte_pktmbuf_pool_create(name.c_str(), packets, kPoolCache, 0, static_cast<std::uint16_t>(room), socket);
  if (pool == nullptr) {
    return std::unexpected("packet pool " + name + ": " + rte_strerror(rte_errno));
  }
  return pool;
}

std::expected<Port, std::string> Port::open(const std::string& name, const std::string& device, std::uint16_t mtu,
                                            std::uint16_t descriptors, rte_mempool* pool) {
  std::uint16_t id = 0;
  if (rte_eth_dev_get_port_by_name(device.c_str(), &id) != 0) {
    return std::unexpected("port " + name + ": no device " + device);
  }
  rte_eth_dev_info info{};
  if (const int error = rte_eth_dev_info_get(id, &info); error != 0) {
    return std::unexpected(failed(name, "cannot be asked for its properties", error));
  }
  rte_eth_conf conf{};
  conf.rxmode.mtu = mtu;
  if (const int error = rte_eth_dev_configure(id, 1, 1, &conf); error != 0) {
    return std::unexpected(failed(name, "cannot be configured for MTU " + std::to_string(mtu), error));
  }
  std::uint16_t rx = descriptors;
  std::uint16_t tx = descriptors;
  rte_eth_dev_adjust_nb_rx_tx_desc(id, &rx, &tx);
  const auto socket = static_cast<unsigned>(rte_eth_dev_socket_id(id));
  if (const int error = rte_eth_rx_queue_setup(id, 0, rx, socket, nullptr, pool); error != 0) {
    return std::unexpected(failed(name, "receive queue", error));
  }
  if (const int error = rte_eth_tx_queue_setup(id, 0, tx, socket, nullptr); error != 0) {
    return std::unexpected(failed(name, "transmit queue", error));
  }
  if (const int error = rte_eth_dev_start(id); error != 0) {
    return std::unexpected(failed(name, "cannot be started", error));
  }
  // Devices in memory take every frame anyway and do not know the mode.
  if (const int error = rte_eth_promiscuous_enable(id); error != 0 && error != -ENOTSUP) {
    return std::unexpected(failed(name, "promiscuous mode", error));
  }
  return Port(name, id, mtu);
}

Port::Port(Port&& other) noexcept
    : name_(std::move(other.name_)), id_(other.id_), mtu_(other.mtu_), open_(std::exchange(other.open_, false)) {}

Port::~Port() {
  if (open_) {
    // Both fail only for a device that is gone already.
    static_cast<void>(rte_eth_dev_stop(id_));
    static_cast<void>(rte_eth_dev_close(id_));
  }
}

}  // namespace stirline::dataplane
