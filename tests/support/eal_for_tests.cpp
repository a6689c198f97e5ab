#include "tests/support/eal_for_tests.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <sched.h>

#include "dataplane/eal/eal.hpp"

namespace stirline::test {
namespace {

std::vector<int> usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> processors;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) {
        processors.push_back(cpu);
      }
    }
  }
  if (processors.empty()) {
    processors.push_back(0);
  }
  return processors;
}

}  // namespace

void start_eal(const char* program, unsigned threads, unsigned megabytes) {
  const std::vector<int> processors = usable_processors();
  std::string lcores;
  for (unsigned i = 0; i <= threads; ++i) {
    lcores += (i == 0 ? "" : ",") + std::to_string(i) + "@" +
              std::to_string(processors[i * processors.size() / (threads + 1)]);
  }
  auto eal = dataplane::Eal::start({program, "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry",
                                    "--log-level=error", "-m", std::to_string(megabytes), "--lcores", lcores});
  if (!eal) {
    std::fprintf(stderr, "%s: %s\n", program, eal.error().c_str());
    std::exit(1);
  }
  static const dataplane::Eal kRunning = std::move(*eal);
}

}  // namespace stirline::test
