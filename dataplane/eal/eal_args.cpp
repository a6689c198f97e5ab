#include "dataplane/eal/eal_args.hpp"

namespace stirline::dataplane {
namespace {

// A Linux interface is reached by libpcap's packet sockets, not by DPDK's driver for them. That driver always joins a
// fan-out group that lets the kernel join IPv4 fragments, which a wire must not do, cuts what is then longer than its
// frame size, and gives every VLAN tag the EtherType 0x8100. Incoming only: what we send would come back to us.
std::string packet_socket_arguments(const config::PortConfig& port) {
  return ",rx_iface_in=" + port.device + ",tx_iface=" + port.device;
}

}  // namespace

std::string device_name(const config::PortConfig& port) {
  switch (port.kind) {
    case config::PortKind::pci:
    case config::PortKind::existing:
      return port.device;
    case config::PortKind::af_packet:
    case config::PortKind::pcap:
      return "net_pcap_" + port.name;
    case config::PortKind::tap:
      return "net_tap_" + port.name;
    case config::PortKind::null:
      return "net_null_" + port.name;
  }
  return {};
}

std::string vdev_argument(const config::PortConfig& port) {
  switch (port.kind) {
    case config::PortKind::pci:
    case config::PortKind::existing:
      return {};
    case config::PortKind::af_packet:
      return device_name(port) + packet_socket_arguments(port);
    case config::PortKind::tap:
      return device_name(port) + ",iface=" + port.device;
    case config::PortKind::pcap: {
      std::string argument = device_name(port);
      if (!port.rx_pcap.empty()) {
        argument += ",rx_pcap=" + port.rx_pcap;
      }
      return argument + ",tx_pcap=" + port.tx_pcap;
    }
    case config::PortKind::null:
      return device_name(port) + ",no-rx=1";
  }
  return {};
}

std::vector<std::string> eal_arguments(const config::DataplaneConfig& config, const CorePlan& plan) {
  std::string lcores = "0@" + std::to_string(plan.main_cpu);
  for (const CorePlan::Poll& poll : plan.polls) {
    lcores += "," + std::to_string(poll.lcore) + "@" + std::to_string(poll.cpu);
  }
  for (const CorePlan::Crypto& crypto : plan.cryptos) {
    lcores += "," + std::to_string(crypto.lcore) + "@" + std::to_string(crypto.cpu);
  }
  std::vector<std::string> args = {"stirlined",     "--lcores", lcores, "-m", std::to_string(config.memory.megabytes),
                                   "--no-telemetry"};
  // Neither mode leaves files behind, so several appliances can live on one machine. They exclude each other.
  if (config.memory.hugepages) {
    args.emplace_back("--in-memory");
  } else {
    args.emplace_back("--no-huge");
    args.emplace_back("--no-shconf");
  }
  bool any_pci = false;
  for (const config::PortConfig& port : config.ports) {
    if (port.kind == config::PortKind::pci) {
      any_pci = true;
      args.emplace_back("--allow");
      args.push_back(port.device);
    } else if (port.kind != config::PortKind::existing) {
      args.push_back("--vdev=" + vdev_argument(port));
    }
  }
  if (!any_pci) {
    args.emplace_back("--no-pci");
  }
  return args;
}

}  // namespace stirline::dataplane
