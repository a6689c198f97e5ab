// The configuration in the words of DPDK's environment abstraction layer. Pure: tested without starting EAL.
#pragma once

#include <string>
#include <vector>

#include "config/dataplane_config.hpp"
#include "dataplane/eal/core_plan.hpp"

namespace stirline::dataplane {

// Name under which EAL knows a configured port: the PCI address, or the virtual device's name.
[[nodiscard]] std::string device_name(const config::PortConfig& port);

// "net_pcap_a,rx_iface_in=...": the --vdev argument; empty for ports that need none.
[[nodiscard]] std::string vdev_argument(const config::PortConfig& port);

// argv for rte_eal_init, program name first.
[[nodiscard]] std::vector<std::string> eal_arguments(const config::DataplaneConfig& config, const CorePlan& plan);

}  // namespace stirline::dataplane
