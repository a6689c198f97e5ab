// The one loop of stirline-control: descriptors that become ready and timers, on poll().
//
// Thread: everything runs on the thread that calls run(), except stop(), which any thread may call. Handlers may watch,
// forget, start and cancel as they like, also themselves. Throws std::system_error if the system gives no descriptor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "config/wire/channel.hpp"

namespace stirline::control {

class EventLoop {
 public:
  using Handler = std::function<void()>;
  using TimerId = std::uint64_t;  // never 0
  using Clock = std::chrono::steady_clock;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `readable` whenever `fd` has something to read, or its peer has gone. The descriptor stays the caller's, who
  // forgets it before closing it. A second watch of one descriptor replaces the first.
  void watch(int fd, Handler readable) { watch(fd, Interest::readable, std::move(readable)); }
  // The same for other kinds of readiness. An error on the descriptor counts as each of them.
  enum class Interest : std::uint8_t { readable, writable, either };
  void watch(int fd, Interest interest, Handler ready);
  void forget(int fd);

  // Calls `handler` once, not before `delay` has passed.
  TimerId after(std::chrono::milliseconds delay, Handler handler);
  void cancel(TimerId timer);  // no effect if it has fired or is 0

  // Serves until stop() is called.
  void run();
  void stop();

  // Waits once, at most `longest`, and serves what is due.
  void turn(std::chrono::milliseconds longest);

 private:
  struct Watch {
    std::uint64_t serial = 0;
    short events = 0;  // of poll()
    Handler ready;
  };
  struct Timer {
    Clock::time_point due;
    Handler handler;
  };

  void serve_timers();
  [[nodiscard]] int wait_ms(std::chrono::milliseconds longest) const;

  config::wire::Descriptor wake_;
  std::atomic<bool> stopped_ = false;
  std::uint64_t next_serial_ = 1;
  std::map<int, Watch> watches_;
  std::map<TimerId, Timer> timers_;
};

}  // namespace stirline::control
