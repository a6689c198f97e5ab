// Calls whose certificate is not there yet: they wait, nobody else does (STIR-CF-05).
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/job/keyring.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

constexpr std::uint32_t kLongWaitMs = 2'000;

class CertificateWait : public testing::Test {
 protected:
  static LabTables tables(std::uint32_t wait_ms, bool known) {
    LabTables tables = lab_tables();
    tables.trunks[0].certificate_wait_ms = wait_ms;
    if (!known) {
      tables.certificates.clear();
    }
    return tables;
  }

  // What control tells of a URL that it could not fetch.
  static LabTables dead(std::int64_t not_after) {
    LabTables tables = CertificateWait::tables(kLongWaitMs, false);
    config::tables::Certificate& record = tables.certificates.emplace_back();
    record.x5u = kLabX5u;
    record.standing = crypto::Reason::certificate_unavailable;
    record.regime = crypto::kEveryRegime;
    record.not_after = not_after;
    return tables;
  }

  // A call that this appliance has signed.
  static std::string signed_call(Harness& harness, std::uint32_t number) {
    harness.put_a(golden::build(outward(invite({.number = number, .date = kTestNow}))));
    std::string call = next_payload([&] { return harness.get_b(); });
    EXPECT_NE(call.find("Identity: "), std::string::npos);
    return call;
  }
  static void put_from_peer(Harness& harness, const std::string& call) {
    for (const golden::PacketSpec& piece : golden::split(inward(call), 1'480)) {
      harness.put_b(golden::build(piece));
    }
  }
  static std::string from_a(Harness& harness) {
    return next_payload([&] { return harness.get_a(); });
  }
  // How often each certificate has been asked for.
  static std::map<std::string, int> wanted(Harness& harness) {
    std::map<std::string, int> urls;
    harness.appliance().take_certificate_requests([&](std::string_view url) { ++urls[std::string(url)]; });
    return urls;
  }
  static bool until(Harness& harness, Counter counter, std::uint64_t value) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (harness.counter(counter) < value && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return harness.counter(counter) >= value;
  }
};

TEST_F(CertificateWait, ACallGoesOnWhenItsCertificateComes) {
  Harness harness;
  harness.publish(tables(kLongWaitMs, false));
  const std::string call = signed_call(harness, 1);
  put_from_peer(harness, call);
  ASSERT_TRUE(until(harness, Counter::waited, 1));
  EXPECT_EQ(wanted(harness), (std::map<std::string, int>{{kLabX5u, 1}}));
  harness.publish(tables(kLongWaitMs, true));
  EXPECT_NE(from_a(harness).find(";verstat=TN-Validation-Passed@"), std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::verified_valid), 1U);
  EXPECT_EQ(harness.counter(Counter::wait_expired), 0U);
}

TEST_F(CertificateWait, AnUnrelatedUpdateDoesNotEndIt) {
  Harness harness;
  harness.publish(tables(kLongWaitMs, false));
  put_from_peer(harness, signed_call(harness, 1));
  ASSERT_TRUE(until(harness, Counter::waited, 1));
  harness.publish(tables(kLongWaitMs, false));
  harness.publish(tables(kLongWaitMs, true));
  EXPECT_NE(from_a(harness).find(";verstat=TN-Validation-Passed@"), std::string::npos);
  EXPECT_EQ(harness.counter(Counter::waited), 1U);
}

// STIR-CF-04, STIR-CF-05: nobody waits for what cannot be fetched.
TEST_F(CertificateWait, WhatCannotBeFetchedIsDecidedAtOnceForATime) {
  Harness harness;
  harness.publish(dead(kTestNow));
  put_from_peer(harness, signed_call(harness, 1));
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_EQ(harness.counter("verify_certificate_unavailable"), 1U);
  EXPECT_EQ(harness.counter(Counter::verified_invalid), 1U);
  EXPECT_EQ(harness.counter(Counter::waited), 0U);
  EXPECT_TRUE(wanted(harness).empty());
  // Its time is over, by the clock alone: the next call asks again.
  harness.clock().set(kTestNow + 1);
  put_from_peer(harness, signed_call(harness, 2));
  ASSERT_TRUE(until(harness, Counter::waited, 1));
  EXPECT_EQ(wanted(harness), (std::map<std::string, int>{{kLabX5u, 1}}));
  harness.publish(tables(kLongWaitMs, true));
  EXPECT_NE(from_a(harness).find(";verstat=TN-Validation-Passed@"), std::string::npos);
}

TEST_F(CertificateWait, AFailureReleasesTheCallsThatWait) {
  Harness harness;
  harness.publish(tables(kLongWaitMs, false));
  const std::vector<std::string> calls = {signed_call(harness, 1), signed_call(harness, 2)};
  for (const std::string& call : calls) {
    put_from_peer(harness, call);
  }
  ASSERT_TRUE(until(harness, Counter::waited, 2));
  harness.publish(dead(kTestNow + 9));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  }
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter("verify_certificate_unavailable"), 2U);
  EXPECT_EQ(harness.counter(Counter::wait_expired), 0U);
}

TEST_F(CertificateWait, NotLongerThanTheTrunkSays) {
  Harness harness;
  harness.publish(tables(20, false));
  put_from_peer(harness, signed_call(harness, 1));
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::wait_expired), 1U);
  EXPECT_EQ(harness.counter(Counter::verified_none), 1U);
}

TEST_F(CertificateWait, NotAtAllIfTheTrunkSaysSo) {
  Harness harness;
  harness.publish(tables(0, false));
  put_from_peer(harness, signed_call(harness, 1));
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_EQ(harness.counter(Counter::waited), 0U);
  EXPECT_TRUE(wanted(harness).empty());
}

TEST_F(CertificateWait, OtherCallsPass) {
  Harness harness;
  harness.publish(tables(kLongWaitMs, false));
  const std::string cold = signed_call(harness, 1);
  put_from_peer(harness, cold);
  ASSERT_TRUE(until(harness, Counter::waited, 1));
  // Unsigned, signed outward, and judged without a certificate: none stands behind the one that waits.
  put_from_peer(harness, invite({.number = 2, .date = kTestNow}));
  EXPECT_NE(from_a(harness).find("Subscriber 2"), std::string::npos);
  EXPECT_NE(signed_call(harness, 3).find("Subscriber 3"), std::string::npos);
  std::string forged = cold;
  forged.replace(forged.find("To: <sip:+") + 10, 11, "13035559999");
  put_from_peer(harness, forged);
  EXPECT_NE(from_a(harness).find("13035559999"), std::string::npos);
  EXPECT_TRUE(harness.settle(2));  // the fragments of the call that waits
  harness.publish(tables(kLongWaitMs, true));
  EXPECT_NE(from_a(harness).find("Subscriber 1"), std::string::npos);
}

TEST_F(CertificateWait, ManyCallsAskOnceAndTakeTheirShareOfPlaces) {
  constexpr std::uint32_t kPlaces = 4;
  constexpr std::uint32_t kCalls = 12;
  Harness harness({.adjust = [](config::DataplaneConfig& config) { config.limits.waiting = kPlaces; }});
  harness.publish(tables(kLongWaitMs, false));
  std::vector<std::string> calls;
  for (std::uint32_t i = 0; i < kCalls; ++i) {
    calls.push_back(signed_call(harness, i));
  }
  for (const std::string& call : calls) {
    put_from_peer(harness, call);
  }
  // What finds no place goes on at once.
  for (std::uint32_t i = kPlaces; i < kCalls; ++i) {
    EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  }
  EXPECT_EQ(harness.counter(Counter::waited), kPlaces);
  EXPECT_EQ(harness.counter(Counter::waiting_full), kCalls - kPlaces);
  const auto urls = wanted(harness);
  ASSERT_EQ(urls.size(), 1U);
  EXPECT_EQ(static_cast<std::uint64_t>(urls.at(kLabX5u)), harness.counter(Counter::certificates_wanted));
  harness.publish(tables(kLongWaitMs, true));
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    EXPECT_NE(from_a(harness).find(";verstat=TN-Validation-Passed@"), std::string::npos);
  }
  EXPECT_TRUE(harness.settle());
}

TEST_F(CertificateWait, ATrunkThatIsGoneEndsIt) {
  Harness harness;
  harness.publish(tables(kLongWaitMs, false));
  put_from_peer(harness, signed_call(harness, 1));
  ASSERT_TRUE(until(harness, Counter::waited, 1));
  LabTables other = tables(kLongWaitMs, true);
  other.trunks[0].name = "another";
  harness.publish(other);
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_EQ(harness.counter(Counter::wait_expired), 1U);
}

TEST_F(CertificateWait, StoppingSendsOnWhatWaits) {
  Harness harness;
  harness.publish(tables(kLongWaitMs, false));
  put_from_peer(harness, signed_call(harness, 1));
  ASSERT_TRUE(until(harness, Counter::waited, 1));
  harness.appliance().stop();
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_TRUE(harness.ledger_balances());
}

}  // namespace
}  // namespace stirline::test
