// The configuration in EAL's words, and the plan of cores: pure functions.
#include "dataplane/eal/eal_args.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace stirline::dataplane::eal_args_test {
namespace {

using config::PortKind;

config::PortConfig port(std::string name, PortKind kind, std::string device) {
  config::PortConfig port;
  port.name = std::move(name);
  port.kind = kind;
  port.device = std::move(device);
  return port;
}

config::DataplaneConfig two_pairs() {
  config::DataplaneConfig config;
  config.cores.main = 3;
  config.cores.poll = {4, 5};
  config.cores.crypto = {6};
  config.ports = {port("p0", PortKind::pci, "0000:03:00.0"), port("p1", PortKind::af_packet, "eth1"),
                  port("p2", PortKind::null, ""), port("p3", PortKind::existing, "net_ring_x")};
  config.pairs = {{.name = "one", .a = "p0", .b = "p1"}, {.name = "two", .a = "p2", .b = "p3"}};
  return config;
}

std::vector<std::string> arguments_of(const config::DataplaneConfig& config) {
  return eal_arguments(config, plan_cores(config));
}

bool has(const std::vector<std::string>& arguments, const std::string& argument) {
  return std::ranges::find(arguments, argument) != arguments.end();
}

TEST(CorePlan, GivesEveryCoreAThreadAndEveryPairAPollCore) {
  const CorePlan plan = plan_cores(two_pairs());
  EXPECT_EQ(plan.main_cpu, 3);
  ASSERT_EQ(plan.polls.size(), 2U);
  EXPECT_EQ(plan.polls[0].lcore, 1U);
  EXPECT_EQ(plan.polls[0].pairs, std::vector<std::uint16_t>{0});
  EXPECT_EQ(plan.polls[1].pairs, std::vector<std::uint16_t>{1});
  ASSERT_EQ(plan.cryptos.size(), 1U);
  EXPECT_EQ(plan.cryptos[0].lcore, 3U);
  EXPECT_EQ(plan.cryptos[0].cpu, 6);
}

TEST(EalArguments, NameThreadsMemoryAndPorts) {
  const std::vector<std::string> arguments = arguments_of(two_pairs());
  EXPECT_TRUE(has(arguments, "0@3,1@4,2@5,3@6"));
  EXPECT_TRUE(has(arguments, "--in-memory"));
  EXPECT_TRUE(has(arguments, "0000:03:00.0"));
  EXPECT_TRUE(has(arguments, "--vdev=net_pcap_p1,rx_iface_in=eth1,tx_iface=eth1"));
  EXPECT_TRUE(has(arguments, "--vdev=net_null_p2,no-rx=1"));
  EXPECT_FALSE(has(arguments, "--no-pci"));
  EXPECT_FALSE(std::ranges::any_of(arguments, [](const std::string& text) { return text.contains("net_ring_x"); }));
}

TEST(EalArguments, WithoutHugepagesAndPciNothingIsReservedOrProbed) {
  config::DataplaneConfig config = two_pairs();
  config.memory.hugepages = false;
  config.ports.front() = port("p0", PortKind::tap, "tap0");
  const std::vector<std::string> arguments = arguments_of(config);
  EXPECT_TRUE(has(arguments, "--no-huge"));
  EXPECT_TRUE(has(arguments, "--no-shconf"));
  EXPECT_TRUE(has(arguments, "--no-pci"));
  EXPECT_FALSE(has(arguments, "--in-memory"));  // EAL refuses the two together
  EXPECT_TRUE(has(arguments, "--vdev=net_tap_p0,iface=tap0"));
}

TEST(EalArguments, CaptureFiles) {
  config::PortConfig files = port("f", PortKind::pcap, "");
  files.tx_pcap = "out.pcap";
  EXPECT_EQ(vdev_argument(files), "net_pcap_f,tx_pcap=out.pcap");
  files.rx_pcap = "in.pcap";
  EXPECT_EQ(vdev_argument(files), "net_pcap_f,rx_pcap=in.pcap,tx_pcap=out.pcap");
}

}  // namespace
}  // namespace stirline::dataplane::eal_args_test
