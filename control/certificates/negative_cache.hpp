// URLs that failed, and when they may be tried again (STIR-CF-04): after 10 s, and twice as long after each further
// failure, 60 s at most.
//
// Bounded: when it is full, the entry that is oldest by its last failure goes. Times are seconds since 1970 and given
// by the caller. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace stirline::control {

class NegativeCache {
 public:
  static constexpr std::int64_t kFirstPause = 10;
  static constexpr std::int64_t kLongestPause = 60;
  // How long after its last pause a URL that did not fail again is remembered for the next pause's length.
  static constexpr std::int64_t kMemory = 600;

  explicit NegativeCache(std::size_t most) : most_(most) {}

  void failed(const std::string& url, std::int64_t now);
  bool forget(const std::string& url);  // it succeeded, or its failures do not count any more; false: it was not here

  // 0: it may be tried.
  [[nodiscard]] std::int64_t seconds_left(const std::string& url, std::int64_t now) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  // Calls `visit(url, end)` with each that still pauses at `now`, the newest failure first, until it returns false;
  // from `end` on the URL may be tried again.
  template <typename Visit>
  void each_pausing(std::int64_t now, Visit&& visit) const {
    for (auto at = by_age_.rbegin(); at != by_age_.rend(); ++at) {
      const std::int64_t left = seconds_left(at->second, now);
      if (left > 0 && !visit(at->second, now + left)) {
        return;
      }
    }
  }

 private:
  struct Entry {
    std::int64_t failed_at = 0;
    std::int64_t pause = kFirstPause;
  };

  std::size_t most_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::pair<std::int64_t, std::string>> by_age_;
};

}  // namespace stirline::control
