// More calls than crypto cores can work on (INL-AV-02): who goes on without them, and who never notices.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <ratio>
#include <semaphore>
#include <span>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "dataplane/packet/frame.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/engine_wrapper.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

// INL-AV-02, STIR-RP-05: SUBSCRIBE, MESSAGE, INVITE, priority: each finds less of the room taken than the one before.
TEST(Overload, TheLastPlacesAreForThoseWhoMatterMost) {
  constexpr std::uint32_t kPlaces = 32;
  GatedHarness gated(kPlaces, kNeverUs);
  Harness& harness = gated.harness;
  const auto as = [](std::string text, const std::string& method) {
    std::size_t at = 0;
    while ((at = text.find("INVITE", at)) != std::string::npos) {
      text.replace(at, 6, method);
      at += method.size();
    }
    return text;
  };
  std::uint32_t number = 0;
  const auto decided = [&] { return harness.counter(Counter::to_sign) + harness.counter(Counter::parked_full); };
  // How many of kPlaces such requests find room.
  const auto fill = [&](const std::string& method, const std::string& line) {
    const std::uint64_t before = harness.counter(Counter::to_sign);
    for (std::uint32_t i = 0; i < kPlaces; ++i) {
      std::string message = as(call(++number), method);
      message.insert(message.find("Content-Type"), line);
      harness.put_a(golden::build(outward(message)));
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (decided() < number && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_EQ(decided(), number);
    return harness.counter(Counter::to_sign) - before;
  };
  EXPECT_EQ(fill("MESSAGE", ""), kPlaces - kPlaces / 4);
  EXPECT_EQ(fill("INVITE", ""), kPlaces / 4 - kPlaces / 16);
  EXPECT_EQ(fill("INVITE", "Resource-Priority: ets.0\r\n"), kPlaces / 16);
  gated.gate->open();
  EXPECT_TRUE(harness.settle());
}

// Signs as many calls as the test has paid for.
class RationedEngine : public EngineWrapper {
 public:
  using Ration = std::counting_semaphore<>;
  explicit RationedEngine(std::shared_ptr<Ration> ration) : ration_(std::move(ration)) {}
  void sign(std::span<crypto::SignRequest> batch) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      ration_->acquire();
    }
    EngineWrapper::sign(batch);
  }

 private:
  std::shared_ptr<Ration> ration_;
};

// A test that fails must not leave the crypto core waiting.
struct EndOfRationing {
  std::shared_ptr<RationedEngine::Ration> ration;
  ~EndOfRationing() { ration->release(1'000'000); }
};

struct Seen {
  std::uint32_t media = 0;
  std::uint32_t emergency = 0;
  std::uint32_t signed_calls = 0;
  std::uint32_t unsigned_calls = 0;
};

void look_at(const golden::Octets& octets, Seen& seen) {
  const dataplane::Frame frame = dataplane::read_frame(octets);
  if (frame.fragment_offset != 0) {
    return;  // the first one was looked at
  }
  const std::string text(octets.begin() + static_cast<std::ptrdiff_t>(frame.payload_offset), octets.end());
  if (frame.destination_port != 5060) {
    ++seen.media;
  } else if (text.find("INVITE urn:service:sos") != std::string::npos) {
    ++seen.emergency;
  } else if (text.find("INVITE sip:") != std::string::npos) {  // of a signed call in fragments the first one
    ++(text.find("\r\nIdentity: ") != std::string::npos ? seen.signed_calls : seen.unsigned_calls);
  }
}

// Ten calls for each that can be signed, and beside them media and an emergency call each time: neither of those waits
// or is lost, every call arrives, as many signed as there was room for, and every packet is accounted for.
TEST(Overload, AtTenTimesTheCapacityNothingIsLost) {
  constexpr std::uint32_t kRounds = 300;
  constexpr std::uint32_t kCallsEach = 10;
  const auto ration = std::make_shared<RationedEngine::Ration>(0);
  Harness harness({.adjust =
                       [](config::DataplaneConfig& config) {
                         config.limits.parked = 64;
                         config.limits.job_deadline_us = kNeverUs;
                       },
                   .make_engine = [&] { return std::make_unique<RationedEngine>(ration); }});
  const EndOfRationing end{ration};
  harness.publish(lab_tables());
  Seen seen;
  const auto drain = [&] {
    for (golden::Octets frame = harness.b().get(); !frame.empty(); frame = harness.b().get()) {
      look_at(frame, seen);
    }
  };
  std::uint32_t number = 0;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    for (std::uint32_t i = 0; i < kCallsEach; ++i) {
      harness.put_a(golden::build(outward(call(++number))));
    }
    golden::PacketSpec media = outward("media");
    media.destination_port = 40'000;
    harness.put_a(golden::build(media));
    std::string sos = call(1'000'000 + round);
    sos.replace(0, sos.find("\r\n"), "INVITE urn:service:sos SIP/2.0");
    harness.put_a(golden::build(outward(sos)));
    ration->release();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while ((seen.media <= round || seen.emergency <= round) && std::chrono::steady_clock::now() < deadline) {
      drain();
      std::this_thread::yield();
    }
    ASSERT_EQ(seen.media, round + 1) << "media waits for nobody";
    ASSERT_EQ(seen.emergency, round + 1);
  }
  ration->release(64);  // what is still parked
  EXPECT_TRUE(harness.settle());
  drain();
  EXPECT_EQ(seen.signed_calls + seen.unsigned_calls, number) << "no call is lost";
  EXPECT_EQ(seen.signed_calls, harness.counter(Counter::to_sign));
  EXPECT_EQ(seen.unsigned_calls, harness.counter(Counter::parked_full));
  EXPECT_GT(seen.unsigned_calls, number / 2);
  EXPECT_GE(seen.signed_calls, kRounds);
}

// Signs so many calls a second and no more.
class PacedEngine : public EngineWrapper {
 public:
  explicit PacedEngine(std::uint32_t per_second) : pause_(std::chrono::nanoseconds(std::nano::den) / per_second) {}
  void sign(std::span<crypto::SignRequest> batch) override {
    const auto now = std::chrono::steady_clock::now();
    next_ = std::max(next_, now) + pause_ * static_cast<std::int64_t>(batch.size());
    std::this_thread::sleep_until(next_);
    EngineWrapper::sign(batch);
  }

 private:
  std::chrono::nanoseconds pause_;
  std::chrono::steady_clock::time_point next_;
};

constexpr std::uint32_t kCapacity = 1'000;  // calls a second

// Calls at `times` the capacity for so long, with 1,000 packets of media and 100 emergency calls a second beside them.
void overload_by_the_clock(std::uint32_t times, std::chrono::seconds how_long) {
  constexpr std::chrono::milliseconds kTick{10};
  Harness harness({.adjust = [](config::DataplaneConfig& config) { config.limits.parked = 32; },
                   .make_engine = [] { return std::make_unique<PacedEngine>(kCapacity); }});
  harness.publish(lab_tables());
  Seen seen;
  const auto drain = [&] {
    for (golden::Octets frame = harness.b().get(); !frame.empty(); frame = harness.b().get()) {
      look_at(frame, seen);
    }
  };
  golden::PacketSpec media = outward("media");
  media.destination_port = 40'000;
  const golden::Octets media_frame = golden::build(media);
  const std::uint32_t calls_each = times * kCapacity / 100;
  std::uint32_t calls = 0;
  std::uint32_t media_sent = 0;
  std::uint32_t emergencies = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (auto tick = begin; tick < begin + how_long; tick += kTick) {
    while (std::chrono::steady_clock::now() < tick) {
      drain();
      std::this_thread::yield();
    }
    for (std::uint32_t i = 0; i < calls_each; ++i) {
      harness.put_a(golden::build(outward(call(++calls))));
    }
    for (int i = 0; i < 10; ++i, ++media_sent) {
      harness.put_a(media_frame);
    }
    std::string sos = call(100'000'000 + ++emergencies);
    sos.replace(0, sos.find("\r\n"), "INVITE urn:service:sos SIP/2.0");
    harness.put_a(golden::build(outward(sos)));
    drain();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_TRUE(harness.settle());
  drain();
  const std::uint64_t undecided = harness.counter(Counter::parked_full) + harness.counter(Counter::ring_full) +
                                  harness.counter(Counter::job_deadline) + harness.counter(Counter::crypto_stuck);
  std::printf(
      "overload %u x %u calls/s, %.1f s: calls %u in, %u signed, %u unsigned, %u lost; media %u in, %u lost; "
      "emergency %u in, %u lost; ledger %s\n",
      times, kCapacity, took.count(), calls, seen.signed_calls, seen.unsigned_calls,
      calls - seen.signed_calls - seen.unsigned_calls, media_sent, media_sent - seen.media, emergencies,
      emergencies - seen.emergency, harness.ledger_balances() ? "exact" : "NOT EXACT");
  EXPECT_EQ(seen.media, media_sent);
  EXPECT_EQ(seen.emergency, emergencies);
  EXPECT_EQ(seen.signed_calls + seen.unsigned_calls, calls);
  EXPECT_EQ(seen.unsigned_calls, undecided) << "each of them counted";
  EXPECT_GT(seen.signed_calls, 0U);
  EXPECT_TRUE(harness.ledger_balances());
}

// `tests/run.sh --overload` sets how many seconds; other runs have the test above.
TEST(Overload, ByTheClock) {
  const char* const seconds = std::getenv("STIRLINE_OVERLOAD_SECONDS");
  if (seconds == nullptr) {
    GTEST_SKIP() << "takes minutes: STIRLINE_OVERLOAD_SECONDS=60 runs it";
  }
  for (const std::uint32_t times : {2U, 10U}) {
    overload_by_the_clock(times, std::chrono::seconds(std::stoul(seconds)));
  }
}

}  // namespace
}  // namespace stirline::test
