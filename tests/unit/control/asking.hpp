// Asks as an operator does: with the built command, on its own process, while the loop of the test turns.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "control/event_loop.hpp"
#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::test {

// What `stirline ARGUMENTS` wrote. The test fails if that took longer than the deadline.
inline Finished ask(EventLoop& loop, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program("STIRLINE_COMMAND"));
  std::atomic<bool> finished = false;
  Finished result;
  std::jthread asker([&] {
    result = run(std::move(arguments));
    finished = true;
  });
  EXPECT_TRUE(turn_until(loop, [&] { return finished.load(); }));
  asker.join();
  return result;
}

}  // namespace stirline::control::test
