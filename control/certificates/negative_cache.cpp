#include "control/certificates/negative_cache.hpp"

#include <algorithm>

namespace stirline::control {

void NegativeCache::failed(const std::string& url, std::int64_t now) {
  Entry entry{now, kFirstPause};
  if (const auto found = entries_.find(url); found != entries_.end()) {
    const Entry& before = found->second;
    if (now - before.failed_at <= before.pause + kMemory) {
      entry.pause = std::min(before.pause * 2, kLongestPause);
    }
    forget(url);
  } else if (most_ > 0 && entries_.size() >= most_) {
    const std::string oldest = by_age_.begin()->second;
    forget(oldest);
  }
  if (most_ > 0) {
    entries_.emplace(url, entry);
    by_age_.emplace(now, url);
  }
}

bool NegativeCache::forget(const std::string& url) {
  const auto found = entries_.find(url);
  if (found == entries_.end()) {
    return false;
  }
  by_age_.erase({found->second.failed_at, url});
  entries_.erase(found);
  return true;
}

std::int64_t NegativeCache::seconds_left(const std::string& url, std::int64_t now) const {
  const auto found = entries_.find(url);
  if (found == entries_.end()) {
    return 0;
  }
  // A clock that was set back must not lengthen a pause.
  return std::clamp<std::int64_t>(found->second.failed_at + found->second.pause - now, 0, found->second.pause);
}

}  // namespace stirline::control
