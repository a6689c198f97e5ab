#include "dataplane/eal/core_plan.hpp"

namespace stirline::dataplane {

CorePlan plan_cores(const config::DataplaneConfig& config) {
  CorePlan plan;
  plan.main_cpu = config.cores.main;
  unsigned lcore = 1;
  for (const std::uint16_t cpu : config.cores.poll) {
    plan.polls.push_back({lcore++, cpu, {}});
  }
  for (const std::uint16_t cpu : config.cores.crypto) {
    plan.cryptos.push_back({lcore++, cpu});
  }
  for (std::size_t pair = 0; pair < config.pairs.size(); ++pair) {
    plan.polls[pair % plan.polls.size()].pairs.push_back(static_cast<std::uint16_t>(pair));
  }
  return plan;
}

}  // namespace stirline::dataplane
