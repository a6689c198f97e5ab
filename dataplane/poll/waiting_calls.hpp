// Calls that wait for a certificate: in order of arrival, each with its own deadline (STIR-CF-05). Bounded; memory is
// taken at start. Thread: one poll core.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace stirline::dataplane {

class WaitingCalls {
 public:
  explicit WaitingCalls(std::uint32_t places) : places_(places) {
    calls_.reserve(places);
    taken_.reserve(places);
  }

  [[nodiscard]] std::size_t used() const { return calls_.size(); }
  // The slot of the call that has been here for longest.
  [[nodiscard]] std::optional<std::uint32_t> first() const {
    return calls_.empty() ? std::nullopt : std::optional(calls_.front().slot);
  }
  [[nodiscard]] bool full() const { return calls_.size() == places_; }

  // `slot`: of Parking; `deadline` in TSC cycles. Only if not full().
  void add(std::uint32_t slot, std::uint64_t deadline) {
    calls_.push_back({slot, deadline});
    next_deadline_ = std::min(next_deadline_, deadline);
  }

  // Takes out one, if it is there.
  void remove(std::uint32_t slot) {
    std::erase_if(calls_, [slot](const Call& call) { return call.slot == slot; });
  }

  // Takes out all whose deadline has come and calls `visit(slot)` with each. `visit` may add others.
  template <typename Visit>
  void take_expired(std::uint64_t now, Visit&& visit) {
    if (now < next_deadline_) {
      return;
    }
    taken_.clear();
    std::erase_if(calls_, [&](const Call& call) {
      if (call.deadline <= now) {
        taken_.push_back(call);
      }
      return call.deadline <= now;
    });
    next_deadline_ = kNever;
    for (const Call& call : calls_) {
      next_deadline_ = std::min(next_deadline_, call.deadline);
    }
    for (const Call& call : taken_) {
      visit(call.slot);
    }
  }

  // The same with all of them.
  template <typename Visit>
  void take_all(Visit&& visit) {
    std::swap(calls_, taken_);
    calls_.clear();
    next_deadline_ = kNever;
    for (const Call& call : taken_) {
      visit(call.slot);
    }
  }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  struct Call {
    std::uint32_t slot = 0;
    std::uint64_t deadline = 0;
  };
  std::size_t places_;
  std::vector<Call> calls_;
  std::vector<Call> taken_;  // while they are visited
  std::uint64_t next_deadline_ = kNever;
};

}  // namespace stirline::dataplane
