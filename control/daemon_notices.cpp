// What called users are told of calls, in the daemon: opened with the documents of users, fed by records of calls,
// shown in the status (SPIT-PL-03).
#include <nlohmann/json.hpp>

#include "control/daemon.hpp"
#include "control/notices/notice_desk.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

std::expected<void, std::string> Daemon::open_notices() {
  const config::NoticeConfig& config = state_.config.notices;
  if (config.database.empty()) {
    return {};
  }
  auto desk = NoticeDesk::open(config.database, options_.now, {.retention_days = config.retention_days});
  if (!desk) {
    return std::unexpected(std::move(desk.error()));
  }
  notices_ = std::move(*desk);
  return {};
}

Json Daemon::notices_status() const {
  if (notices_ == nullptr) {
    return nullptr;
  }
  const NoticeTallies& tallies = notices_->tallies();
  return {{"kept", tallies.kept.load()},
          {"taken", tallies.taken.load()},
          {"anonymous", tallies.anonymous.load()},
          {"nobody", tallies.nobody.load()},
          {"over_limit", tallies.over_limit.load()},
          {"made_way", tallies.made_way.load()},
          {"undone", tallies.undone.load()},
          {"store_errors", tallies.store_errors.load()}};
}

}  // namespace stirline::control
