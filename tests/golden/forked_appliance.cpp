#include "tests/golden/forked_appliance.hpp"

#include <chrono>
#include <cstdio>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dataplane/appliance.hpp"
#include "dataplane/eal/eal.hpp"
#include "dataplane/eal/eal_args.hpp"
#include "tests/golden/appliance_settings.hpp"
#include "tests/golden/pcap_file.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/ledger.hpp"
#include "tests/support/test_engine.hpp"

namespace stirline::golden {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 30s;

std::size_t frames_in(const Captures& captures) {
  return read_pcap(captures.a_in).size() + read_pcap(captures.b_in).size();
}

// Waits until every frame has been received and none is held any more.
bool settle(const dataplane::PollCore& core, std::size_t frames) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  unsigned quiet = 0;  // looks in a row that found nothing held: the core publishes what it holds once a turn
  while (quiet < 3) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(2ms);
    const bool all = core.counters().value(dataplane::Counter::received) == frames;
    quiet = all && core.parked() == 0 && core.held_packets() == 0 ? quiet + 1 : 0;
  }
  return true;
}

std::string counters_text(const dataplane::Counters& counters) {
  std::string text;
  for (std::size_t i = 0; i < dataplane::kCounters; ++i) {
    text += dataplane::counter_facts()[i].name + " " + std::to_string(counters.value(i)) + "\n";
  }
  return text;
}

// In the child. Returns the counters as text, or why there are none.
std::expected<std::string, std::string> run_here(const Captures& captures, Setup setup) {
  const std::size_t frames = frames_in(captures);
  const auto cpu = static_cast<std::uint16_t>(sched_getcpu());
  setup.config.cores.main = cpu;
  setup.config.cores.poll = {cpu};
  setup.config.cores.crypto = {cpu};
  std::vector<std::string> arguments = dataplane::eal_arguments(setup.config, dataplane::plan_cores(setup.config));
  arguments.emplace_back("--log-level=error");
  auto eal = dataplane::Eal::start(arguments);
  if (!eal) {
    return std::unexpected(eal.error());
  }
  const test::TestClock clock(setup.now);
  auto made = dataplane::Appliance::make(setup.config, {.clock = &clock, .make_engine = test::make_test_engine});
  if (!made) {
    return std::unexpected(made.error());
  }
  dataplane::Appliance& appliance = **made;
  if (setup.with_tables) {
    if (const auto applied = appliance.apply(1, setup.tables.staged()); !applied) {
      return std::unexpected(applied.error());
    }
  }
  if (const auto started = appliance.start(); !started) {
    return std::unexpected(started.error());
  }
  const dataplane::PollCore& core = *appliance.poll_cores().front();
  const bool settled = settle(core, frames);
  appliance.stop();
  if (!settled) {
    return std::unexpected("not every frame was received and let go in time");
  }
  if (!test::ledger_balances(core)) {
    return std::unexpected("the ledger does not balance:\n" + counters_text(core.counters()));
  }
  return counters_text(core.counters());
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4'096> buffer;
  for (ssize_t count = 0; (count = read(descriptor, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

[[noreturn]] void run_as_child(int descriptor, const Captures& captures, Setup setup) {
  const auto result = run_here(captures, std::move(setup));
  const std::string text = result ? *result : "! " + result.error();
  const bool written = write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  std::fflush(nullptr);
  _exit(written ? 0 : 1);
}

std::expected<CounterValues, std::string> counters_of(const std::string& text) {
  if (text.starts_with("! ")) {
    return std::unexpected(text.substr(2));
  }
  CounterValues counters;
  std::istringstream in(text);
  std::string name;
  for (std::uint64_t value = 0; in >> name >> value;) {
    counters[name] = value;
  }
  return counters;
}

}  // namespace

std::expected<CounterValues, std::string> ForkedAppliance::run(const Captures& captures, const Settings& settings) {
  auto setup = make_setup(captures, settings);
  if (!setup) {
    return std::unexpected(std::move(setup.error()));
  }
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    return std::unexpected("no pipe");
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    run_as_child(ends[1], captures, std::move(*setup));
  }
  close(ends[1]);
  const std::string text = child < 0 ? "! no process" : read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  if (child > 0 && (waitpid(child, &status, 0) != child || status != 0)) {
    return std::unexpected("the appliance ended with wait status " + std::to_string(status));
  }
  return counters_of(text);
}

}  // namespace stirline::golden
