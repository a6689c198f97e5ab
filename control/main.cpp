// stirline-control: the control daemon.
//
// Exit status: 0 stopped by a signal; 1 the system refused something; 2 mistakes in the configuration, all of them
// printed; 64 a wrong command line.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <expected>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "config/daemon/logging.hpp"
#include "config/daemon/privileges.hpp"
#include "config/wire/channel.hpp"
#include "control/confinement.hpp"
#include "control/daemon.hpp"
#include "control/event_loop.hpp"

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

void print(const config::ConfigErrors& errors) {
  for (const config::ConfigError& error : errors) {
    fmt::print(stderr, "{}\n", config::to_string(error));
  }
}

void require(const std::expected<void, std::string>& done) {
  if (!done) {
    throw std::runtime_error(done.error());
  }
}

int serve(const std::string& config_file, const std::string& user) {
  if (!user.empty()) {
    require(config::change_user(user));
  }
  require(config::forbid_core_dumps());  // private keys pass through this process
  // A fetch has two seconds; a resolver's thread that hangs on for half a minute would only pile up (resolv.conf(5)).
  if (::setenv("RES_OPTIONS", "timeout:1 attempts:2", 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "setenv");
  }
  config::start_logging("stirline-control");
  const auto config = config::load_control_config(config_file);
  if (!config) {
    print(config.error());
    return kExitConfig;
  }
  auto confinement = confine(*config);
  if (!confinement) {
    throw std::runtime_error(confinement.error());
  }
  spdlog::info("confined: user {}, files {}, system calls filtered", ::geteuid(), confinement->files);
  EventLoop loop;
  const config::wire::Descriptor signals = take_signals();
  DaemonOptions options;
  options.config = config_file;
  options.confinement = std::move(*confinement);
  options.now = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  const auto daemon = Daemon::make(loop, std::move(options));
  if (!daemon) {
    print(daemon.error());
    return kExitConfig;
  }
  loop.watch(signals.get(), [&] {
    signalfd_siginfo info{};
    while (::read(signals.get(), &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo == SIGHUP) {
        (*daemon)->reload([](const nlohmann::ordered_json&) {});
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
    std::string user;
    app.add_option("--user", user, "become this user first (only root can)");
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : stirline::control::kExitUsage;
    }
    return stirline::control::serve(config_file, user);
  } catch (const std::exception& error) {
    fmt::print(stderr, "stirline-control: {}\n", error.what());
    return stirline::control::kExitFailed;
  }
}
