// Messages at crypto cores that are slow, stuck or full: nothing is lost, nothing is used after its time (design.md 2,
// 3).
#include <string>

#include <gtest/gtest.h>

#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

golden::Octets call_frame(std::uint32_t number) {
  return golden::build(outward(invite({.number = number, .date = kTestNow})));
}

TEST(Parking, AStuckCryptoCoreDelaysACallOnlyUntilItsDeadline) {
  GatedHarness gated(64, 20'000);
  const golden::Octets frame = call_frame(1);
  gated.harness.put_a(frame);
  EXPECT_EQ(gated.harness.get_b(), frame);  // untouched: fail open
  EXPECT_EQ(gated.harness.counter(Counter::job_deadline), 1U);
  EXPECT_TRUE(gated.harness.settle(1));  // the original waits for the crypto core to let go of it
  gated.gate->open();
  EXPECT_TRUE(gated.harness.settle());
  EXPECT_TRUE(gated.harness.b().get().empty());  // the late answer sends nothing a second time
  gated.harness.put_a(call_frame(2));
  EXPECT_NE(next_payload([&] { return gated.harness.get_b(); }).find("Identity: "), std::string::npos);
}

TEST(Parking, WhatFindsNoPlaceIsForwardedUntouched) {
  constexpr std::uint32_t kPlaces = 8;
  GatedHarness gated(kPlaces, kNeverUs);
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    gated.harness.put_a(call_frame(i));
  }
  EXPECT_TRUE(gated.harness.settle(kPlaces));
  const golden::Octets frame = call_frame(100);
  gated.harness.put_a(frame);
  EXPECT_EQ(gated.harness.get_b(), frame);
  EXPECT_EQ(gated.harness.counter(Counter::parked_full), 1U);
  gated.gate->open();
  EXPECT_TRUE(gated.harness.settle());
  EXPECT_EQ(gated.harness.counter(Counter::signed_a), kPlaces);
}

// A call from the peer that boasts of a verdict and carries a token that says nothing.
std::string boasting_call(std::uint32_t number) {
  std::string call = invite({.number = number, .date = kTestNow});
  call.insert(call.find("@carrier-a"), ";verstat=TN-Validation-Passed");
  call.insert(call.find("Content-Type"),
              "Identity: e30.e30.AA;info=<https://certificates.example.org/lab/1234.pem>\r\n");
  return call;
}

TEST(Parking, WhatCannotBeJudgedInTimeIsMarkedAsNotValidated) {  // STIR-VS-15: overload is no way to carry a verdict in
  GatedHarness gated(1, 20'000);
  gated.harness.put_a(call_frame(1));  // takes the only place and stops the crypto core
  EXPECT_EQ(gated.harness.get_b(), call_frame(1));
  gated.harness.put_b(golden::build(inward(boasting_call(2))));
  const std::string no_place = next_payload([&] { return gated.harness.get_a(); });
  EXPECT_EQ(gated.harness.counter(Counter::parked_full), 1U);
  EXPECT_EQ(no_place.find("TN-Validation-Passed"), std::string::npos);
  EXPECT_NE(no_place.find(";verstat=No-TN-Validation@"), std::string::npos);
}

TEST(Parking, ALateVerdictIsNoVerdict) {
  GatedHarness gated(8, 20'000);
  gated.harness.put_a(call_frame(1));  // stops the crypto core
  EXPECT_EQ(gated.harness.get_b(), call_frame(1));
  gated.harness.put_b(golden::build(inward(boasting_call(2))));
  const std::string late = next_payload([&] { return gated.harness.get_a(); });
  // On a slow machine the crypto core counts as stuck by now, and the call has not waited for it.
  EXPECT_EQ(gated.harness.counter(Counter::job_deadline) + gated.harness.counter(Counter::crypto_stuck), 2U);
  EXPECT_EQ(late.find("TN-Validation-Passed"), std::string::npos);
  EXPECT_NE(late.find(";verstat=No-TN-Validation@"), std::string::npos);
  gated.gate->open();
  EXPECT_TRUE(gated.harness.settle());
  EXPECT_TRUE(gated.harness.a().get().empty());
}

TEST(Parking, OtherTrafficDoesNotWaitForParkedCalls) {
  GatedHarness gated(64, kNeverUs);
  gated.harness.put_a(call_frame(1));
  EXPECT_TRUE(gated.harness.settle(1));
  golden::PacketSpec media = outward("media");
  media.destination_port = 4000;
  const golden::Octets other = golden::build(media);
  gated.harness.put_a(other);
  EXPECT_EQ(gated.harness.get_b(), other);
  gated.gate->open();
  EXPECT_TRUE(gated.harness.settle());
}

TEST(Parking, AGenerationLivesUntilItsLastParkedMessageIsDone) {
  GatedHarness gated(64, kNeverUs);
  gated.harness.put_a(call_frame(1));
  EXPECT_TRUE(gated.harness.settle(1));
  LabTables next = lab_tables();
  next.numbers.front().attest = 'C';
  gated.harness.publish(next);
  // Two generations live: a third has to wait.
  const auto third = gated.harness.appliance().apply(77, lab_tables().staged());
  ASSERT_TRUE(third);
  EXPECT_EQ(*third, dataplane::Appliance::Apply::busy);
  gated.gate->open();
  EXPECT_TRUE(gated.harness.settle());
  EXPECT_EQ(gated.harness.counter(Counter::signed_a), 1U);  // decided by the generation it met
  gated.harness.put_a(call_frame(2));
  EXPECT_TRUE(gated.harness.settle());
  EXPECT_EQ(gated.harness.counter(Counter::signed_c), 1U);
  gated.harness.publish(lab_tables());  // waits for the second to go; throws if it never does
}

TEST(Parking, FragmentsByTheHundredTakeTheirShareOfPacketsAndNoMore) {  // INL-MTU-02
  constexpr std::uint32_t kPackets = 1'023;
  constexpr std::uint32_t kShare = kPackets / 4;
  constexpr std::uint32_t kSent = 300;
  Harness harness({.adjust =
                       [](config::DataplaneConfig& config) {
                         config.memory.packets = kPackets;
                         for (config::PortConfig& port : config.ports) {
                           port.descriptors = 64;
                         }
                       },
                   .make_engine = {}});
  harness.publish(lab_tables());
  for (std::uint32_t i = 0; i < kSent; ++i) {
    golden::PacketSpec first = golden::split(outward(invite({.number = i})), 800).front();
    first.source = "192.0.2." + std::to_string(i % 250 + 1);
    first.id = i;
    harness.put_a(golden::build(first));
  }
  EXPECT_TRUE(harness.settle(kShare));
  EXPECT_EQ(harness.counter(Counter::fragment_table_full), kSent - kShare);
  while (!harness.b().get().empty()) {  // those went on as they came
  }
  harness.put_a(call_frame(1));
  EXPECT_NE(next_payload([&] { return harness.get_b(); }).find("Identity: "), std::string::npos);
}

TEST(Parking, StoppingSendsOnWhatIsHeld) {
  GatedHarness gated(64, 20'000);
  const golden::Octets frame = call_frame(1);
  const auto pieces = golden::split(outward(invite({.number = 2, .date = kTestNow})), 800);
  const golden::Octets piece = golden::build(pieces.front());
  gated.harness.put_a(piece);  // its datagram never completes
  gated.harness.put_a(frame);
  EXPECT_EQ(gated.harness.get_b(), frame);  // at its deadline
  EXPECT_TRUE(gated.harness.settle(2));
  gated.gate->open();
  gated.harness.appliance().stop();
  EXPECT_EQ(gated.harness.b().get(), piece);
  EXPECT_TRUE(gated.harness.ledger_balances());
}

}  // namespace
}  // namespace stirline::test
