// Whom rules refuse politely sees what he would see if nobody answered (SPIT-PL-04): 180, and 480 later.
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/watch.hpp"
#include "dataplane/poll/ringing_calls.hpp"
#include "dataplane/poll/table_fills.hpp"
#include "tests/ring/ruled_calls.hpp"

namespace stirline::test {
namespace {

using namespace config::policy;
using dataplane::BoundedTable;
using dataplane::Counter;

class RingingTest : public RuledCalls {
 protected:
  RingingTest() {
    ring_for(1);
    for (const std::uint32_t number : {1U, 2U}) {
      rules_.users.push_back(
          {.called = destination({.number = number}), .rules = {.rules = {lab_rule("no", Handling::polite_block)}}});
    }
    publish(rules_);
  }

  std::string next_answer() {
    return next_payload([&] { return harness_.get_b(); });
  }
  [[nodiscard]] std::uint64_t ringing() {
    return harness_.appliance().poll_cores().front()->fills().used(BoundedTable::ringing_calls);
  }
  // The core shows it when it has nothing else to do.
  [[nodiscard]] bool until_so_many_ring(std::uint64_t calls) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (ringing() != calls && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return ringing() == calls;
  }
  // The ACK to `answer`, which goes no further.
  void acknowledge(const std::string& request, const std::string& answer) {
    send(with_tag(following(request, "ACK"), tag_of(answer)));
    EXPECT_TRUE(harness_.settle());
    EXPECT_TRUE(harness_.a().get().empty());
  }
};

TEST_F(RingingTest, AnswersOnlyWhenItHasRung) {
  const std::string sent =
      with_line(call(1), "Record-Route: <sip:198.51.100.9;lr>\r\nRecord-Route: <sip:198.51.100.8;lr>");
  const auto before = std::chrono::steady_clock::now();
  const std::string ringing_answer = answered(sent);
  EXPECT_EQ(status_line(ringing_answer), "SIP/2.0 180 Ringing");
  EXPECT_TRUE(
      ringing_answer.contains("\r\nRecord-Route: <sip:198.51.100.9;lr>\r\nRecord-Route: <sip:198.51.100.8;lr>"));
  const std::string line = status_line(sent);
  EXPECT_EQ(header_line(ringing_answer, "Contact: "), "Contact: <" + line.substr(7, line.rfind(' ') - 7) + ">")
      << "RFC 3261 12.1.1";
  const std::string refusal = next_answer();
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
  EXPECT_EQ(status_line(refusal), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(tag_of(refusal), tag_of(ringing_answer));
  EXPECT_FALSE(refusal.contains("Contact: "));
  acknowledge(sent, refusal);
  EXPECT_TRUE(until_so_many_ring(0));
  EXPECT_EQ(answered(sent), refusal) << "a copy that comes late (INL-TX-09)";
  EXPECT_EQ(harness_.counter(Counter::rung), 1U);
  EXPECT_EQ(harness_.counter(Counter::rules_blocked_politely), 1U);
  EXPECT_EQ(harness_.counter("answered_ringing"), 1U);
}

TEST_F(RingingTest, CopiesHearItRing) {  // INL-TX-06
  ring_for(30);
  const std::string ringing_answer = answered(call(1));
  for (int copy = 0; copy < 3; ++copy) {
    EXPECT_EQ(answered(call(1)), ringing_answer);
  }
  rules_.users.clear();
  publish(rules_);
  EXPECT_EQ(answered(call(1)), ringing_answer) << "whatever has become of the rules (INL-TX-09)";
  EXPECT_TRUE(until_so_many_ring(1));
  EXPECT_EQ(harness_.counter(Counter::rung), 1U);
}

TEST_F(RingingTest, TheAnswerIsRepeatedUntilItsAck) {  // RFC 3261 17.2.1
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 180 Ringing");
  const std::string refusal = next_answer();
  EXPECT_EQ(status_line(refusal), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(next_answer(), refusal);
  EXPECT_EQ(next_answer(), refusal);
  acknowledge(call(1), refusal);
  EXPECT_TRUE(until_so_many_ring(0));
}

TEST_F(RingingTest, WhoGivesUpHearsSoAtOnce) {  // INL-TX-08
  ring_for(30);
  const std::string ringing_answer = answered(call(1));
  acknowledge(call(1), ringing_answer);
  EXPECT_TRUE(until_so_many_ring(1)) << "it was no answer that an ACK could belong to";
  send(following(call(1), "CANCEL"));
  EXPECT_EQ(status_line(next_answer()), "SIP/2.0 200 OK");
  const std::string terminated = next_answer();
  EXPECT_EQ(status_line(terminated), "SIP/2.0 487 Request Terminated");
  EXPECT_EQ(tag_of(terminated), tag_of(ringing_answer));
  acknowledge(call(1), terminated);
  EXPECT_TRUE(until_so_many_ring(0));
  EXPECT_EQ(answered(call(1)), terminated);
}

TEST_F(RingingTest, WhoWatchesIsToldOfTheLateAnswerToo) {
  using config::wire::WatchBy;
  const std::string call_id = header_line(call(1), "Call-ID: ").substr(std::string("Call-ID: ").size());
  static_cast<void>(harness_.appliance().start_watch({.by = WatchBy::call_id, .seconds = 60, .text = call_id},
                                                     std::uint64_t{kTestNow} * 1'000'000'000));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 180 Ringing");
  const std::string refusal = next_answer();
  acknowledge(call(1), refusal);
  std::string batch;
  harness_.appliance().take_watched(batch, std::size_t{1} << 22);
  std::vector<unsigned> told;
  for (std::string_view rest = batch; !rest.empty();) {
    const auto event = config::wire::decode_watch_event(rest);
    ASSERT_TRUE(event) << event.error();
    if (event->kind == config::wire::WatchKind::answered) {
      told.push_back(event->status);
    }
  }
  ASSERT_GE(told.size(), 2U);
  EXPECT_EQ(told[0], 180U);
  EXPECT_EQ(told[1], 480U);
}

TEST_F(RingingTest, BehindACryptoCoreToo) {
  const std::string sent = signed_call(1);
  EXPECT_EQ(status_line(answered(sent)), "SIP/2.0 180 Ringing");
  const std::string refusal = next_answer();
  EXPECT_EQ(status_line(refusal), "SIP/2.0 480 Temporarily Unavailable");
  acknowledge(sent, refusal);
  EXPECT_TRUE(until_so_many_ring(0));
}

TEST_F(RingingTest, WhoRequiresSomethingIsToldAtOnce) {
  ring_for(30);
  EXPECT_EQ(status_line(answered(with_line(call(1), "Require: 100rel"))), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(harness_.counter(Counter::rung), 0U);
}

TEST_F(RingingTest, ALongAnswerIsNotKept) {
  ring_for(60);
  const std::string via = "Via: SIP/2.0/UDP " + std::string(2'100, 'a') + ".example.net;branch=z9hG4bKlong";
  EXPECT_EQ(status_line(answered(with_line(call(1), via))), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(harness_.counter(Counter::ringing_full), 1U);
}

TEST_F(RingingTest, SoManyAndNoMore) {  // bounded: a flood of unwanted calls takes no memory
  ring_for(60);
  for (std::uint32_t i = 0; i < dataplane::RingingCalls::kPlaces; ++i) {
    ASSERT_EQ(status_line(answered(another(call(1), "n" + std::to_string(i)))), "SIP/2.0 180 Ringing") << i;
  }
  EXPECT_TRUE(until_so_many_ring(dataplane::RingingCalls::kPlaces));
  EXPECT_EQ(status_line(answered(call(1))), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(harness_.counter(Counter::ringing_full), 1U);
}

}  // namespace
}  // namespace stirline::test
