// Messages of one transaction keep their order, and other calls do not wait for them (INL-UDP-04).
#include <chrono>
#include <map>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

golden::Octets outward_frame(const std::string& text) {
  return golden::build(outward(text));
}

bool is(const std::string& message, const std::string& method) {
  return message.starts_with(method + " ");
}

TEST(Order, CancelAndAckGoBehindTheirInvite) {
  GatedHarness gated(64, kNeverUs);
  Harness& harness = gated.harness;
  const std::string cancel = following(call(1), "CANCEL");
  const std::string ack = following(call(1), "ACK");
  harness.put_a(outward_frame(call(1)));
  harness.put_a(outward_frame(cancel));
  harness.put_a(outward_frame(ack));
  EXPECT_TRUE(harness.settle(3));
  EXPECT_EQ(harness.counter(Counter::followers), 2U);
  const std::string other = following(call(2), "CANCEL");
  harness.put_a(outward_frame(other));
  EXPECT_EQ(from_b(harness), other) << "another call does not wait";

  harness.put_a(outward_frame(cancel));
  EXPECT_TRUE(harness.settle(3));
  EXPECT_EQ(harness.counter(Counter::dropped_copies), 1U);
  std::string third = cancel;
  third.replace(third.find(": 70"), 4, ": 69");
  harness.put_a(outward_frame(third));
  EXPECT_TRUE(harness.settle(3));
  EXPECT_EQ(harness.counter(Counter::dropped_followers), 1U);

  gated.gate->open();
  EXPECT_NE(from_b(harness).find("\r\nIdentity: "), std::string::npos);
  EXPECT_EQ(from_b(harness), cancel);
  EXPECT_EQ(from_b(harness), ack);
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(harness.b().get().empty());
  harness.put_a(outward_frame(cancel));
  EXPECT_EQ(from_b(harness), cancel) << "nothing waits any more";
}

TEST(Order, ACopyOfARequestThatWaitsGoesNoFurther) {  // INL-TX-02
  GatedHarness gated(64, kNeverUs);
  Harness& harness = gated.harness;
  for (std::uint16_t id = 1; id <= 3; ++id) {
    golden::PacketSpec spec = outward(call(1));
    spec.id = id;
    harness.put_a(golden::build(spec));
  }
  EXPECT_TRUE(harness.settle(1));
  EXPECT_EQ(harness.counter(Counter::dropped_copies), 2U);
  gated.gate->open();
  const std::string sent = from_b(harness);
  EXPECT_NE(sent.find("\r\nIdentity: "), std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(harness.b().get().empty());
  harness.put_a(outward_frame(call(1)));
  EXPECT_EQ(from_b(harness), sent) << "a later copy goes on as the first did";
}

TEST(Order, ACopyIsSignedAsTheFirstWasWhateverHasChanged) {  // INL-TX-02, INL-TX-09
  Harness harness;
  LabTables tables = lab_tables();
  harness.publish(tables);
  const std::string undated = invite({.number = 3});
  harness.put_a(outward_frame(undated));
  harness.put_a(outward_frame(call(4)));
  std::string first = from_b(harness);
  const std::string dated = from_b(harness);
  EXPECT_NE(first.find("\r\nDate: "), std::string::npos);
  harness.clock().set(kTestNow + 20);
  tables.trunks[0].attest_at_most = 'C';
  harness.publish(tables);
  harness.put_a(outward_frame(undated));
  EXPECT_EQ(from_b(harness), first);
  tables.trunks[0].sign_calls = false;
  harness.publish(tables);
  harness.put_a(outward_frame(call(4)));
  EXPECT_EQ(from_b(harness), dated);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::signed_again), 2U);
  EXPECT_EQ(harness.counter(Counter::signed_a), 2U);
  const std::string cancel = following(call(4), "CANCEL");
  harness.put_a(outward_frame(cancel));
  EXPECT_EQ(from_b(harness), cancel) << "no copy, and never signed (INL-TX-08)";
  harness.put_a(outward_frame(call(5)));
  EXPECT_EQ(from_b(harness), call(5)) << "another call is decided on by what holds now";
}

TEST(Order, ALaterCopyIsJudgedAsTheFirstWas) {  // INL-TX-02
  Harness harness;
  harness.publish(lab_tables());
  harness.put_a(outward_frame(call(1)));
  const std::string signed_call = from_b(harness);
  const auto judged = [&] {
    for (const golden::PacketSpec& piece : golden::split(inward(signed_call), 1'480)) {
      harness.put_b(golden::build(piece));
    }
    return from_a(harness);
  };
  const std::string first = judged();
  EXPECT_NE(first.find(";verstat=TN-Validation-Passed"), std::string::npos);
  EXPECT_EQ(judged(), first);
  EXPECT_TRUE(harness.settle());
}

TEST(Order, TheSameNameAloneMakesNoCopy) {
  GatedHarness gated(64, kNeverUs);
  Harness& harness = gated.harness;
  std::string other = call(1);
  other.replace(other.find("Subscriber"), 10, "Subscribee");
  harness.put_a(outward_frame(call(1)));
  harness.put_a(outward_frame(other));
  EXPECT_TRUE(harness.settle(2));
  gated.gate->open();
  EXPECT_NE(from_b(harness).find("Subscriber"), std::string::npos);
  EXPECT_NE(from_b(harness).find("Subscribee"), std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::dropped_copies), 0U);
}

TEST(Order, WhoeverSharesOnlyPartOfTheNameWaitsForNobody) {  // INL-TX-01
  GatedHarness gated(64, kNeverUs);
  Harness& harness = gated.harness;
  harness.put_a(outward_frame(call(1)));
  EXPECT_TRUE(harness.settle(1));
  const std::string cancel = following(call(1), "CANCEL");
  for (const std::string part : {"branch=z9hG4bK", "SIP/2.0/UDP 192.0.2", "tag=", "Call-ID: ", "CSeq: "}) {
    std::string stranger = cancel;
    stranger.insert(stranger.find(part) + part.size(), "1");
    harness.put_a(outward_frame(stranger));
    EXPECT_EQ(from_b(harness), stranger) << part;
  }
  harness.put_b(golden::build(inward(cancel)));
  EXPECT_TRUE(is(from_a(harness), "CANCEL")) << "the other direction is another transaction";
  gated.gate->open();
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::followers), 0U);
}

TEST(Order, AtItsDeadlineARequestTakesAlongWhatWaits) {
  GatedHarness gated(64, 20'000);
  Harness& harness = gated.harness;
  const std::string cancel = following(call(1), "CANCEL");
  harness.put_a(outward_frame(call(1)));
  harness.put_a(outward_frame(cancel));
  EXPECT_EQ(from_b(harness), call(1));
  EXPECT_EQ(from_b(harness), cancel);
  EXPECT_EQ(harness.counter(Counter::job_deadline), 1U);
  gated.gate->open();
  EXPECT_TRUE(harness.settle());
  EXPECT_TRUE(harness.b().get().empty());
}

TEST(Order, BehindACallThatWaitsForItsCertificate) {  // STIR-CF-05
  Harness harness;
  LabTables known = lab_tables();
  known.trunks[0].certificate_wait_ms = 2'000;
  LabTables unknown = known;
  unknown.certificates.clear();
  harness.publish(unknown);
  harness.put_a(outward_frame(call(1)));
  const std::string signed_call = from_b(harness);
  for (const golden::PacketSpec& piece : golden::split(inward(signed_call), 1'480)) {
    harness.put_b(golden::build(piece));
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (harness.counter(Counter::waited) == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  const std::string cancel = following(signed_call, "CANCEL");
  harness.put_b(golden::build(inward(cancel)));
  harness.publish(known);
  EXPECT_NE(from_a(harness).find(";verstat=TN-Validation-Passed"), std::string::npos);
  EXPECT_EQ(from_a(harness), cancel);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::followers), 1U);
}

TEST(Order, OfAThousandCallsNoneIsOvertakenByItsCancel) {
  constexpr std::uint32_t kCalls = 1'000;
  constexpr std::uint32_t kAtOnce = 50;
  Harness harness;
  harness.publish(lab_tables());
  std::map<std::string, std::string> invited;  // Call-ID: the INVITE that went on
  for (std::uint32_t first = 0; first < kCalls; first += kAtOnce) {
    for (std::uint32_t number = first; number < first + kAtOnce; ++number) {
      harness.put_a(outward_frame(call(number)));
      harness.put_a(outward_frame(following(call(number), "CANCEL")));
    }
    for (std::uint32_t i = 0; i < 2 * kAtOnce; ++i) {
      const std::string message = from_b(harness);
      const std::string call_id = header_line(message, "Call-ID: ");
      if (is(message, "INVITE")) {
        EXPECT_NE(message.find("\r\nIdentity: "), std::string::npos);
        EXPECT_TRUE(invited.emplace(call_id, message).second) << call_id;
      } else {
        EXPECT_TRUE(is(message, "CANCEL")) << message;
        EXPECT_TRUE(invited.contains(call_id)) << call_id << " was overtaken";
      }
    }
  }
  EXPECT_EQ(invited.size(), kCalls);
  EXPECT_TRUE(harness.settle());
}

}  // namespace
}  // namespace stirline::test
