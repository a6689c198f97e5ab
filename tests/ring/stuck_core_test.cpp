// A crypto core that takes jobs and gives none back: its calls go on, others go elsewhere, the operator is told, and it
// is taken in again when it moves (issue: "crypto core stuck").
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dataplane/status.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

// What the operator sees of crypto core `index`.
nlohmann::json core_status(Harness& harness, std::size_t index) {
  harness.appliance().housekeep();
  const auto status = nlohmann::json::parse(dataplane::status_json(harness.appliance(), kTestNow, kTestNow));
  return status["cores"][harness.appliance().poll_cores().size() + index];
}

// Waits until crypto core `index` counts as stuck, or no longer does.
bool becomes(Harness& harness, std::size_t index, bool stuck) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (core_status(harness, index)["stuck"].get<bool>() != stuck) {
    if (std::chrono::steady_clock::now() > patience) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::string through(Harness& harness, const std::string& sent) {
  harness.put_a(golden::build(outward(sent)));
  return next_payload([&] { return harness.get_b(); });
}

// The Identity line is all that has come to it.
bool is_signed(const std::string& received, const std::string& sent) {
  const std::string line = header_line(received, "Identity: ");
  const std::size_t at = line.empty() ? std::string::npos : received.find(line);
  return at != std::string::npos && std::string(received).erase(at, line.size() + 2) == sent;
}

// Two crypto cores, of which the first works when the test says so.
class OneOfTwo : public testing::Test {
 protected:
  static constexpr std::uint32_t kDeadlineUs = 250'000;

  OneOfTwo()
      : harness_({.adjust =
                      [](config::DataplaneConfig& config) {
                        config.cores.crypto = {0, 0};
                        config.limits.parked = 2;
                        config.limits.job_deadline_us = kDeadlineUs;
                      },
                  .make_engine = [this]() -> std::unique_ptr<crypto::Engine> {
                    if (std::exchange(gated_, true)) {
                      return std::make_unique<EngineWrapper>();
                    }
                    return std::make_unique<GatedEngine>(gate_);
                  }}) {
    harness_.publish(lab_tables());
  }
  ~OneOfTwo() override { gate_->open(); }

  // The first call goes to the first core, which keeps it.
  void stick() {
    ASSERT_EQ(through(harness_, call(0)), call(0)) << "untouched, at its deadline";
    ASSERT_EQ(harness_.counter(Counter::job_deadline), 1U);
    ASSERT_TRUE(becomes(harness_, 0, true));
  }

  bool gated_ = false;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  Harness harness_;
};

TEST_F(OneOfTwo, CallsGoToTheOneThatWorks) {
  stick();
  for (std::uint32_t i = 1; i <= 200; ++i) {
    ASSERT_TRUE(is_signed(through(harness_, call(i)), call(i))) << i;
  }
  EXPECT_EQ(core_status(harness_, 0)["jobs"], 0);
  EXPECT_EQ(core_status(harness_, 0)["found_stuck"], 1);
  EXPECT_EQ(core_status(harness_, 1)["jobs"], 200);
  EXPECT_EQ(core_status(harness_, 1)["stuck"], false);
  EXPECT_EQ(harness_.counter(Counter::job_deadline), 1U);
  EXPECT_EQ(harness_.counter(Counter::crypto_stuck), 0U);
  EXPECT_TRUE(harness_.settle(1)) << "the original of the first call waits for its core";
}

TEST_F(OneOfTwo, WhatComesLateTouchesNothingAndTheCoreIsTakenInAgain) {
  stick();
  ASSERT_TRUE(is_signed(through(harness_, call(1)), call(1)));
  gate_->open();
  ASSERT_TRUE(becomes(harness_, 0, false));
  EXPECT_TRUE(harness_.settle());
  EXPECT_TRUE(harness_.b().get().empty()) << "nothing is sent a second time";
  for (std::uint32_t i = 2; i <= 200; ++i) {  // both slots are used again and again
    ASSERT_TRUE(is_signed(through(harness_, call(i)), call(i))) << i;
  }
  EXPECT_GT(core_status(harness_, 0)["jobs"], 1);
  EXPECT_EQ(core_status(harness_, 0)["found_stuck"], 1);
  EXPECT_EQ(harness_.counter(Counter::job_deadline), 1U);
  EXPECT_TRUE(harness_.ledger_balances());
}

TEST(StuckCore, WithoutAnotherCallsDoNotWaitForIt) {
  GatedHarness gated(64, 20'000);
  Harness& harness = gated.harness;
  ASSERT_EQ(through(harness, call(1)), call(1));
  ASSERT_TRUE(becomes(harness, 0, true));
  EXPECT_EQ(through(harness, call(2)), call(2));
  EXPECT_EQ(harness.counter(Counter::crypto_stuck), 1U);
  std::string boast = call(3);  // from a peer: no verdict of its own gets through (STIR-VS-15)
  boast.insert(boast.find("@carrier-a"), ";verstat=TN-Validation-Passed");
  harness.put_b(golden::build(inward(boast)));
  const std::string received = next_payload([&] { return harness.get_a(); });
  EXPECT_EQ(received.find("TN-Validation-Passed"), std::string::npos);
  EXPECT_NE(received.find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_EQ(harness.counter(Counter::job_deadline), 1U) << "only the first call has waited";
  EXPECT_TRUE(harness.settle(1)) << "and only it is held";
  gated.gate->open();
  ASSERT_TRUE(becomes(harness, 0, false));
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(is_signed(through(harness, call(4)), call(4)));
  EXPECT_TRUE(harness.b().get().empty());
}

TEST(StuckCore, IsNoReasonNotToStop) {
  GatedHarness gated(64, 20'000);
  Harness& harness = gated.harness;
  ASSERT_EQ(through(harness, call(1)), call(1));
  EXPECT_FALSE(harness.appliance().stop_within(std::chrono::milliseconds(20)));
  gated.gate->open();
  EXPECT_TRUE(harness.appliance().stop_within(std::chrono::seconds(20)));
  EXPECT_TRUE(harness.ledger_balances());
}

}  // namespace
}  // namespace stirline::test
