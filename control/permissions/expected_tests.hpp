// Calls that were sent to a test and whose results are waited for: a bounded number, each for some minutes, the oldest
// makes way. In memory: after a restart a test has to be taken again. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>

namespace stirline::control {

class ExpectedTests {
 public:
  ExpectedTests(std::size_t most, std::int64_t seconds) : most_(most), seconds_(seconds) {}

  // `now`: seconds since 1970. A second request of a call changes nothing.
  void expect(const std::string& call_id, const std::string& called, const std::string& caller, std::int64_t now) {
    forget_old(now);
    if (!until_.try_emplace({call_id, called, caller}, now + seconds_).second) {
      return;
    }
    order_.emplace_back(call_id, called, caller);
    while (order_.size() > most_) {
      until_.erase(order_.front());
      order_.pop_front();
    }
  }

  // True once for what is waited for.
  [[nodiscard]] bool take(const std::string& call_id, const std::string& called, const std::string& caller,
                          std::int64_t now) {
    forget_old(now);
    const auto found = until_.find({call_id, called, caller});
    if (found == until_.end() || found->second == kTaken) {
      return false;
    }
    found->second = kTaken;  // its place in the order stays until its time comes
    return true;
  }

  [[nodiscard]] std::size_t size() const { return until_.size(); }

 private:
  using Test = std::tuple<std::string, std::string, std::string>;  // Call-ID, called, caller
  static constexpr std::int64_t kTaken = -1;

  void forget_old(std::int64_t now) {
    for (; !order_.empty(); order_.pop_front()) {
      const auto oldest = until_.find(order_.front());
      if (oldest->second > now) {
        return;
      }
      until_.erase(oldest);
    }
  }

  std::size_t most_;
  std::int64_t seconds_;
  std::map<Test, std::int64_t> until_;
  std::deque<Test> order_;  // of arrival
};

}  // namespace stirline::control
