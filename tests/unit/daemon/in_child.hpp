// Runs a function in a child process: what it gives up does not concern the tests behind it.
#pragma once

#include <cstdlib>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace stirline::test {

inline constexpr int kDied = 1'000;  // and the number of the signal

// The value that `body` returns, 0 to 255, or kDied + signal.
inline int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::_Exit(body());
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) {
    return -1;
  }
  return WIFSIGNALED(status) ? kDied + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace stirline::test
