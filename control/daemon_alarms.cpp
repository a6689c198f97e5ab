// The alarms of the daemon: every few seconds the clock and both halves of the status are looked at.
#include "control/alarms/alarm_log.hpp"
#include "control/clock/clock_report.hpp"
#include "control/daemon.hpp"

namespace stirline::control {

void Daemon::look_for_alarms() {
  dataplane_status_->ask([this](const DataplaneStatus::Document& document) {
    look_at_clock();
    StatusSample sample;
    sample.clock = clock_view(clock_);
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

// INL-AV-03. Whether the data plane may sign goes to it with a generation, so that one that starts anew knows it too.
void Daemon::look_at_clock() {
  clock_.take(options_.read_clock());
  if (clock_.signing_stopped() != signing_stopped_) {
    refresh_at(EventLoop::Clock::now());
  }
}

}  // namespace stirline::control
