// A whole appliance between two ring ports, with the lab's tables, an injected clock and reproducible signatures.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataplane/appliance.hpp"
#include "tests/support/lab_rules.hpp"
#include "tests/support/lab_tables.hpp"
#include "tests/support/ring_port.hpp"

namespace stirline::test {

// Stands still until it is set.
class TestClock : public dataplane::Clock {
 public:
  explicit TestClock(std::int64_t now) : now_(now) {}
  [[nodiscard]] std::int64_t now() const override { return now_.load(); }
  void set(std::int64_t now) { now_.store(now); }

 private:
  std::atomic<std::int64_t> now_;
};

inline constexpr std::int64_t kTestNow = 1'795'000'000;  // 2026-11-18, a Wednesday

// A poll core and a crypto core on EAL threads 1 and 2; pair "wire" of ports "a" and "b", adaptive idle.
[[nodiscard]] config::DataplaneConfig ring_config(const RingPort& a, const RingPort& b);

class Harness {
 public:
  struct Options {
    std::function<void(config::DataplaneConfig&)> adjust = {};
    std::function<std::unique_ptr<crypto::Engine>()> make_engine = {};  // empty: make_test_engine
    unsigned ring_packets = 4'096;
  };
  Harness() : Harness(Options()) {}
  explicit Harness(const Options& options);  // throws std::runtime_error if the appliance does not come up
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;
  ~Harness();

  // Publishes tables; throws if they are refused. Waits while two generations are alive, at most some seconds. What is
  // put in afterwards is decided by them.
  void publish(const LabTables& tables);

  // The same for rules.
  void publish(const LabRules& rules);

  void put_a(std::span<const std::uint8_t> frame) { put(a_, frame); }  // as if it came from the inside
  void put_b(std::span<const std::uint8_t> frame) { put(b_, frame); }  // from the peer
  // The next frame the appliance sends; waits, at most some seconds, then gives an empty one.
  [[nodiscard]] std::vector<std::uint8_t> get_a() { return get(a_); }
  [[nodiscard]] std::vector<std::uint8_t> get_b() { return get(b_); }

  // Waits until everything received has left, been dropped or (if `held`) is held; false if that does not come true.
  [[nodiscard]] bool settle(std::uint32_t held = 0);

  [[nodiscard]] std::uint64_t counter(dataplane::Counter counter) const;
  [[nodiscard]] std::uint64_t counter(const std::string& name) const;  // throws std::out_of_range
  [[nodiscard]] bool ledger_balances() const;  // received + created = transmitted + held + dropped + replaced
  [[nodiscard]] TestClock& clock() { return clock_; }
  [[nodiscard]] dataplane::Appliance& appliance() { return *appliance_; }
  [[nodiscard]] RingPort& a() { return a_; }
  [[nodiscard]] RingPort& b() { return b_; }
  [[nodiscard]] rte_mempool* pool() const { return pool_; }

 private:
  void pass_a_turn();
  void put(RingPort& port, std::span<const std::uint8_t> frame);
  [[nodiscard]] static std::vector<std::uint8_t> get(const RingPort& port);

  std::string name_;
  TestClock clock_{kTestNow};
  rte_mempool* pool_;  // of the frames the test puts in
  RingPort a_;
  RingPort b_;
  std::uint64_t generation_ = 0;
  std::uint64_t rules_ = 0;
  std::unique_ptr<dataplane::Appliance> appliance_;
};

}  // namespace stirline::test
