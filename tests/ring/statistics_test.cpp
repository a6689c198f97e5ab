// What the statistics component sees on the wire, and what a user's rule makes of it (SPIT-CL-14, SPIT-FW-01,
// SPIT-FW-04).
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/wire/complaint_record.hpp"
#include "control/metrics/dataplane_metrics.hpp"
#include "dataplane/status.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/told_records.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/lab_rules.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using Json = nlohmann::json;

// In all places.
std::string everywhere(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string response_to(const std::string& request, const std::string& status) {
  std::string answer = "SIP/2.0 " + status + "\r\n";
  for (const char* name : {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "}) {
    answer += header_line(request, name) + "\r\n";
  }
  return answer + "Content-Length: 0\r\n\r\n";
}

class CountedCalls : public testing::Test {
 protected:
  CountedCalls()
      : harness_({.adjust = [](config::DataplaneConfig& config) { config.limits.job_deadline_us = kNeverUs; }}) {
    LabTables tables = lab_tables();
    tables.trunks[0].certificate_wait_ms = 0;
    harness_.publish(tables);
  }

  // Everybody who is called has the same rules.
  void rule_for_called(std::uint32_t first, std::uint32_t last, const Rule& rule) {
    for (std::uint32_t number = first; number <= last; ++number) {
      rules_.users.push_back({.called = destination({.number = number}), .rules = {.rules = {rule}}});
    }
    harness_.publish(rules_);
  }
  static Rule rule_above(std::uint8_t score, Handling handling) {
    Rule rule = lab_rule("suspect", handling);
    rule.least_score = score;
    return rule;
  }

  // A call to `number`, of the caller of call `caller`, without a token.
  static std::string call(std::uint32_t number, std::uint32_t caller) {
    const std::string text = invite({.number = number, .date = kTestNow});
    return everywhere(text, originator({.number = number}), originator({.number = caller}));
  }

  void send(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
      harness_.put_b(golden::build(piece));
    }
  }
  // What our own side gets, or what the peer gets instead.
  std::string outcome(const std::string& message) {
    send(message);
    EXPECT_TRUE(harness_.settle());
    const auto delivered = next_payload([&] { return harness_.a().get(); });
    return delivered.empty() ? next_payload([&] { return harness_.b().get(); }) : delivered;
  }
  void respond(const std::string& request, const std::string& status) {
    harness_.put_a(golden::build(outward(response_to(request, status))));
    EXPECT_FALSE(harness_.get_b().empty());
    EXPECT_TRUE(harness_.settle());
  }

  // Waits for the poll core, which has nothing else to do.
  bool comes_to(dataplane::Counter counter, std::uint64_t value) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (harness_.counter(counter) != value && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return harness_.counter(counter) == value;
  }

  // The ranking's row about that subject; null: there is none.
  Json row(const std::string& kind, const std::string& name) {
    harness_.appliance().housekeep();
    const Json status = Json::parse(dataplane::status_json(harness_.appliance(), 0, 0));
    for (const Json& each : status.at("reputation")) {
      if (each.at("kind") == kind && each.at("name") == name) {
        return each;
      }
    }
    return nullptr;
  }

  Harness harness_;
  LabRules rules_;
};

constexpr std::uint32_t kRobot = 500;
constexpr std::uint32_t kRobotCalls = 60;

// Rings numbers that nobody has, or that are busy.
TEST_F(CountedCalls, ARobocallerIsBlockedWhereAUserWantsIt) {  // SPIT-CL-14
  rule_for_called(1, kRobotCalls, rule_above(50, Handling::block));
  std::uint32_t blocked = 0;
  for (std::uint32_t number = 1; number <= kRobotCalls; ++number) {
    const std::string request = call(number, kRobot);
    const std::string got = outcome(request);
    if (got.starts_with("INVITE ")) {
      respond(request, number % 3 == 0 ? "486 Busy Here" : "404 Not Found");
    } else {
      EXPECT_TRUE(got.starts_with("SIP/2.0 603 ")) << got;
      ++blocked;
    }
  }
  EXPECT_GT(blocked, kRobotCalls / 3);
  EXPECT_LT(blocked, kRobotCalls) << "nobody is suspect before he has done anything";
  EXPECT_TRUE(outcome(call(7, 700)).starts_with("INVITE ")) << "an ordinary caller is not";
}

TEST_F(CountedCalls, NobodyIsBlockedByAScoreAlone) {  // SPIT-FW-04
  rule_for_called(1, 1, lab_rule("mark", Handling::allow_marked));
  for (std::uint32_t number = 2; number <= kRobotCalls; ++number) {
    const std::string request = call(number, kRobot);
    EXPECT_TRUE(outcome(request).starts_with("INVITE "));
    respond(request, "404 Not Found");
  }
  const std::string marked = header_line(outcome(call(1, kRobot)), "Spam-Score: ");
  EXPECT_GT(std::atoi(marked.c_str() + std::string("Spam-Score: ").size()), 50) << marked;
}

TEST_F(CountedCalls, AnEmergencyCallIsNobodysToCount) {
  rule_for_called(1, 1, rule_above(0, Handling::allow));
  std::string emergency = call(1, kRobot);
  emergency =
      everywhere(emergency, "sip:+" + destination({.number = 1}) + "@gateway.carrier-b.example.net:5060;user=phone",
                 "urn:service:sos");
  emergency =
      everywhere(emergency, "<sip:+" + destination({.number = 1}) + "@gateway.carrier-b.example.net;user=phone>",
                 "<urn:service:sos>");
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(outcome(everywhere(emergency, "branch=z9hG4bK", "branch=z9hG4bK" + std::to_string(i)))
                    .starts_with("INVITE urn"));
  }
  EXPECT_TRUE(row("caller", originator({.number = kRobot})).is_null());
}

TEST_F(CountedCalls, TheRankingTellsWhy) {
  rule_for_called(1, 1, rule_above(100, Handling::block));
  for (std::uint32_t number = 1; number <= 30; ++number) {
    const std::string request = call(number, kRobot);
    static_cast<void>(outcome(request));
    if (number % 2 == 0) {
      respond(request, "404 Not Found");
    }
    // A copy is no second call.
    static_cast<void>(outcome(request));
  }
  harness_.clock().set(kTestNow + 60);
  static_cast<void>(outcome(call(31, kRobot)));
  const Json caller = row("caller", originator({.number = kRobot}));
  ASSERT_FALSE(caller.is_null());
  EXPECT_FALSE(caller.at("shown"));
  EXPECT_NEAR(caller.at("calls"), 31, 0.5);
  double points = 0;
  for (const Json& part : caller.at("contributions")) {
    points += part.at("points").get<double>();
    if (part.at("feature") == "unallocated") {
      EXPECT_NEAR(part.at("value"), 100, 1);
      EXPECT_EQ(part.at("points"), part.at("weight"));
    }
    if (part.at("feature") == "distinct") {
      EXPECT_GT(part.at("value"), 70);
    }
  }
  EXPECT_NEAR(caller.at("score"), std::min(points, 100.0), 1);
  const Json trunk = row("trunk", lab_tables().trunks[0].name);
  ASSERT_FALSE(trunk.is_null());
  EXPECT_GE(trunk.at("calls"), 30);
  EXPECT_FALSE(row("prefix", originator({.number = kRobot}).substr(0, 7)).is_null());
}

TEST_F(CountedCalls, ASignerIsRankedByItsCode) {
  rule_for_called(1, 1, rule_above(100, Handling::block));
  for (std::uint32_t number = 1; number <= 4; ++number) {
    harness_.put_a(golden::build(outward(invite({.number = number, .date = kTestNow}))));
    const std::string sent = next_payload([&] { return harness_.get_b(); });
    if (number == 4) {
      harness_.clock().set(kTestNow + 10);
    }
    EXPECT_TRUE(outcome(sent).starts_with("INVITE "));
  }
  harness_.appliance().housekeep();
  const auto status = nlohmann::ordered_json::parse(dataplane::status_json(harness_.appliance(), 0, 0));
  const auto is_signer = [](const auto& each) {
    return each.at("kind") == "signer" && each.at("name") == "1234" && each.at("calls") >= 3;
  };
  EXPECT_TRUE(std::ranges::any_of(status.at("reputation"), is_signer)) << status.at("reputation").dump(1);
  control::Exposition page;
  control::write_dataplane_metrics(page, status);
  const std::string text = std::move(page).finish();
  EXPECT_NE(text.find("stirline_dataplane_spam_score{kind=\"signer\",name=\"1234\"} "), std::string::npos);
  EXPECT_EQ(text.find("kind=\"caller\""), std::string::npos) << "who calls is not on that page";
}

// SPIT-MK-03: what called users say afterwards raises the score of that caller, and of no other.
TEST_F(CountedCalls, AReportRaisesTheScore) {
  rule_for_called(1, 1, rule_above(100, Handling::block));
  constexpr std::uint32_t kOther = 501;
  std::string complaints;
  for (std::uint32_t number = 1; number <= 24; ++number) {
    for (const std::uint32_t caller : {kRobot, kOther}) {
      std::string batch;
      static_cast<void>(told_records(harness_, batch));
      EXPECT_TRUE(outcome(call(caller == kRobot ? number : 100 + number, caller)).starts_with("INVITE "));
      for (const config::wire::CallRecord& record : told_records(harness_, batch)) {
        const std::string user(record.dest);
        const config::wire::ComplaintRecord complaint{.user = user,
                                                      .caller = record.orig,
                                                      .trunk = record.trunk,
                                                      .shown = false,
                                                      .core = record.core,
                                                      .weight = 500};
        std::array<char, config::wire::kMaxComplaintBytes> octets;
        if (caller == kRobot) {
          complaints.append(octets.data(), config::wire::encode_complaint(complaint, octets));
        }
      }
    }
  }
  const auto points = [&](std::uint32_t caller) {
    harness_.clock().set(harness_.clock().now() + 60);
    static_cast<void>(outcome(call(200 + static_cast<std::uint32_t>(harness_.clock().now() % 1'000), caller)));
    const Json told = row("caller", originator({.number = caller}));
    EXPECT_FALSE(told.is_null());
    for (const Json& part : told.value("contributions", Json::array())) {
      if (part.at("feature") == "complaints") {
        return part.at("points").get<double>();
      }
    }
    return -1.0;
  };
  EXPECT_EQ(points(kRobot), 0);
  ASSERT_FALSE(complaints.empty());
  const auto tell = [&](const std::string& what) {
    const auto not_told = harness_.appliance().tell_complaints(what);
    EXPECT_TRUE(not_told) << not_told.error();
    EXPECT_TRUE(harness_.settle());
    return not_told.value_or(99);
  };
  EXPECT_EQ(tell(complaints), 0U);
  EXPECT_TRUE(comes_to(dataplane::Counter::unwanted_counted, 24));
  const double first = points(kRobot);
  EXPECT_GT(first, 20);
  EXPECT_EQ(points(kOther), 0) << "of him nobody has complained";
  EXPECT_EQ(tell(complaints), 0U);
  EXPECT_TRUE(comes_to(dataplane::Counter::unwanted_counted, 48));
  EXPECT_LE(points(kRobot), first) << "each of them once a day";
  // Of somebody who has not called, or at no core of ours; and what is no complaint.
  std::array<char, config::wire::kMaxComplaintBytes> octets;
  const auto of = [&](std::uint8_t core) {
    const std::size_t bytes = config::wire::encode_complaint(
        {.user = "12155550001", .caller = "12025550999", .trunk = "a", .core = core, .weight = 1'000}, octets);
    return std::string(octets.data(), bytes);
  };
  EXPECT_EQ(tell(of(200)), 1U);
  EXPECT_EQ(tell(of(0)), 0U);
  EXPECT_TRUE(comes_to(dataplane::Counter::unwanted_unknown, 1));
  EXPECT_FALSE(harness_.appliance().tell_complaints(of(0).substr(1)));
}

// An answer, and a BYE a few seconds later: a short call.
TEST_F(CountedCalls, AnswersAndByesAreSeen) {
  rule_for_called(1, 1, rule_above(100, Handling::block));
  for (std::uint32_t number = 1; number <= 20; ++number) {
    const std::string request = call(number, kRobot);
    static_cast<void>(outcome(request));
    respond(request, "200 OK");
    std::string bye = everywhere(everywhere(request, "INVITE sip", "BYE sip"), " INVITE\r\n", " BYE\r\n");
    bye = everywhere(bye, "branch=z9hG4bK", "branch=z9hG4bKb");
    harness_.clock().set(kTestNow + number);
    static_cast<void>(outcome(bye));
  }
  harness_.clock().set(kTestNow + 120);
  static_cast<void>(outcome(call(21, kRobot)));
  const Json caller = row("caller", originator({.number = kRobot}));
  ASSERT_FALSE(caller.is_null());
  for (const Json& part : caller.at("contributions")) {
    if (part.at("feature") == "short_calls") {
      EXPECT_GT(part.at("value"), 95);
    }
    if (part.at("feature") == "unanswered") {
      EXPECT_EQ(part.at("value"), 0);
    }
  }
}

}  // namespace
}  // namespace stirline::test
