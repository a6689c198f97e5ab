// Runs the tests that need DPDK's memory: no ports, no hugepages, no privileges, no files left behind.
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>

#include <rte_eal.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // One thread, on a processor that we certainly may use.
  std::vector<std::string> options{"unit_dataplane",
                                   "--no-huge",
                                   "--no-shconf",
                                   "--no-pci",
                                   "--no-telemetry",
                                   "-m",
                                   "64",
                                   "--log-level=error",
                                   "--lcores",
                                   "0@" + std::to_string(sched_getcpu())};
  std::vector<char*> arguments;
  for (std::string& option : options) {
    arguments.push_back(option.data());
  }
  if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0) {
    std::fputs("unit_dataplane: EAL does not start\n", stderr);
    return 1;
  }
  const int result = RUN_ALL_TESTS();
  rte_eal_cleanup();
  return result;
}
