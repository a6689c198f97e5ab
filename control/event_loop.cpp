#include "control/event_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace stirline::control {

using std::chrono::milliseconds;

namespace {

short events_of(EventLoop::Interest interest) {
  switch (interest) {
    case EventLoop::Interest::readable:
      return POLLIN;
    case EventLoop::Interest::writable:
      return POLLOUT;
    case EventLoop::Interest::either:
      break;
  }
  return POLLIN | POLLOUT;
}

}  // namespace

EventLoop::EventLoop() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_.valid()) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  watch(wake_.get(), [this] {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t read = ::read(wake_.get(), &count, sizeof(count));
  });
}

void EventLoop::watch(int fd, Interest interest, Handler ready) {
  watches_[fd] = {next_serial_++, events_of(interest), std::move(ready)};
}

void EventLoop::forget(int fd) {
  watches_.erase(fd);
}

EventLoop::TimerId EventLoop::after(milliseconds delay, Handler handler) {
  const TimerId id = next_serial_++;
  timers_.emplace(id, Timer{Clock::now() + delay, std::move(handler)});
  return id;
}

void EventLoop::cancel(TimerId timer) {
  timers_.erase(timer);
}

void EventLoop::run() {
  while (!stopped_.load(std::memory_order_acquire)) {
    turn(milliseconds(60'000));
  }
}

void EventLoop::stop() {
  stopped_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

int EventLoop::wait_ms(milliseconds longest) const {
  const Clock::time_point now = Clock::now();
  milliseconds wait = longest;
  for (const auto& [id, timer] : timers_) {
    wait = std::min(wait, std::chrono::ceil<milliseconds>(timer.due - now));
  }
  return static_cast<int>(std::max(wait, milliseconds(0)).count());
}

void EventLoop::turn(milliseconds longest) {
  std::vector<pollfd> polled;
  std::vector<std::uint64_t> serials;
  polled.reserve(watches_.size());
  serials.reserve(watches_.size());
  for (const auto& [fd, watch] : watches_) {
    polled.push_back({fd, watch.events, 0});
    serials.push_back(watch.serial);
  }
  const int ready = ::poll(polled.data(), polled.size(), wait_ms(longest));
  if (ready < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "poll");
  }
  if (ready > 0) {
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].revents == 0) {
        continue;
      }
      // An earlier handler of this turn may have closed this descriptor, and a new one may bear its number already.
      const auto found = watches_.find(polled[i].fd);
      if (found != watches_.end() && found->second.serial == serials[i]) {
        const Handler handler = found->second.ready;
        handler();
      }
    }
  }
  serve_timers();
}

void EventLoop::serve_timers() {
  const Clock::time_point now = Clock::now();
  std::vector<std::pair<Clock::time_point, TimerId>> due;
  for (const auto& [id, timer] : timers_) {
    if (timer.due <= now) {
      due.emplace_back(timer.due, id);
    }
  }
  std::ranges::sort(due);
  for (const auto& [time, id] : due) {
    const auto found = timers_.find(id);
    if (found != timers_.end()) {
      const Handler handler = std::move(found->second.handler);
      timers_.erase(found);
      handler();
    }
  }
}

}  // namespace stirline::control
