// An appliance with rules, and a peer that sends calls.
#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/lab_rules.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {

inline std::string status_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

inline std::string with_line(const std::string& message, const std::string& line) {
  return replaced(message, "Max-Forwards", line + "\r\nMax-Forwards");
}

// The same request, as another one: of a branch of its own.
inline std::string another(const std::string& message, const std::string& mark) {
  return replaced(message, "branch=z9hG4bK", "branch=z9hG4bK" + mark);
}

class RuledCalls : public testing::Test {
 protected:
  RuledCalls()
      : harness_({.adjust = [](config::DataplaneConfig& config) { config.limits.job_deadline_us = kNeverUs; }}) {
    ring_for(0);
  }

  // How long it rings where rules refuse politely.
  void ring_for(std::uint8_t seconds) {
    LabTables tables = lab_tables();
    tables.trunks[0].certificate_wait_ms = 0;
    tables.trunks[0].answers.ring_seconds = seconds;
    harness_.publish(tables);
  }

  void publish(const LabRules& rules) { harness_.publish(rules); }

  // One rule without conditions for whom call `number` calls.
  void rule_for(std::uint32_t number, config::policy::Rule rule,
                config::policy::UserGroup group = config::policy::UserGroup::none) {
    rules_.users.push_back(
        {.called = destination({.number = number}), .rules = {.rules = {std::move(rule)}}, .group = group});
    publish(rules_);
  }

  static std::string call(std::uint32_t number) { return invite({.number = number, .date = kTestNow}); }

  // The same, signed by us, as the peer sends it back: a caller who is known.
  std::string signed_call(std::uint32_t number, char attest = 'A') {
    harness_.put_a(golden::build(outward(invite({.number = number, .date = kTestNow, .attest = attest}))));
    std::string sent = next_payload([&] { return harness_.get_b(); });
    EXPECT_NE(sent.find("\r\nIdentity: "), std::string::npos);
    return sent;
  }

  void send(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
      harness_.put_b(golden::build(piece));
    }
  }
  // What our own side gets.
  std::string delivered(const std::string& message) {
    send(message);
    std::string got = next_payload([&] { return harness_.get_a(); });
    EXPECT_TRUE(harness_.settle());
    return got;
  }
  // What the peer gets, while nothing crosses.
  std::string answered(const std::string& message) {
    send(message);
    std::string got = next_payload([&] { return harness_.get_b(); });
    EXPECT_TRUE(harness_.settle());
    EXPECT_TRUE(harness_.a().get().empty()) << "a refused request does not cross";
    return got;
  }

  Harness harness_;
  LabRules rules_;
};

}  // namespace stirline::test
