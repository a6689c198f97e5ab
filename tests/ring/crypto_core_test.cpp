// What a crypto core does beside its jobs.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dataplane/status.hpp"
#include "tests/support/engine_wrapper.hpp"
#include "tests/support/harness.hpp"

namespace stirline::test {
namespace {

// A processor that is found out at the third maintenance.
class AgeingEngine : public EngineWrapper {
 public:
  explicit AgeingEngine(std::shared_ptr<std::atomic<int>> maintained) : maintained_(std::move(maintained)) {}
  void maintain() override { ++*maintained_; }
  [[nodiscard]] crypto::EngineCounters counters() const override { return {.trusted = *maintained_ < 3}; }

 private:
  std::shared_ptr<std::atomic<int>> maintained_;
};

bool reaches(const std::atomic<int>& value, int wanted) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (value < wanted && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  return value == wanted;
}

TEST(CryptoCore, MaintainsItsEngineEveryMinuteWhateverTheClockDoes) {
  const auto maintained = std::make_shared<std::atomic<int>>(0);
  Harness harness({.make_engine = [&] { return std::make_unique<AgeingEngine>(maintained); }});
  const auto trusted = [&] {
    harness.appliance().housekeep();
    const auto status = nlohmann::json::parse(status_json(harness.appliance(), kTestNow, kTestNow));
    return status["cores"][1]["engine_trusted"].get<bool>();
  };
  harness.clock().set(kTestNow + 60);
  EXPECT_TRUE(reaches(*maintained, 1));
  harness.clock().set(kTestNow - 3'600);  // set back
  EXPECT_TRUE(reaches(*maintained, 2));
  EXPECT_TRUE(trusted());
  harness.clock().set(kTestNow);
  EXPECT_TRUE(reaches(*maintained, 3));
  EXPECT_FALSE(trusted());
}

}  // namespace
}  // namespace stirline::test
