// stirline-control: the control daemon.
//
// Exit status: 0 stopped by a signal; 1 the system refused something; 2 mistakes in the configuration, all of them
// printed; 64 a wrong command line.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "config/wire/channel.hpp"
#include "control/daemon.hpp"
#include "control/event_loop.hpp"
#include "control/logging.hpp"

namespace stirline::control {

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitConfig = 2;
constexpr int kExitUsage = 64;

config::wire::Descriptor take_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&signals, signal);
  }
  if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "sigprocmask");
  }
  config::wire::Descriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor.valid()) {
    throw std::system_error(errno, std::generic_category(), "signalfd");
  }
  return descriptor;
}

int serve(const std::string& config_file) {
  // Private keys pass through this process: no core dump, no debugger of the same user.
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "prctl(PR_SET_DUMPABLE)");
  }
  // A fetch has two seconds; a resolver's thread that hangs on for half a minute would only pile up (resolv.conf(5)).
  if (::setenv("RES_OPTIONS", "timeout:1 attempts:2", 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "setenv");
  }
  start_logging();
  EventLoop loop;
  const config::wire::Descriptor signals = take_signals();
  DaemonOptions options;
  options.config = config_file;
  options.now = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  const auto daemon = Daemon::make(loop, std::move(options));
  if (!daemon) {
    for (const config::ConfigError& error : daemon.error()) {
      fmt::print(stderr, "{}\n", config::to_string(error));
    }
    return kExitConfig;
  }
  loop.watch(signals.get(), [&] {
    signalfd_siginfo info{};
    while (::read(signals.get(), &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo == SIGHUP) {
        (*daemon)->reload([](config::wire::ResultCode, const nlohmann::ordered_json&) {});
      } else {
        spdlog::info("stopping");
        loop.stop();
      }
    }
  });
  loop.run();
  return 0;
}

}  // namespace

}  // namespace stirline::control

int main(int argc, char** argv) {
  try {
    CLI::App app("Stirline's control daemon: configuration, trust and keys for the data plane", "stirline-control");
    std::string config_file;
    app.add_option("--config", config_file, "configuration file (TOML)")->required();
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : stirline::control::kExitUsage;
    }
    return stirline::control::serve(config_file);
  } catch (const std::exception& error) {
    fmt::print(stderr, "stirline-control: {}\n", error.what());
    return stirline::control::kExitFailed;
  }
}
