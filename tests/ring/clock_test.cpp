// A clock that control knows to be wrong (INL-AV-03): calls go on unsigned, and are signed again when it is right.
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dataplane/status.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

class WrongClock : public testing::Test {
 protected:
  void publish(bool signing_stopped) {
    LabTables tables = lab_tables();
    tables.signing_stopped = signing_stopped;
    harness_.publish(tables);
  }
  std::string out(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(outward(message), 1'480)) {
      harness_.put_a(golden::build(piece));
    }
    return next_payload([&] { return harness_.get_b(); });
  }
  std::string in(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
      harness_.put_b(golden::build(piece));
    }
    return next_payload([&] { return harness_.get_a(); });
  }
  std::string call() { return invite({.number = ++number_, .date = kTestNow}); }
  bool says_stopped() {
    const auto status = nlohmann::ordered_json::parse(dataplane::status_json(harness_.appliance(), 0, kTestNow));
    return status.at("tables").at("signing_stopped");
  }

  Harness harness_{{.adjust = [](config::DataplaneConfig& config) { config.limits.job_deadline_us = kNeverUs; }}};
  std::uint32_t number_ = 0;
};

TEST_F(WrongClock, StopsSigningAndNothingElse) {
  publish(false);
  const std::string before = call();
  const std::string signed_before = out(before);
  ASSERT_NE(signed_before.find("\r\nIdentity: "), std::string::npos);
  EXPECT_FALSE(says_stopped());

  publish(true);
  const std::string during = call();
  EXPECT_EQ(out(during), during);
  EXPECT_EQ(out(before), signed_before) << "a copy of one that was signed (INL-TX-02)";
  EXPECT_NE(in(signed_before).find("verstat=TN-Validation-Passed"), std::string::npos) << "calls are judged on";
  const std::string not_ours = invite({.number = ++number_, .date = kTestNow, .attest = '-'});
  EXPECT_EQ(out(not_ours), not_ours);
  EXPECT_EQ(harness_.counter(Counter::clock_untrusted), 1U) << "of those that would have been signed";
  EXPECT_EQ(harness_.counter(Counter::not_attested), 1U);
  EXPECT_TRUE(says_stopped());

  publish(false);
  EXPECT_EQ(out(during), during) << "once unsigned, always (INL-TX-09)";
  EXPECT_NE(out(call()).find("\r\nIdentity: "), std::string::npos);
  EXPECT_EQ(harness_.counter(Counter::clock_untrusted), 1U);
  EXPECT_FALSE(says_stopped());
  EXPECT_TRUE(harness_.settle());
  EXPECT_TRUE(harness_.ledger_balances());
}

}  // namespace
}  // namespace stirline::test
