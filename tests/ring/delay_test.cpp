// What a real data plane tells of its load: each message is counted on the way it took, once; busy time, and fills.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dataplane/status.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::DelayPath;
using nlohmann::ordered_json;

// The core counts what it has sent a moment after a test can receive it.
bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 5'000 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return condition();
}

class Delay : public testing::Test {
 protected:
  static std::uint64_t counted(Harness& harness, DelayPath path) {
    const dataplane::DelayHistogram& histogram = harness.appliance().poll_cores().front()->delays(path);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < config::wire::kDelayBuckets; ++i) {
      sum += histogram.bucket(i);
    }
    return sum;
  }
  static bool counts(Harness& harness, DelayPath path, std::uint64_t expected) {
    return comes_true([&] { return counted(harness, path) == expected; }) || counted(harness, path) == expected;
  }
  static std::string from(const std::function<std::vector<std::uint8_t>()>& next) { return next_payload(next); }
  static ordered_json status(Harness& harness) {
    return ordered_json::parse(dataplane::status_json(harness.appliance(), kTestNow, kTestNow));
  }
  static ordered_json fill(Harness& harness, const std::string& table) {
    const ordered_json document = status(harness);
    for (const ordered_json& row : document.at("fills")) {
      if (row.at("table") == table) {
        return row;
      }
    }
    return {};
  }
};

TEST_F(Delay, EachMessageIsCountedOnTheWayItTook) {
  Harness harness;
  harness.publish(lab_tables());
  golden::PacketSpec stranger = outward("no SIP port");
  stranger.destination_port = 9;
  for (int i = 0; i < 3; ++i) {
    harness.put_a(golden::build(stranger));
    EXPECT_FALSE(harness.get_b().empty());
  }
  EXPECT_TRUE(counts(harness, DelayPath::bypassed, 3));

  harness.put_a(golden::build(outward(invite({.number = 1, .date = kTestNow}))));
  const std::string sent = from([&] { return harness.get_b(); });
  ASSERT_NE(sent.find("Identity: "), std::string::npos);
  EXPECT_TRUE(counts(harness, DelayPath::signing, 1));

  for (const golden::PacketSpec& piece : golden::split(inward(sent), 1'480)) {
    harness.put_b(golden::build(piece));
  }
  EXPECT_NE(from([&] { return harness.get_a(); }).find("verstat="), std::string::npos);
  EXPECT_TRUE(counts(harness, DelayPath::verifying, 1));

  harness.put_a(golden::build(outward(invite({.number = 2, .date = kTestNow, .attest = '-'}))));
  EXPECT_FALSE(harness.get_b().empty());
  EXPECT_TRUE(counts(harness, DelayPath::passed, 1));
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(counts(harness, DelayPath::bypassed, 3)) << "and nothing twice";
  EXPECT_TRUE(counts(harness, DelayPath::signing, 1));
  EXPECT_TRUE(counts(harness, DelayPath::waiting, 0));
}

TEST_F(Delay, ACallThatWaitedForACertificateIsNotAmongTheVerified) {
  Harness harness;
  LabTables tables = lab_tables();
  harness.publish(tables);
  harness.put_a(golden::build(outward(invite({.number = 1, .date = kTestNow}))));
  const std::string sent = from([&] { return harness.get_b(); });
  tables.trunks[0].certificate_wait_ms = 20;
  tables.certificates.clear();
  harness.publish(tables);
  for (const golden::PacketSpec& piece : golden::split(inward(sent), 1'480)) {
    harness.put_b(golden::build(piece));
  }
  EXPECT_FALSE(from([&] { return harness.get_a(); }).empty());
  EXPECT_TRUE(counts(harness, DelayPath::waiting, 1));
  EXPECT_TRUE(counts(harness, DelayPath::verifying, 0));
  EXPECT_GE(harness.appliance().poll_cores().front()->delays(DelayPath::waiting).sum_ns(), 20'000'000U);
}

TEST_F(Delay, WhatWaitsAtACryptoCoreIsSeenInItsRingAndInParking) {
  GatedHarness gated(16, kNeverUs);
  Harness& harness = gated.harness;
  constexpr std::uint32_t kCalls = 5;
  for (std::uint32_t i = 0; i < kCalls; ++i) {
    harness.put_a(golden::build(outward(invite({.number = i, .date = kTestNow}))));
  }
  EXPECT_TRUE(comes_true([&] { return fill(harness, "parking").at("used") == kCalls; }));
  EXPECT_EQ(fill(harness, "parking").at("places"), 16);
  EXPECT_TRUE(fill(harness, "parking").at("oldest_seconds").is_number_unsigned());
  const ordered_json crypto = status(harness).at("cores").at(1);
  EXPECT_EQ(crypto.at("queue_places"), 16);
  EXPECT_LE(crypto.at("jobs_queued").get<std::uint32_t>(), kCalls);
  gated.gate->open();
  for (std::uint32_t i = 0; i < kCalls; ++i) {
    EXPECT_FALSE(from([&] { return harness.get_b(); }).empty());
  }
  EXPECT_TRUE(comes_true([&] { return fill(harness, "parking").at("used") == 0; }));
  EXPECT_TRUE(comes_true([&] { return status(harness).at("cores").at(1).at("jobs_queued") == 0; }));
  EXPECT_GT(fill(harness, "signed_requests").at("used"), 1'000);
  EXPECT_TRUE(fill(harness, "signed_requests").at("oldest_seconds").is_number_unsigned());
  EXPECT_TRUE(fill(harness, "parking").at("oldest_seconds").is_null());
}

TEST_F(Delay, CoresTellWhatTheyWorkedAndWhatTheyRested) {
  Harness harness;
  harness.publish(lab_tables());
  harness.put_a(golden::build(outward(invite({.number = 1, .date = kTestNow}))));
  EXPECT_FALSE(from([&] { return harness.get_b(); }).empty());
  EXPECT_TRUE(comes_true([&] {
    const ordered_json document = status(harness);
    for (const ordered_json& core : document.at("cores")) {
      if (core.at("busy_cycles") == 0 || core.at("idle_cycles") == 0) {
        return false;
      }
    }
    return true;
  }));
}

}  // namespace
}  // namespace stirline::test
