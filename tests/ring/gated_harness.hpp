// An appliance whose crypto cores work when the test says so.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

#include "tests/support/engine_wrapper.hpp"
#include "tests/support/harness.hpp"

namespace stirline::test {

// Lets an engine work or holds it before its next batch.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

class GatedEngine : public EngineWrapper {
 public:
  explicit GatedEngine(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  void sign(std::span<crypto::SignRequest> batch) override {
    gate_->pass();
    EngineWrapper::sign(batch);
  }
  void verify(std::span<crypto::VerifyRequest> batch) override {
    gate_->pass();
    EngineWrapper::verify(batch);
  }

 private:
  std::shared_ptr<Gate> gate_;
};

struct GatedHarness {
  explicit GatedHarness(std::uint32_t parked, std::uint32_t deadline_us)
      : gate(std::make_shared<Gate>()),
        harness({.adjust =
                     [&](config::DataplaneConfig& config) {
                       config.limits.parked = parked;
                       config.limits.job_deadline_us = deadline_us;
                     },
                 .make_engine = [this] { return std::make_unique<GatedEngine>(gate); }}) {
    harness.publish(lab_tables());
  }
  ~GatedHarness() { gate->open(); }
  GatedHarness(const GatedHarness&) = delete;
  GatedHarness& operator=(const GatedHarness&) = delete;

  std::shared_ptr<Gate> gate;
  Harness harness;
};

inline constexpr std::uint32_t kNeverUs = 600'000'000;  // a deadline that no test lives to see

}  // namespace stirline::test
