// Rules about calls in the daemon: documents of users and files of the operator, on their way to the data plane.
#include <utility>

#include <nlohmann/json.hpp>

#include "control/daemon.hpp"
#include "control/permissions/permission_contacts.hpp"
#include "control/policy/rule_keeper.hpp"
#include "control/rule_relay.hpp"
#include "control/xcap/xcap_parts.hpp"

namespace stirline::control {

// Nothing is compiled and nothing sent where there are neither users' documents nor common ones, nor statistics.
std::expected<void, std::string> Daemon::open_rules() {
  if (xcap_ == nullptr && state_.config.policy.empty() && !state_.config.statistics.always) {
    return {};
  }
  policy::RuleKeeperOptions options;
  options.now = options_.now;
  options.coalesce = options_.coalesce_rules;
  if (permissions_ != nullptr) {
    options.contacts = contacts_with_permissions(*permissions_, std::move(options.contacts));
  }
  auto keeper = policy::RuleKeeper::start(xcap_ != nullptr ? xcap_->store : nullptr, state_.common, std::move(options));
  if (!keeper) {
    return std::unexpected(std::move(keeper.error()));
  }
  rules_ = std::move(*keeper);
  if (permissions_ != nullptr) {
    permissions_->on_change([raw = rules_.get()](const std::string& called) { raw->note_contacts({called}); });
  }
  rule_relay_ = std::make_unique<RuleRelay>(loop_, *dataplane_, *rules_, RuleRelayOptions{.now = options_.now},
                                            [this] { on_rules_pushed(); });
  return {};
}

// What a reload has brought.
void Daemon::take_common_rules() {
  if (rules_ != nullptr) {
    rules_->set_common(state_.common);
    return;
  }
  if (const auto opened = open_rules(); !opened) {
    reload_warnings_.push_back("the rules of [policy] are not used: " + opened.error());
  }
}

// A reload that came while rules were on their way.
void Daemon::on_rules_pushed() {
  for (ReloadDone& done : std::exchange(waiting_reloads_, {})) {
    reload(std::move(done));
  }
}

nlohmann::ordered_json Daemon::rules_status() const {
  return rule_relay_ == nullptr ? nlohmann::ordered_json() : rule_relay_->status();
}

}  // namespace stirline::control
