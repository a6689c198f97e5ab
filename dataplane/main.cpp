// stirlined: the data plane daemon.
//
// Exit status: 0 stopped by a signal, 1 could not run (ports, memory, socket), 2 mistakes in the configuration.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <string>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "config/daemon/logging.hpp"
#include "config/daemon/privileges.hpp"
#include "config/daemon/syscall_filter.hpp"
#include "config/dataplane_config.hpp"
#include "config/wire/channel.hpp"
#include "dataplane/appliance.hpp"
#include "dataplane/control_server.hpp"
#include "dataplane/eal/eal.hpp"
#include "dataplane/eal/eal_args.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kBadConfiguration = 2;
constexpr int kHousekeepingMs = 20;
constexpr std::chrono::seconds kCryptoPatience{1};

volatile std::sig_atomic_t stop_requested = 0;
void request_stop(int /*signal*/) {
  stop_requested = 1;
}

void handle_signals() {
  struct sigaction action = {};
  action.sa_handler = request_stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// Ports, memory and socket are open. None of them needs a capability to be used, and the cores' threads, which hold
// them too, sleep until start().
std::expected<void, std::string> confine() {
  if (auto done = stirline::config::give_up_privileges(stirline::config::kNoCapabilities); !done) {
    return done;
  }
  return stirline::config::enter_syscall_filter(stirline::config::Program::dataplane);
}

int run(const stirline::config::DataplaneConfig& config) {
  using stirline::dataplane::Appliance;
  auto eal = stirline::dataplane::Eal::start(
      stirline::dataplane::eal_arguments(config, stirline::dataplane::plan_cores(config)));
  if (!eal) {
    spdlog::error("{}", eal.error());
    return kFailed;
  }
  auto listener = stirline::config::wire::Listener::listen(config.socket);
  if (!listener) {
    spdlog::error("{}: {}", config.socket, listener.error().text);
    return kFailed;
  }
  auto appliance = Appliance::make(config);
  if (!appliance) {
    spdlog::error("{}", appliance.error());
    return kFailed;
  }
  if (auto confined = confine(); !confined) {
    spdlog::error("{}", confined.error());
    return kFailed;
  }
  handle_signals();  // after EAL, which installs none, but before anything moves
  if (auto started = (*appliance)->start(); !started) {
    spdlog::error("{}", started.error());
    return kFailed;
  }
  spdlog::info("forwarding; waiting for control at {}", config.socket);
  const stirline::dataplane::SystemClock clock;
  stirline::dataplane::ControlServer server(**appliance, *listener, clock);
  while (stop_requested == 0) {
    server.serve(kHousekeepingMs);
    (*appliance)->housekeep();
  }
  const bool all_ended = (*appliance)->stop_within(kCryptoPatience);
  server.forward_records();
  if (!all_ended) {
    spdlog::error("stopped, but for a crypto core that is stuck");
    std::_Exit(kFailed);  // it may still use memory that anything more orderly would free
  }
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Stirline data plane: forwards everything between its ports, signs and verifies SIP calls on the way"};
  std::string file = "/etc/stirline/stirlined.toml";
  app.add_option("--config", file, "configuration file")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  stirline::config::start_logging("stirlined");
  if (auto forbidden = stirline::config::forbid_core_dumps(); !forbidden) {
    spdlog::error("{}", forbidden.error());
    return kFailed;
  }
  stirline::config::lift_memory_lock_limit();
  const auto config = stirline::config::load_dataplane_config(file);
  if (!config) {
    for (const stirline::config::ConfigError& error : config.error()) {
      std::fprintf(stderr, "%s\n", stirline::config::to_string(error).c_str());
    }
    return kBadConfiguration;
  }
  stirline::config::set_log_level(config->log_level);
  return run(*config);
}
