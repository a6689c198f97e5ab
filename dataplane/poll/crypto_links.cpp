#include "dataplane/poll/crypto_links.hpp"

namespace stirline::dataplane {

CryptoLinks::CryptoLinks(std::vector<CryptoLink*> links, std::uint64_t deadline) : limit_(kPatience * deadline) {
  ways_.reserve(links.size());
  for (CryptoLink* link : links) {
    ways_.push_back({.link = link});
  }
  usable_.reserve(links.size());
  list_usable();
}

void CryptoLinks::list_usable() {
  usable_.clear();
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    if (!ways_[i].link->stuck.load(std::memory_order_relaxed)) {
      usable_.push_back(i);
    }
  }
  next_ = 0;
}

// The emptier of two, the two taken in turn: nearly as good as the emptiest of all, and it looks at two queues only.
std::optional<std::size_t> CryptoLinks::choose() {
  if (usable_.empty()) {
    return std::nullopt;
  }
  const std::size_t first = usable_[next_];
  next_ = next_ + 1 < usable_.size() ? next_ + 1 : 0;
  const std::size_t second = usable_[next_];
  return ways_[second].link->jobs.write_available() > ways_[first].link->jobs.write_available() ? second : first;
}

bool CryptoLinks::send(std::size_t link, std::uint32_t slot, std::uint64_t now) {
  Way& way = ways_[link];
  if (!way.link->jobs.push(slot)) {
    return false;
  }
  if (way.outstanding++ == 0) {
    way.moved_at = now;
  }
  return true;
}

void CryptoLinks::note_moved(Way& way, std::uint32_t count, std::uint64_t now) {
  way.outstanding -= count;
  way.moved_at = now;
  if (way.link->stuck.load(std::memory_order_relaxed)) {
    way.link->stuck.store(false, std::memory_order_relaxed);
    list_usable();
  }
}

void CryptoLinks::watch(std::uint64_t now) {
  for (Way& way : ways_) {
    CryptoLink& link = *way.link;
    if (way.outstanding != 0 && now > way.moved_at && now - way.moved_at >= limit_ &&
        !link.stuck.load(std::memory_order_relaxed)) {
      link.stuck.store(true, std::memory_order_relaxed);
      link.found_stuck.store(link.found_stuck.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      list_usable();
    }
  }
}

void CryptoLinks::show_queued(std::size_t places) {
  for (const Way& way : ways_) {
    way.link->jobs_queued.store(places - way.link->jobs.write_available(), std::memory_order_relaxed);
    way.link->results_queued.store(way.link->results.read_available(), std::memory_order_relaxed);
  }
}

}  // namespace stirline::dataplane
