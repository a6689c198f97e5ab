// stirline run: both daemons in the foreground, for laboratories. Their log lines get a prefix; SIGINT and SIGTERM stop
// both; when one ends by itself the other is stopped too.
//
// Exit status: 0 if both ended well, else that of the first that failed (128 + signal if a signal ended it).
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/wire/channel.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/program_files.hpp"
#include "control/event_loop.hpp"

namespace stirline::control::cli {

using config::wire::Descriptor;

namespace {

constexpr std::chrono::milliseconds kGrace{10'000};  // between SIGTERM and SIGKILL
constexpr std::size_t kMaxLogLine = 16'384;

struct Child {
  std::string name;  // the prefix
  std::filesystem::path program;
  std::string config;
  pid_t pid = -1;
  Descriptor log;  // what it writes to stdout and stderr
  std::string line;
};

void print_line(const Child& child, std::string_view line) {
  fmt::print("[{}] {}\n", child.name, line);
  std::fflush(stdout);
}

class Supervisor {
 public:
  Supervisor() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) {
      sigaddset(&signals, signal);
    }
    if (::sigprocmask(SIG_BLOCK, &signals, &inherited_mask_) != 0) {
      throw std::system_error(errno, std::generic_category(), "sigprocmask");
    }
    signals_ = Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.valid()) {
      throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    loop_.watch(signals_.get(), [this] { on_signal(); });
  }

  void start(std::string name, std::filesystem::path program, std::string config) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    auto child = std::make_unique<Child>();
    child->name = std::move(name);
    child->program = std::move(program);
    child->config = std::move(config);
    child->log = Descriptor(ends[0]);
    const Descriptor write_end(ends[1]);
    child->pid = ::fork();
    if (child->pid < 0) {
      throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (child->pid == 0) {
      become(*child, write_end.get());
    }
    loop_.watch(child->log.get(), [this, raw = child.get()] { on_log(*raw); });
    children_.push_back(std::move(child));
  }

  // Returns the exit status when all children have ended.
  int supervise() {
    loop_.run();
    for (const auto& child : children_) {
      while (child->log.valid()) {
        on_log(*child);
      }
    }
    return status_;
  }

 private:
  [[noreturn]] void become(const Child& child, int log) const {
    ::sigprocmask(SIG_SETMASK, &inherited_mask_, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execl(child.program.c_str(), child.program.c_str(), "--config", child.config.c_str(), nullptr);
    fmt::print(stderr, "{}: {}\n", child.program.string(), std::strerror(errno));
    std::fflush(stderr);
    ::_exit(kExitMissing);
  }

  void on_log(Child& child) {
    std::array<char, 4'096> buffer{};
    const ssize_t got = ::read(child.log.get(), buffer.data(), buffer.size());
    if (got <= 0) {
      if (got < 0 && errno == EINTR) {
        return;
      }
      if (!child.line.empty()) {
        print_line(child, child.line);
        child.line.clear();
      }
      loop_.forget(child.log.get());
      child.log = Descriptor();
      return;
    }
    child.line.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end = child.line.find('\n'); end != std::string::npos; end = child.line.find('\n', start)) {
      print_line(child, std::string_view(child.line).substr(start, end - start));
      start = end + 1;
    }
    child.line.erase(0, start);
    if (child.line.size() > kMaxLogLine) {
      print_line(child, child.line);
      child.line.clear();
    }
  }

  void on_signal() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo == SIGCHLD) {
        reap();
      } else {
        stop_all();
      }
    }
  }

  void reap() {
    for (const auto& child : children_) {
      int how = 0;
      if (child->pid > 0 && ::waitpid(child->pid, &how, WNOHANG) == child->pid) {
        child->pid = -1;
        const int status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
        fmt::print(stderr, "stirline run: {} ended with status {}\n", child->name, status);
        status_ = status_ == kExitOk ? status : status_;
        stop_all();
      }
    }
    if (std::ranges::all_of(children_, [](const auto& child) { return child->pid < 0; })) {
      loop_.stop();
    }
  }

  void stop_all() {
    for (const auto& child : children_) {
      if (child->pid > 0) {
        ::kill(child->pid, SIGTERM);
      }
    }
    if (!stopping_) {
      stopping_ = true;
      loop_.after(kGrace, [this] {
        for (const auto& child : children_) {
          if (child->pid > 0) {
            ::kill(child->pid, SIGKILL);
          }
        }
      });
    }
  }

  EventLoop loop_;
  sigset_t inherited_mask_{};
  Descriptor signals_;
  std::vector<std::unique_ptr<Child>> children_;
  int status_ = kExitOk;
  bool stopping_ = false;
};

int run_both(const std::string& dataplane_config, const std::string& control_config) {
  const auto dataplane = find_program("stirlined");
  const auto control = find_program("stirline-control");
  if (!dataplane || !control) {
    fmt::print(stderr, "stirline run: {} is not beside this program\n", dataplane ? "stirline-control" : "stirlined");
    return kExitMissing;
  }
  Supervisor supervisor;
  supervisor.start("dataplane", *dataplane, dataplane_config);
  supervisor.start("control", *control, control_config);
  return supervisor.supervise();
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  struct Options {
    std::string dataplane;
    std::string control;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("run", "Both daemons in the foreground");
  verb->add_option("--dataplane", options->dataplane, "stirlined's configuration")
      ->required()
      ->check(CLI::ExistingFile);
  verb->add_option("--control", options->control, "stirline-control's configuration")
      ->required()
      ->check(CLI::ExistingFile);
  verb->callback([options, &status] { status = run_both(options->dataplane, options->control); });
}

}  // namespace stirline::control::cli
