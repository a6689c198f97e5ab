// Who may reach whom, in the daemon: opened with the documents of users, fed by records of calls, shown in the status.
#include <nlohmann/json.hpp>

#include "control/daemon.hpp"
#include "control/permissions/permission_desk.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

std::expected<void, std::string> Daemon::open_permissions() {
  const config::XcapConfig& config = state_.config.xcap;
  if (config.listen.empty() || config.permissions.empty()) {
    return {};
  }
  auto desk = PermissionDesk::open(config.permissions, options_.now);
  if (!desk) {
    return std::unexpected(std::move(desk.error()));
  }
  permissions_ = std::move(*desk);
  return {};
}

Json Daemon::permissions_status() const {
  if (permissions_ == nullptr) {
    return nullptr;
  }
  const PermissionTallies& tallies = permissions_->tallies();
  return {{"kept", tallies.kept.load()},
          {"asked", tallies.asked.load()},
          {"repeated", tallies.repeated.load()},
          {"nobody", tallies.nobody.load()},
          {"over_limit", tallies.over_limit.load()},
          {"granted", tallies.granted.load()},
          {"denied", tallies.denied.load()},
          {"revoked", tallies.revoked.load()},
          {"tests_passed", tallies.tests_passed.load()},
          {"tests_failed", tallies.tests_failed.load()},
          {"tests_unknown", tallies.tests_unknown.load()},
          {"store_errors", tallies.store_errors.load()}};
}

}  // namespace stirline::control
