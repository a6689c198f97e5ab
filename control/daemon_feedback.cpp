// What called users say about calls, in the daemon: opened with the documents of users, fed by records of calls, handed
// on to the data plane, shown in the status (SPIT-MK-03).
#include <nlohmann/json.hpp>

#include "control/daemon.hpp"
#include "control/feedback/feedback_desk.hpp"
#include "control/feedback/feedback_relay.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

std::expected<void, std::string> Daemon::open_feedback() {
  const config::FeedbackConfig& config = state_.config.feedback;
  if (config.database.empty()) {
    return {};
  }
  FeedbackLimits limits;
  limits.retention_days = config.retention_days;
  limits.pairs = config.calls;
  limits.call_seconds = std::int64_t{config.call_hours} * 3'600;
  auto desk = FeedbackDesk::open(config.database, options_.now, limits);
  if (!desk) {
    return std::unexpected(std::move(desk.error()));
  }
  feedback_ = std::move(*desk);
  feedback_relay_ = std::make_unique<FeedbackRelay>(loop_, *dataplane_, *feedback_, options_.tell_feedback);
  return {};
}

Json Daemon::feedback_status() const {
  if (feedback_ == nullptr) {
    return nullptr;
  }
  const FeedbackTallies& tallies = feedback_->tallies();
  return {{"kept", tallies.kept.load()},
          {"calls", tallies.pairs.load()},
          {"forgotten", tallies.forgotten.load()},
          {"unwanted", tallies.unwanted.load()},
          {"wanted", tallies.wanted.load()},
          {"no_such_call", tallies.no_such_call.load()},
          {"repeated", tallies.repeated.load()},
          {"over_limit", tallies.over_limit.load()},
          {"weightless", tallies.weightless.load()},
          {"agreed", tallies.agreed.load()},
          {"contradicted", tallies.contradicted.load()},
          {"undone", tallies.undone.load()},
          {"told", tallies.told.load()},
          {"untold", tallies.untold.load()},
          {"store_errors", tallies.store_errors.load()}};
}

}  // namespace stirline::control
