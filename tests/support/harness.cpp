#include "tests/support/harness.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "dataplane/eal/port.hpp"
#include "tests/support/ledger.hpp"
#include "tests/support/test_engine.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

constexpr std::chrono::seconds kPatience{20};
constexpr unsigned kPoolPackets = 8'191;
constexpr std::uint16_t kLargestMtu = 9'000;

std::string unique_name() {
  static int count = 0;
  return "h" + std::to_string(count++);
}

// Asks `done` until it says yes or patience ends; the last answer.
template <typename Done>
bool wait_for(Done&& done) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  return true;
}

template <typename T, typename E>
T value_or_throw(std::expected<T, E> result) {
  if (!result) {
    throw std::runtime_error(result.error());
  }
  return std::move(*result);
}

}  // namespace

config::DataplaneConfig ring_config(const RingPort& a, const RingPort& b) {
  config::DataplaneConfig config;
  config.element_id = "test";
  config.memory = {.hugepages = false, .megabytes = 256, .packets = kPoolPackets};
  config.cores.poll = {0};
  config.cores.crypto = {0};
  config.cores.idle = config::Idle::adaptive;
  for (const auto& [name, port] : {std::pair{"a", &a}, std::pair{"b", &b}}) {
    config::PortConfig entry;
    entry.name = name;
    entry.kind = config::PortKind::existing;
    entry.device = port->device();
    config.ports.push_back(entry);
  }
  config.pairs.push_back({.name = "wire", .a = "a", .b = "b"});
  return config;
}

Harness::Harness(const Options& options)
    : name_(unique_name()),
      pool_(value_or_throw(dataplane::make_packet_pool(name_ + "_in", kPoolPackets, kLargestMtu, 0))),
      a_(name_ + "a", options.ring_packets),
      b_(name_ + "b", options.ring_packets) {
  config::DataplaneConfig config = ring_config(a_, b_);
  if (options.adjust) {
    options.adjust(config);
  }
  auto make_engine = options.make_engine;
  if (!make_engine) {
    make_engine = make_test_engine;
  }
  appliance_ =
      value_or_throw(dataplane::Appliance::make(std::move(config), {.clock = &clock_, .make_engine = make_engine}));
  if (auto started = appliance_->start(); !started) {
    throw std::runtime_error(started.error());
  }
}

Harness::~Harness() {
  appliance_->stop();
  while (!a_.get().empty() || !b_.get().empty()) {
  }
  appliance_.reset();
  rte_mempool_free(pool_);
}

void Harness::publish(const LabTables& tables) {
  ++generation_;
  const bool applied = wait_for([&] {
    return value_or_throw(appliance_->apply(generation_, tables.staged())) == dataplane::Appliance::Apply::done;
  });
  if (!applied) {
    throw std::runtime_error("an old generation does not go away");
  }
  pass_a_turn();
}

void Harness::publish(const LabRules& rules) {
  ++rules_;
  const bool applied = wait_for([&] {
    return value_or_throw(appliance_->apply_rules(rules_, rules.staged())) == dataplane::Appliance::Apply::done;
  });
  if (!applied) {
    throw std::runtime_error("old rules do not go away");
  }
  pass_a_turn();
}

// The turn under way may still go by what was there before: that one ends, and another.
void Harness::pass_a_turn() {
  const dataplane::CoreLoad& load = appliance_->poll_cores().front()->load();
  const auto turned = [&] { return load.busy_cycles() + load.idle_cycles(); };
  for (int turn = 0; turn < 2; ++turn) {
    if (!wait_for([&, before = turned()] { return turned() != before; })) {
      throw std::runtime_error("the poll core stands still");
    }
  }
}

void Harness::put(RingPort& port, std::span<const std::uint8_t> frame) {
  if (!wait_for([&] { return port.put(pool_, frame); })) {
    throw std::runtime_error("the appliance does not take packets");
  }
}

std::vector<std::uint8_t> Harness::get(const RingPort& port) {
  std::vector<std::uint8_t> frame;
  // An empty result is the caller's to judge.
  static_cast<void>(wait_for([&] { return !(frame = port.get()).empty(); }));
  return frame;
}

bool Harness::settle(std::uint32_t held) {
  return wait_for([&] {
    const dataplane::PollCore& core = *appliance_->poll_cores().front();
    return counter(Counter::received) == a_.puts() + b_.puts() && core.held_packets() == held && ledger_balances();
  });
}

std::uint64_t Harness::counter(Counter counter) const {
  return appliance_->poll_cores().front()->counters().value(counter);
}

std::uint64_t Harness::counter(const std::string& name) const {
  const auto& facts = dataplane::counter_facts();
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].name == name) {
      return appliance_->poll_cores().front()->counters().value(i);
    }
  }
  throw std::out_of_range("no counter " + name);
}

bool Harness::ledger_balances() const {
  return test::ledger_balances(*appliance_->poll_cores().front());
}

}  // namespace stirline::test
