// The screen that `stirline top` draws on: taken over, and given back as it was found whatever happens. One thread, one
// object at a time.
#pragma once

#include <chrono>
#include <csignal>
#include <expected>
#include <string>
#include <string_view>

#include <termios.h>

#include "config/wire/channel.hpp"
#include "control/top/frame.hpp"

namespace stirline::control::top {

class Terminal {
 public:
  // Keys come one by one and unseen, on a screen of its own, without a cursor. The error is one sentence: standard
  // input and output must be a terminal.
  [[nodiscard]] static std::expected<Terminal, std::string> open();
  Terminal(Terminal&& other) noexcept;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  Terminal& operator=(Terminal&&) = delete;
  ~Terminal();

  [[nodiscard]] static Size size();  // of the window; 80 by 24 if nobody knows
  static void show(std::string_view text);

  enum class Event : std::uint8_t { time, resized, quit };
  // Waits for q, Ctrl-C, SIGINT, SIGTERM or SIGHUP (quit), for a change of the window's size, or until the time is
  // over.
  [[nodiscard]] Event wait(std::chrono::milliseconds longest);

 private:
  Terminal(const termios& found, const sigset_t& mask, config::wire::Descriptor signals);

  termios found_;
  sigset_t mask_;  // of signals, as it was found
  config::wire::Descriptor signals_;
};

}  // namespace stirline::control::top
