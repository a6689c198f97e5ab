#include "control/feedback/feedback_relay.hpp"

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "config/wire/complaint_record.hpp"

namespace stirline::control {

namespace wire = config::wire;

FeedbackRelay::FeedbackRelay(EventLoop& loop, DataplaneClient& dataplane, FeedbackDesk& desk,
                             std::chrono::milliseconds look)
    : loop_(loop), dataplane_(dataplane), desk_(desk), pause_(look) {
  timer_ = loop_.after(pause_, [this] { this->look(); });
}

FeedbackRelay::~FeedbackRelay() {
  loop_.cancel(timer_);
}

void FeedbackRelay::look() {
  timer_ = loop_.after(pause_, [this] { look(); });
  tell();
}

void FeedbackRelay::tell() {
  static_assert(kMostAtOnce * wire::kMaxComplaintBytes <= wire::kMaxPayload);
  const std::vector<PendingComplaint> pending = desk_.take_pending(kMostAtOnce);
  std::string payload;
  std::size_t count = 0;
  std::array<char, wire::kMaxComplaintBytes> octets;
  for (const PendingComplaint& one : pending) {
    const std::size_t bytes = wire::encode_complaint({.user = one.user,
                                                      .caller = one.caller,
                                                      .trunk = one.trunk,
                                                      .shown = one.shown,
                                                      .core = one.core,
                                                      .weight = one.weight},
                                                     octets);
    payload.append(octets.data(), bytes);
    count += bytes == 0 ? 0U : 1U;
  }
  desk_.tallies().untold += pending.size() - count;
  if (count == 0) {
    return;
  }
  if (!dataplane_.connected()) {
    desk_.tallies().untold += count;
    return;
  }
  const auto answered = [this, count](const wire::Answer& answer) {
    std::size_t not_counted = answer.code == wire::ResultCode::ok ? 0 : count;
    if (answer.code == wire::ResultCode::refused) {
      std::from_chars(answer.text.data(), answer.text.data() + answer.text.size(), not_counted);
    }
    not_counted = std::min(not_counted, count);
    desk_.tallies().untold += not_counted;
    desk_.tallies().told += count - not_counted;
  };
  dataplane_.complain(std::move(payload), answered, [this, count] { desk_.tallies().untold += count; });
}

}  // namespace stirline::control
