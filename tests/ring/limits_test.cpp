// What one source may begin (INL-AV-02, STIR-RP-05): a flood is limited, and nobody else. Buckets fill while a test
// runs, so what passes is bounded by the time it took, and everything else is exact.
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/metrics/dataplane_metrics.hpp"
#include "dataplane/status.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using config::tables::Answer;
using dataplane::Counter;

constexpr std::uint64_t kFlood = 40;

class Limits : public testing::Test {
 protected:
  void publish(std::uint32_t burst, Answer over_limit = Answer::forward) {
    LabTables tables = lab_tables();
    tables.trunks[0].new_per_second = 1;
    tables.trunks[0].new_burst = burst;
    tables.trunks[0].answers.over_limit = over_limit;
    harness_.publish(tables);
    began_ = std::chrono::steady_clock::now();
  }
  // More than this cannot have passed of one source, with a bucket of one.
  [[nodiscard]] std::uint64_t most() const {
    const auto took = std::chrono::steady_clock::now() - began_;
    return 2 + static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(took).count());
  }

  std::string out(const std::string& source, const std::string& message) {
    golden::PacketSpec spec = outward(message);
    spec.source = source;
    harness_.put_a(golden::build(spec));
    return next_payload([&] { return harness_.get_b(); });
  }
  void in(const std::string& source, const std::string& message) {
    golden::PacketSpec spec = inward(message);
    spec.source = source;
    for (const golden::PacketSpec& piece : golden::split(spec, 1'480)) {
      harness_.put_b(golden::build(piece));
    }
  }
  [[nodiscard]] std::string at_a() {
    return next_payload([&] { return harness_.get_a(); });
  }
  std::string call() { return invite({.number = ++number_, .date = kTestNow}); }
  [[nodiscard]] std::uint64_t over() const { return harness_.counter(Counter::over_limit); }

  // A crypto core that gets no processor for a while must not look like a limit.
  Harness harness_{{.adjust = [](config::DataplaneConfig& config) { config.limits.job_deadline_us = 600'000'000; }}};
  std::uint32_t number_ = 0;
  std::chrono::steady_clock::time_point began_;
};

bool is_signed(const std::string& message) {
  return message.find("\r\nIdentity: ") != std::string::npos;
}

std::string with_line(std::string message, const std::string& line) {
  return message.insert(message.find("Content-Type"), line + "\r\n");
}

std::string emergency(std::string message) {
  const std::string to = header_line(message, "To: ");
  message.replace(message.find(to), to.size(), "To: <urn:service:sos>");
  return message.replace(0, message.find("\r\n"), "INVITE urn:service:sos SIP/2.0");
}

TEST_F(Limits, AFloodGoesOnUnsignedAndNobodyElseDoes) {
  publish(1);
  std::uint64_t unsigned_calls = 0;
  std::string first_unsigned;
  for (std::uint64_t i = 0; i < kFlood; ++i) {
    const std::string sent = call();
    const std::string got = out("192.0.2.10", sent);
    if (!is_signed(got)) {
      EXPECT_EQ(got, sent);
      first_unsigned = first_unsigned.empty() ? sent : first_unsigned;
      ++unsigned_calls;
    }
  }
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(over(), unsigned_calls);
  EXPECT_GT(unsigned_calls, 0U);
  EXPECT_LE(kFlood - unsigned_calls, most());
  EXPECT_TRUE(is_signed(out("192.0.2.11", call()))) << "another source";
  EXPECT_TRUE(is_signed(out("192.0.2.10", with_line(call(), "Resource-Priority: ets.0")))) << "STIR-RP-05";
  const std::string in_dialog = invite({.number = ++number_, .date = kTestNow, .to_tag = true});
  EXPECT_EQ(out("192.0.2.10", in_dialog), in_dialog);
  const std::string sos = emergency(call());
  EXPECT_EQ(out("192.0.2.10", sos), sos);
  EXPECT_EQ(out("192.0.2.10", following(first_unsigned, "CANCEL")), following(first_unsigned, "CANCEL"));
  EXPECT_EQ(out("192.0.2.10", first_unsigned), first_unsigned) << "once undecided, always (INL-TX-09)";
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(over(), unsigned_calls) << "none of them was too many";
  EXPECT_EQ(harness_.counter(Counter::left_undecided), 1U) << "the copy; a CANCEL goes where its request went";
}

TEST_F(Limits, WhatBeginsNothingTakesNoToken) {
  publish(2);
  const std::string source = "192.0.2.12";
  for (int i = 0; i < 5; ++i) {
    out(source, with_line(call(), "Resource-Priority: ets.0"));
    out(source, emergency(call()));
    out(source, invite({.number = ++number_, .date = kTestNow, .to_tag = true}));
    out(source, following(call(), "CANCEL"));
    out(source, following(call(), "ACK"));
  }
  const std::string first = call();
  const std::string sent = out(source, first);
  EXPECT_TRUE(is_signed(sent));
  for (int copy = 0; copy < 7; ++copy) {
    EXPECT_EQ(out(source, first), sent);
  }
  EXPECT_TRUE(is_signed(out(source, call()))) << "copies have taken nothing";
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(over(), 0U);
  EXPECT_EQ(harness_.counter(Counter::signed_again), 7U);
}

// A request that is not signed by its nature is decided once too: its copies are nothing new.
TEST_F(Limits, CopiesOfWhatIsNotSignedTakeNoToken) {
  publish(2);
  const std::string not_ours = with_line(call(), "Identity: e30.e30.AA;info=<https://a.example/a>;ppt=shaken");
  for (int copy = 0; copy < 8; ++copy) {
    EXPECT_EQ(out("192.0.2.13", not_ours), not_ours);
  }
  EXPECT_TRUE(is_signed(out("192.0.2.13", call())));
  EXPECT_EQ(over(), 0U);
}

TEST_F(Limits, AFloodOfAPeerGoesOnAsNotValidated) {
  constexpr std::uint64_t kCalls = 8;
  harness_.publish(lab_tables());
  std::vector<std::string> calls;
  for (std::uint64_t i = 0; i < kCalls; ++i) {
    calls.push_back(out("192.0.2.10", call()));
  }
  publish(1);
  std::uint64_t passed = 0;
  for (const std::string& each : calls) {
    const std::uint64_t over_before = over();
    in("198.51.100.30", each);
    const bool validated = at_a().find("TN-Validation-Passed") != std::string::npos;
    EXPECT_TRUE(harness_.settle());
    EXPECT_EQ(over() - over_before, validated ? 0U : 1U);
    passed += validated ? 1U : 0U;
  }
  EXPECT_LE(passed, most());
  EXPECT_EQ(harness_.counter(Counter::verified_valid), passed);
  in("198.51.100.31", calls[0]);
  static_cast<void>(at_a());
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(over(), kCalls - passed) << "the first of them was decided before, wherever it comes from";
}

TEST_F(Limits, AFloodIsAnsweredWhereTheTrunkSaysSo) {
  publish(1, Answer::overloaded);
  std::uint64_t answered = 0;
  std::string refused;
  std::string answer;
  for (std::uint64_t i = 0; i < kFlood; ++i) {
    const std::string sent = call();
    in("198.51.100.20", sent);
    ASSERT_TRUE(harness_.settle());
    const std::string back = next_payload([&] { return harness_.b().get(); });
    if (back.empty()) {
      EXPECT_TRUE(at_a().starts_with("INVITE "));
      continue;
    }
    EXPECT_TRUE(back.starts_with("SIP/2.0 503 Service Unavailable\r\n"));
    EXPECT_TRUE(harness_.a().get().empty());
    refused = sent;
    answer = back;
    ++answered;
  }
  EXPECT_EQ(over(), answered);
  EXPECT_GT(answered, 0U);
  EXPECT_LE(kFlood - answered, most());
  in("198.51.100.20", refused);
  EXPECT_EQ(next_payload([&] { return harness_.get_b(); }), answer) << "a copy gets the same (INL-TX-06)";
  in("198.51.100.21", call());
  EXPECT_TRUE(at_a().starts_with("INVITE ")) << "another source";
  const std::string sos = emergency(call());
  in("198.51.100.20", sos);
  EXPECT_TRUE(at_a().starts_with("INVITE urn:service:sos"));
  in("198.51.100.20", invite({.number = ++number_, .date = kTestNow, .to_tag = true}));
  EXPECT_TRUE(at_a().starts_with("INVITE ")) << "inside a dialog";
  EXPECT_TRUE(harness_.settle());
  EXPECT_EQ(over(), answered);

  harness_.appliance().housekeep();
  const auto status = nlohmann::ordered_json::parse(dataplane::status_json(harness_.appliance(), kTestNow, kTestNow));
  const auto& sources = status.at("sources_over_limit");
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].at("trunk"), "peer");
  EXPECT_EQ(sources[0].at("last_seen"), kTestNow);
  const std::string source = sources[0].at("source").get<std::string>();
  EXPECT_TRUE(source.starts_with("198.51.100.20")) << source;
  const auto shed = sources[0].at("shed").get<std::uint64_t>();
  EXPECT_LE(shed, answered);
  EXPECT_GT(shed, answered / 2) << "told at every doubling";
  control::Exposition page;
  control::write_dataplane_metrics(page, status);
  const std::string row = "stirline_dataplane_source_shed{source=\"" + source + "\",trunk=\"peer\"} ";
  EXPECT_NE(std::move(page).finish().find(row + std::to_string(shed) + "\n"), std::string::npos);
}

TEST_F(Limits, NobodyIsLimitedWhereNothingIsSaid) {
  harness_.publish(lab_tables());
  for (std::uint64_t i = 0; i < kFlood; ++i) {
    EXPECT_TRUE(is_signed(out("192.0.2.10", call())));
  }
  EXPECT_EQ(over(), 0U);
}

}  // namespace
}  // namespace stirline::test
