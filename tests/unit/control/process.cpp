#include "tests/unit/control/process.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/control/scratch.hpp"

namespace stirline::control::test {

using config::wire::Descriptor;

Process::Process(std::vector<std::string> argv) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe2 failed");
  }
  out_fd_ = Descriptor(out[0]);
  err_fd_ = Descriptor(err[0]);
  const Descriptor out_end(out[1]);
  const Descriptor err_end(err[1]);
  std::vector<char*> arguments;
  for (std::string& argument : argv) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) {
    throw std::runtime_error("fork failed");
  }
  if (pid_ == 0) {
    ::dup2(out_end.get(), STDOUT_FILENO);
    ::dup2(err_end.get(), STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
}

Process::~Process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Process::read_some(int patience_ms) {
  std::array<pollfd, 2> polled{pollfd{out_fd_.get(), POLLIN, 0}, pollfd{err_fd_.get(), POLLIN, 0}};
  if (::poll(polled.data(), polled.size(), patience_ms) <= 0) {
    return true;
  }
  const auto take = [](const pollfd& ready, Descriptor& fd, std::string& text) {
    std::array<char, 4'096> buffer{};
    if (ready.revents == 0) {
      return;
    }
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    } else {
      fd = Descriptor();
    }
  };
  take(polled[0], out_fd_, out_);
  take(polled[1], err_fd_, err_);
  return out_fd_.valid() || err_fd_.valid();
}

bool Process::wait_for(const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  bool open = true;
  while (!out_.contains(text) && !err_.contains(text)) {
    if (!open || std::chrono::steady_clock::now() > end) {
      return false;
    }
    open = read_some(10);
  }
  return true;
}

int Process::wait() {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (read_some(10)) {
    if (std::chrono::steady_clock::now() > end) {
      return -1;
    }
  }
  int how = 0;
  if (::waitpid(pid_, &how, 0) != pid_) {
    return -1;
  }
  pid_ = -1;
  return WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}

std::string program(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr) {
    throw std::runtime_error(std::string(variable) + " is not set: run this test through meson");
  }
  return path;
}

}  // namespace stirline::control::test
