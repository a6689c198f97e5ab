// One record for each decision about a call or message, with what a traceback asks for (STIR-RG-03, STIR-SH-02), and
// never a call that waits for its record.
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "config/wire/call_record.hpp"
#include "config/wire/protocol.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/told_records.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/engine_wrapper.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using config::wire::CallRecord;
using config::wire::Decision;
using config::wire::Flow;
using dataplane::Counter;

class Records : public testing::Test {
 protected:
  explicit Records(const Harness::Options& options = {}) : harness_(options) { harness_.publish(lab_tables()); }

  std::string outwards(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(outward(message), 1'480)) {
      harness_.put_a(golden::build(piece));
    }
    return next_payload([&] { return harness_.get_b(); });
  }
  std::string inwards(const std::string& message) {
    for (const golden::PacketSpec& piece : golden::split(inward(message), 1'480)) {
      harness_.put_b(golden::build(piece));
    }
    return next_payload([&] { return harness_.get_a(); });
  }

  // What has been recorded since the last time. Views lie in batch_.
  std::vector<CallRecord> records() { return told_records(harness_, batch_); }
  // The one that has been made.
  CallRecord record() {
    const auto all = records();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? CallRecord() : all.front();
  }

  Harness harness_;
  std::string batch_;
};

// The token of a message's only Identity header field.
std::string token_of(const std::string& message) {
  const std::size_t begin = message.find("Identity: ") + 10;
  return message.substr(begin, message.find(';', begin) - begin);
}

bool is_hash_of(std::span<const std::uint8_t> hash, const std::string& token) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> right;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), right.data());
  return std::ranges::equal(hash, right);
}

std::string call_id_of(const std::string& message) {
  const std::size_t begin = message.find("Call-ID: ") + 9;
  return message.substr(begin, message.find('\r', begin) - begin);
}

TEST_F(Records, ATokenThatComesWithAnotherCallIsASuspicion) {  // STIR-VS-12
  const std::string sent = outwards(invite({.number = 8, .date = kTestNow}));
  record();
  const auto judged = [&](const std::string& call, const std::string& reason) {
    EXPECT_NE(inwards(call).find(";verstat=TN-Validation-Passed"), std::string::npos);
    const CallRecord found = record();
    EXPECT_EQ(found.verdict, crypto::Verdict::valid);
    EXPECT_EQ(found.reason, reason);
  };
  judged(sent, "verified");
  judged(sent, "verified");
  std::string spiral = sent;  // the same call crosses us twice (INL-TX-12)
  spiral.insert(spiral.find("branch=z9hG4bK") + 14, "x");
  judged(spiral, "verified");
  EXPECT_EQ(harness_.counter(Counter::replay_suspects), 0U);
  std::string replay = sent;
  replay.insert(replay.find("Call-ID: ") + 9, "x");
  judged(replay, "replay_suspect");
  EXPECT_EQ(harness_.counter(Counter::replay_suspects), 1U);
}

TEST_F(Records, ASignedCallAndTheSameCallJudged) {
  const CallSpec call{.number = 7, .date = kTestNow, .attest = 'B'};
  const std::string sent = outwards(invite(call));
  const CallRecord made = record();
  EXPECT_EQ(made.time, kTestNow);
  EXPECT_EQ(made.decision, Decision::signed_);
  EXPECT_EQ(made.flow, Flow::to_peer);
  EXPECT_EQ(made.trunk, "peer");
  EXPECT_EQ(made.in_port, "a");
  EXPECT_EQ(made.out_port, "b");
  EXPECT_EQ(made.method, "INVITE");
  EXPECT_EQ(made.reason, "");
  EXPECT_EQ(made.orig, originator(call));
  EXPECT_EQ(made.dest, destination(call));
  EXPECT_EQ(made.target, "");
  EXPECT_EQ(made.attest, 'B');
  EXPECT_EQ(made.origid.size(), 36U);
  EXPECT_EQ(made.call_id, call_id_of(sent));
  ASSERT_EQ(made.token_count, 1);
  EXPECT_EQ(made.tokens[0].type, "shaken");
  EXPECT_TRUE(is_hash_of(made.tokens[0].hash, token_of(sent)));
  const std::string origid(made.origid);

  harness_.clock().set(kTestNow + 3);
  std::string folded = sent;  // the same token for whoever drops the blanks
  folded.insert(folded.find('.', folded.find("Identity: ")) + 1, "\r\n ");
  inwards(folded);
  const CallRecord found = record();
  EXPECT_EQ(found.time, kTestNow + 3);
  EXPECT_EQ(found.decision, Decision::judged);
  EXPECT_EQ(found.flow, Flow::from_peer);
  EXPECT_EQ(found.in_port, "b");
  EXPECT_EQ(found.out_port, "a");
  EXPECT_EQ(found.verdict, crypto::Verdict::valid);
  EXPECT_EQ(found.reason, "verified");
  EXPECT_EQ(found.orig, originator(call));
  EXPECT_EQ(found.dest, destination(call));
  EXPECT_EQ(found.attest, 'B');
  EXPECT_EQ(found.origid, origid);
  ASSERT_EQ(found.token_count, 1);
  EXPECT_EQ(found.tokens[0].type, "shaken");
  EXPECT_TRUE(is_hash_of(found.tokens[0].hash, token_of(sent)));
  EXPECT_EQ(harness_.counter(Counter::recorded), 2U);
}

TEST_F(Records, ACallThatIsRefusedKeepsItsTokenAndItsReason) {
  const std::string sent = outwards(invite({.number = 8, .date = kTestNow}));
  records();
  std::string forged = sent;
  const std::string number = originator({.number = 8});
  for (std::size_t at = forged.find(number); at != std::string::npos; at = forged.find(number, at + 1)) {
    forged.replace(at, number.size(), "12155559999");
  }
  forged.insert(forged.find("@carrier-a"), ";verstat=TN-Validation-Passed");
  inwards(forged);
  const CallRecord refused = record();
  EXPECT_EQ(refused.decision, Decision::judged);
  EXPECT_EQ(refused.verdict, crypto::Verdict::invalid);
  EXPECT_EQ(refused.reason, "orig_mismatch");
  EXPECT_EQ(refused.orig, "12155559999");
  EXPECT_TRUE(refused.stripped);
  ASSERT_EQ(refused.token_count, 1);
  EXPECT_TRUE(is_hash_of(refused.tokens[0].hash, token_of(sent)));
}

TEST_F(Records, EachReasonNotToSignOrToJudge) {
  struct Case {
    std::string text;
    bool outward;
    Decision decision;
    std::string_view reason;
  };
  std::string emergency = invite({.number = 1, .date = kTestNow});
  emergency.replace(emergency.find("sip:"), emergency.find(" SIP/2.0") - emergency.find("sip:"), "urn:service:sos");
  std::string subscribe = invite({.number = 2, .date = kTestNow});
  for (std::size_t at = subscribe.find("INVITE"); at != std::string::npos; at = subscribe.find("INVITE", at)) {
    subscribe.replace(at, 6, "SUBSCRIBE");
  }
  std::string crowded = invite({.number = 3, .date = kTestNow});
  for (int i = 0; i < 17; ++i) {
    crowded.insert(crowded.find("Content-Type"), "Identity: a.b.c;info=<https://a.example/c>\r\n");
  }
  const std::vector<Case> cases = {
      {invite({.number = 4, .date = kTestNow - 61}), true, Decision::not_signed, "date_stale"},
      {invite({.number = 5, .date = kTestNow, .attest = '-'}), true, Decision::not_signed, "not_attested"},
      {emergency, true, Decision::emergency, ""},
      {emergency, false, Decision::emergency, ""},
      {invite({.number = 6, .date = kTestNow}), false, Decision::judged, "no_identity"},
      {subscribe, false, Decision::judged, "no_identity"},
      {crowded, false, Decision::refused, "identity_limit"},
  };
  for (const Case& each : cases) {
    each.outward ? outwards(each.text) : inwards(each.text);
    const CallRecord made = record();
    EXPECT_EQ(made.decision, each.decision) << each.reason;
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.flow, each.outward ? Flow::to_peer : Flow::from_peer);
    EXPECT_EQ(made.call_id, call_id_of(each.text));
    EXPECT_FALSE(made.orig.empty());
    EXPECT_FALSE(made.dest.empty());
    EXPECT_EQ(made.token_count, 0);
  }
}

TEST_F(Records, WhatBeginsNothingHasNone) {
  std::string options = invite({.number = 1});
  for (std::size_t at = options.find("INVITE"); at != std::string::npos; at = options.find("INVITE", at)) {
    options.replace(at, 6, "OPTIONS");
  }
  const std::string in_dialog = invite({.number = 2, .to_tag = true});
  for (const std::string& message : {options, in_dialog}) {
    outwards(message);
    inwards(message);
  }
  outwards("SIP/2.0 200 OK\r\nnot quite");
  EXPECT_TRUE(records().empty());
  EXPECT_EQ(harness_.counter(Counter::recorded), 0U);
}

// Signs nothing until it is let.
class HeldEngine : public EngineWrapper {
 public:
  explicit HeldEngine(std::shared_ptr<std::atomic<bool>> open) : open_(std::move(open)) {}
  void sign(std::span<crypto::SignRequest> batch) override {
    open_->wait(false);
    EngineWrapper::sign(batch);
  }

 private:
  std::shared_ptr<std::atomic<bool>> open_;
};

class RecordsOfDelay : public Records {
 protected:
  RecordsOfDelay() : RecordsOfDelay(std::make_shared<std::atomic<bool>>(false)) {}
  ~RecordsOfDelay() override { let_go(); }
  void let_go() {
    open_->store(true);
    open_->notify_all();
  }

 private:
  explicit RecordsOfDelay(const std::shared_ptr<std::atomic<bool>>& open)
      : Records({.adjust =
                     [](config::DataplaneConfig& config) {
                       config.limits.parked = 1;
                       config.limits.job_deadline_us = 20'000;
                     },
                 .make_engine = [open] { return std::make_unique<HeldEngine>(open); }}),
        open_(open) {}

  std::shared_ptr<std::atomic<bool>> open_;
};

TEST_F(RecordsOfDelay, WhatCouldNotBeDecidedInTimeSaysSo) {
  const CallSpec late{.number = 1, .date = kTestNow};
  EXPECT_EQ(outwards(invite(late)), invite(late));  // takes the only place, and its deadline passes
  EXPECT_EQ(outwards(invite({.number = 2, .date = kTestNow})), invite({.number = 2, .date = kTestNow}));
  std::string unproved = invite({.number = 3, .date = kTestNow});
  unproved.insert(unproved.find("Content-Type"), "Identity: e30.e30.AA;info=<https://a.example/c>;ppt=shaken\r\n");
  inwards(unproved);
  let_go();
  const auto all = records();
  ASSERT_EQ(all.size(), 3U) << "and none for the answer that came too late";
  for (const CallRecord& made : all) {
    EXPECT_EQ(made.decision, Decision::undecided);
    EXPECT_EQ(made.token_count, 0);
  }
  EXPECT_EQ(all[0].reason, "job_deadline");
  EXPECT_EQ(all[0].orig, originator(late));
  EXPECT_EQ(all[0].dest, destination(late));
  EXPECT_EQ(all[0].call_id, call_id_of(invite(late)));
  EXPECT_EQ(all[1].reason, "parked_full");
  EXPECT_EQ(all[2].reason, "parked_full");
  EXPECT_EQ(all[2].flow, Flow::from_peer);
}

TEST_F(Records, ACallThatWaitedInVainForItsCertificate) {
  const std::string sent = outwards(invite({.number = 1, .date = kTestNow}));
  records();
  LabTables unknown = lab_tables();
  unknown.certificates.clear();
  unknown.trunks[0].certificate_wait_ms = 20;
  harness_.publish(unknown);
  inwards(sent);
  const CallRecord made = record();
  EXPECT_EQ(made.decision, Decision::undecided);
  EXPECT_EQ(made.reason, "wait_expired");
  EXPECT_EQ(made.attest, 'A') << "what the token claims";
  ASSERT_EQ(made.token_count, 1);
  EXPECT_TRUE(is_hash_of(made.tokens[0].hash, token_of(sent)));
}

class RecordsOfSilence : public Records {
 protected:
  RecordsOfSilence()
      : Records(
            {.adjust = [](config::DataplaneConfig& config) { config.records.enabled = false; }, .make_engine = {}}) {}
};

TEST_F(RecordsOfSilence, NoneAreMade) {
  EXPECT_NE(outwards(invite({.number = 1, .date = kTestNow})).find("Identity: "), std::string::npos);
  EXPECT_TRUE(records().empty());
  EXPECT_EQ(harness_.counter(Counter::recorded), 0U);
}

class RecordsWithoutRoom : public Records {
 protected:
  RecordsWithoutRoom()
      : Records({.adjust = [](config::DataplaneConfig& config) { config.records.queue_kib = 1; }, .make_engine = {}}) {}
};

TEST_F(RecordsWithoutRoom, TheRecordIsDroppedAndCountedAndNeverThePacket) {
  constexpr std::uint32_t kCalls = 20;
  for (std::uint32_t i = 0; i < kCalls; ++i) {
    EXPECT_NE(outwards(invite({.number = i, .date = kTestNow})).find("Identity: "), std::string::npos);
  }
  EXPECT_TRUE(harness_.settle());
  const std::uint64_t dropped = harness_.counter(Counter::record_dropped);
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(dropped + harness_.counter(Counter::recorded), kCalls);
  EXPECT_EQ(records().size(), kCalls - dropped);
  EXPECT_NE(outwards(invite({.number = 99, .date = kTestNow})).find("Identity: "), std::string::npos);
  EXPECT_EQ(records().size(), 1U) << "there is room again";
}

}  // namespace
}  // namespace stirline::test
