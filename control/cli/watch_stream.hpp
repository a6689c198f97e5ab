// What trace and capture share: a question of what to watch, and the events that come for it over stirline-control's
// socket until the watch is over.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "config/control_config.hpp"
#include "config/wire/watch.hpp"

namespace stirline::control::cli {

struct WatchOptions {
  std::string number;  // however it is written; of these three exactly one
  std::string call_id;
  std::string trunk;
  std::uint32_t seconds = 600;
  std::uint64_t count = 0;  // messages; 0: no limit
  std::string socket = config::ControlConfig{}.socket;
};

void add_watch_options(CLI::App& verb, WatchOptions& options);

// Calls `take` with each event, until it says false, the time is over, or Ctrl-C. Says on stderr what went wrong, and
// how many events found no room on their way. The result is the exit status: 0 done; 1 turned down; 64 no number; 69
// nobody there; 75 somebody else watches.
[[nodiscard]] int watch(const std::string& verb, const WatchOptions& options, bool octets,
                        const std::function<bool(const config::wire::WatchEvent& event)>& take);

}  // namespace stirline::control::cli
