// The alarms of the daemon: every few seconds both halves of the status are looked at.
#include <chrono>

#include "control/alarms/alarm_log.hpp"
#include "control/daemon.hpp"

namespace stirline::control {

void Daemon::look_for_alarms() {
  dataplane_status_->ask([this](const DataplaneStatus::Document& document) {
    StatusSample sample;
    sample.wall_ms = options_.now() * 1'000;
    sample.steady_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(options_.steady_now().time_since_epoch()).count();
    sample.control = own_status();
    if (document && document->is_object()) {
      sample.dataplane = *document;
      sample.dataplane.erase("counter_families");
      sample.dataplane.erase("counter_facts");
    }
    const PerAlarm<Finding> findings = find_alarms(looked_.has_value() ? &*looked_ : nullptr, sample);
    for (const AlarmChange& change : alarms_.take(findings, options_.now())) {
      log_alarm(change);
    }
    looked_ = std::move(sample);
    alarm_timer_ = loop_.after(options_.alarm_look, [this] { look_for_alarms(); });
  });
}

}  // namespace stirline::control
