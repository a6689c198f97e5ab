// Sums of messages by trunk and hour, in the daemon: fed by records of calls, shown in the status (SPIT-CL-11).
#include <nlohmann/json.hpp>

#include "control/accounting/trunk_accounts.hpp"
#include "control/daemon.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

std::expected<void, std::string> Daemon::open_accounts() {
  const config::RecordKeepingConfig& config = state_.config.records;
  if (config.accounts.empty()) {
    return {};
  }
  auto accounts = TrunkAccounts::open(config.accounts, config.account_days);
  if (!accounts) {
    return std::unexpected(std::move(accounts.error()));
  }
  accounts_ = std::make_unique<TrunkAccounts>(std::move(*accounts));
  return {};
}

Json Daemon::accounts_status() const {
  if (accounts_ == nullptr) {
    return nullptr;
  }
  const AccountTallies& tallies = accounts_->tallies();
  return {{"counted", tallies.counted}, {"refused", tallies.refused}, {"store_errors", tallies.store_errors}};
}

}  // namespace stirline::control
