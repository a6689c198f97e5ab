// Runs a program to its end, or to the deadline, and keeps what it wrote.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include <sys/types.h>

#include "config/wire/channel.hpp"

namespace stirline::control::test {

class Process {
 public:
  // Starts `argv`; argv[0] is a path.
  explicit Process(std::vector<std::string> argv);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();  // kills what still runs

  void signal(int number) const { ::kill(pid_, number); }
  [[nodiscard]] pid_t pid() const { return pid_; }

  // Reads until what was written so far, to either stream, holds `text`; false at the deadline or the end.
  bool wait_for(const std::string& text);

  // Reads to the end and returns the exit status; 128 + signal if one ended it, -1 at the deadline.
  int wait();

  [[nodiscard]] const std::string& out() const { return out_; }
  [[nodiscard]] const std::string& err() const { return err_; }

 private:
  bool read_some(int patience_ms);

  pid_t pid_ = -1;
  config::wire::Descriptor out_fd_;
  config::wire::Descriptor err_fd_;
  std::string out_;
  std::string err_;
};

struct Finished {
  int status = -1;
  std::string out;
  std::string err;
};

inline Finished run(std::vector<std::string> argv) {
  Process process(std::move(argv));
  const int status = process.wait();
  return {status, process.out(), process.err()};
}

// The binary under test, named by meson in the environment.
std::string program(const char* variable);

}  // namespace stirline::control::test
