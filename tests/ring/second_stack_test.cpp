// Our own answers before a SIP stack that is not ours, libosip2 (INL-TX-04, INL-TX-07): it reads each of them, finds
// the transaction it belongs to, ends that by it, and what it sends then (ACK) ends here.
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/golden/packet_spec.hpp"
#include "tests/ring/gated_harness.hpp"
#include "tests/ring/osip_caller.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using config::tables::Answer;
using config::tables::AnswerPolicy;
using dataplane::Counter;
using Prepare = std::function<void(LabTables&)>;
using Spoil = std::function<std::string(std::string)>;

std::string as_it_is(std::string text) {
  return text;
}

// The peer is at port b, our own side at port a.
enum class From : std::uint8_t { peer, inside };

void put(Harness& harness, From from, const std::string& message) {
  const golden::PacketSpec spec = from == From::peer ? inward(message) : outward(message);
  for (const golden::PacketSpec& piece : golden::split(spec, 1'480)) {
    from == From::peer ? harness.put_b(golden::build(piece)) : harness.put_a(golden::build(piece));
  }
}

std::string get(Harness& harness, From to) {
  return next_payload([&] { return to == From::peer ? harness.get_b() : harness.get_a(); });
}

// `answer` ends the transaction of `caller`, and nobody else's; the ACK to it goes no further.
void ends(OsipCaller& caller, Harness& harness, From from, const std::string& answer, int status) {
  OsipCaller stranger(call(4'711));
  EXPECT_FALSE(stranger.hear(answer)) << "one of another transaction";
  ASSERT_TRUE(caller.hear(answer)) << answer;
  EXPECT_EQ(caller.status(), status);
  EXPECT_TRUE(caller.completed());
  EXPECT_FALSE(caller.to_tag().empty());
  for (const char* const name : {"From: ", "Call-ID: ", "CSeq: "}) {
    EXPECT_EQ(header_line(answer, name), header_line(caller.request(), name));
  }
  ASSERT_TRUE(caller.ack().starts_with("ACK ")) << caller.ack();
  const std::uint64_t before = harness.counter(Counter::dropped_acks);
  put(harness, from, caller.ack());
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::dropped_acks), before + 1) << caller.ack();
}

LabTables answering(const std::function<void(AnswerPolicy&)>& set) {
  LabTables tables = lab_tables();
  tables.trunks[0].certificate_wait_ms = 0;
  set(tables.trunks[0].answers);
  return tables;
}

TEST(SecondStack, TakesEveryAnswerThatPolicyGives) {
  const std::pair<Answer, int> answers[] = {
      {Answer::redirected, 302},      {Answer::forbidden, 403}, {Answer::use_identity, 428},
      {Answer::unavailable, 480},     {Answer::busy, 486},      {Answer::declined, 603},
      {Answer::network_blocked, 603}, {Answer::unwanted, 607},  {Answer::rejected, 608}};
  std::uint32_t number = 0;
  for (const auto& [wanted, status] : answers) {
    Harness harness(unhurried());
    harness.publish(answering([given = wanted](AnswerPolicy& policy) {
      policy.no_identity = given;
      policy.unannounced = Answer::rejected;
      policy.redirect_to = "sip:why@announce.example.net";
      policy.rejection_card = "https://card.example.net/who";
      policy.block_text = "v=analytics1;url=https://example.org";
    }));
    OsipCaller caller(call(++number));
    put(harness, From::peer, caller.request());
    ends(caller, harness, From::peer, get(harness, From::peer), status);
  }
}

TEST(SecondStack, TakesWhatIsSaidAboutTokens) {
  struct Case {
    int status;
    Prepare prepare;
    Spoil spoil;
    std::int64_t later;
  };
  const Prepare nothing = [](LabTables&) {};
  const Case cases[] = {
      {403, nothing, as_it_is, 3'600},
      {436, [](LabTables& tables) { tables.certificates.clear(); }, as_it_is, 0},
      {437, [](LabTables& tables) { tables.certificates[0].standing = crypto::Reason::certificate_revoked; }, as_it_is,
       0},
      {438, nothing,
       [](std::string text) {
         return replaced(std::move(text), "P-Asserted-Identity: <sip:+1", "P-Asserted-Identity: <sip:+4");
       },
       0}};
  for (const Case& one : cases) {
    Harness harness(unhurried());
    harness.publish(lab_tables());
    put(harness, From::inside, call(1));
    OsipCaller caller(one.spoil(get(harness, From::peer)));
    LabTables tables = answering([](AnswerPolicy& policy) { policy.invalid = Answer::stir; });
    one.prepare(tables);
    harness.publish(tables);
    harness.clock().set(kTestNow + one.later);
    put(harness, From::peer, caller.request());
    ends(caller, harness, From::peer, get(harness, From::peer), one.status);
  }
}

TEST(SecondStack, TakesAnswersToWhatCouldNotBeRead) {
  Harness harness(unhurried());
  harness.publish(answering([](AnswerPolicy& policy) { policy.malformed = Answer::bad_request; }));
  OsipCaller broken(call(1));
  put(harness, From::peer, replaced(broken.request(), "Content-Length: ", "Content-Length: x"));
  ends(broken, harness, From::peer, get(harness, From::peer), 400);
  OsipCaller ahead(call(2));
  put(harness, From::peer, replaced(ahead.request(), "SIP/2.0\r\n", "SIP/3.0\r\n"));
  ends(ahead, harness, From::peer, get(harness, From::peer), 505);
}

TEST(SecondStack, TakesAnswersToOurOwnSide) {
  Harness harness(unhurried());
  LabTables tables = answering([](AnswerPolicy& policy) { policy.privacy = Answer::server_error; });
  tables.trunks[0].trust_domain = false;
  harness.publish(tables);
  OsipCaller caller(replaced(call(1), "Content-Type", "Privacy: header;critical\r\nContent-Type"));
  put(harness, From::inside, caller.request());
  ends(caller, harness, From::inside, get(harness, From::inside), 500);
}

TEST(SecondStack, TakesAnswersOfACrowdedBox) {
  GatedHarness gated(1, kNeverUs);
  Harness& harness = gated.harness;
  harness.publish(answering([](AnswerPolicy& policy) {
    policy.overload = Answer::overloaded;
    policy.retry_after = 7;
  }));
  put(harness, From::inside, call(1));
  EXPECT_TRUE(harness.settle(1));
  OsipCaller caller(call(2));
  put(harness, From::inside, caller.request());
  const std::string answer = get(harness, From::inside);
  gated.gate->open();
  EXPECT_FALSE(get(harness, From::peer).empty());
  ends(caller, harness, From::inside, answer, 503);
}

TEST(SecondStack, TakesBothAnswersToACancelledCall) {
  Harness harness(unhurried());
  harness.publish(lab_tables());
  put(harness, From::inside, call(1));
  OsipCaller caller(get(harness, From::peer));
  LabTables tables = answering([](AnswerPolicy& policy) { policy.no_identity = Answer::use_identity; });
  tables.certificates.clear();
  tables.trunks[0].certificate_wait_ms = config::tables::kMaxCertificateWaitMs;
  harness.publish(tables);
  put(harness, From::peer, caller.request());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (harness.counter(Counter::waited) == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  OsipCaller cancel(following(caller.request(), "CANCEL"));
  put(harness, From::peer, cancel.request());
  EXPECT_TRUE(harness.settle());
  if (harness.counter(Counter::wait_expired) != 0) {
    GTEST_SKIP() << "no processor for two seconds: the call has waited long enough";
  }
  const std::string done = get(harness, From::peer);
  EXPECT_FALSE(caller.hear(done)) << "that is for the CANCEL";
  ASSERT_TRUE(cancel.hear(done));
  EXPECT_EQ(cancel.status(), 200);
  EXPECT_TRUE(cancel.completed());
  ends(caller, harness, From::peer, get(harness, From::peer), 487);
  EXPECT_EQ(cancel.to_tag(), caller.to_tag());
}

}  // namespace
}  // namespace stirline::test
