// The real data plane between two capture files: EAL without hugepages or privileges, net_pcap ports, one poll core,
// one crypto core, tests/support's tables (fixed key, fixed origid), an injected clock.
//
// Each run happens in a process of its own, because EAL starts once per process and so that a crash is one failed case.
#pragma once

#include "tests/golden/runner.hpp"

namespace stirline::golden {

// The settings a case may change are listed in README.md of this folder.
class ForkedAppliance : public Appliance {
 public:
  [[nodiscard]] std::expected<CounterValues, std::string> run(const Captures& captures,
                                                              const Settings& settings) override;
};

}  // namespace stirline::golden
