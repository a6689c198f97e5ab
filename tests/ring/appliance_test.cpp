// What crosses an appliance, and how it leaves: the life of a message (design.md 3) from port to port.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sip_parser/message.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/ring/usual_calls.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;
using golden::PacketSpec;

std::string signed_invite(Harness& harness, const CallSpec& call) {
  harness.put_a(golden::build(outward(invite(call))));
  return from_b(harness);
}

constexpr std::string_view kBrokenToken = "Identity: a.b.c;info=<https://cert.example.org/x>;alg=ES256;ppt=shaken\r\n";

// What the callee answers to `method` in the transaction of `call`; `lines`: header lines of its own.
std::string answer_to(const std::string& call, const std::string& status, const std::string& method,
                      const std::string& lines) {
  const std::string cseq = header_line(call, "CSeq: ");
  return "SIP/2.0 " + status + "\r\n" + header_line(call, "Via: ") + "\r\n" + lines +
         "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\nCall-ID: x\r\n" +
         cseq.substr(0, cseq.find(" INVITE")) + " " + method + "\r\nContent-Length: 0\r\n\r\n";
}

TEST(Appliance, ForwardsEverythingUntouchedBeforeControlHasSpoken) {
  Harness harness;
  const golden::Octets frame = golden::build(outward(invite({.number = 1})));
  harness.put_a(frame);
  EXPECT_EQ(harness.get_b(), frame);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::no_tables), 1U);
}

TEST(Appliance, LeavesAloneWhatIsNotOurs) {
  Harness harness;
  harness.publish(lab_tables());
  std::vector<PacketSpec> others(6, outward("not SIP"));
  others[0].destination_port = 4000;                                    // RTP-like
  others[1].destination = "203.0.113.9";                                // no trunk
  others[2].udp = false, others[2].protocol = 6;                        // TCP
  others[3].udp = false, others[3].ether_type = 0x0806;                 // ARP
  others[4].vlans = {{.type = 0x88A8, .control = 7}, {.control = 42}};  // QinQ, and not SIP on the SIP port
  others[5].payload = "\r\n\r\n";                                       // keep-alive (INL-UDP-05)
  for (const PacketSpec& spec : others) {
    const golden::Octets frame = golden::build(spec);
    harness.put_a(frame);
    EXPECT_EQ(harness.get_b(), frame);
    harness.put_b(frame);
    EXPECT_EQ(harness.get_a(), frame);
  }
  EXPECT_TRUE(harness.settle());
}

TEST(Appliance, SignsCallsThatLeaveAndTouchesNothingElse) {  // STIR-AS-06, STIR-AS-10, INL-ED-01
  Harness harness;
  harness.publish(lab_tables());
  for (const char attest : {'A', 'B', 'C'}) {
    const CallSpec call{.number = 7, .date = kTestNow, .attest = attest};
    const std::string before = invite(call);
    const std::string after = signed_invite(harness, call);
    const std::size_t at = after.find("Identity: ");
    ASSERT_NE(at, std::string::npos) << after;
    const std::size_t end = after.find("\r\n", at) + 2;
    EXPECT_EQ(after.substr(0, at) + after.substr(end), before);
    EXPECT_TRUE(
        after.substr(at, end - at).ends_with(";info=<" + std::string(kLabX5u) + ">;alg=ES256;ppt=\"shaken\"\r\n"));
  }
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::signed_a), 1U);
  EXPECT_EQ(harness.counter(Counter::signed_b), 1U);
  EXPECT_EQ(harness.counter(Counter::signed_c), 1U);
}

TEST(Appliance, AddsADateBeforeItSigns) {  // STIR-AS-02
  Harness harness;
  harness.publish(lab_tables());
  const std::string after = signed_invite(harness, {.number = 8});
  sip::Message message;
  ASSERT_TRUE(message.parse(after));
  EXPECT_EQ(message.date(), kTestNow);
  EXPECT_EQ(message.identities().size(), 1U);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::date_inserted), 1U);
}

TEST(Appliance, DoesNotSignWhatItMayNot) {  // STIR-AS-01, -03, -12, -14
  Harness harness;
  harness.publish(lab_tables());
  const std::string already = signed_invite(harness, {.number = 9, .date = kTestNow});
  const std::string stale = invite({.number = 10, .date = kTestNow - 61});
  const std::string stranger = invite({.number = 11, .date = kTestNow, .attest = '-'});
  const std::string in_dialog = invite({.number = 12, .date = kTestNow, .to_tag = true});
  for (const std::string& message : {already, stale, stranger, in_dialog}) {
    for (const PacketSpec& piece : golden::split(outward(message), 1'480)) {
      harness.put_a(golden::build(piece));
    }
    EXPECT_EQ(from_b(harness), message);
  }
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter("not_signed_already_signed"), 1U);
  EXPECT_EQ(harness.counter("not_signed_date_stale"), 1U);
  EXPECT_EQ(harness.counter("not_signed_in_dialog"), 1U);
  EXPECT_EQ(harness.counter(Counter::not_attested), 1U);
}

TEST(Appliance, VerifiesWhatItSigned) {  // STIR-SH-03, INL-MTU-02
  Harness harness;
  harness.publish(lab_tables());
  const CallSpec call{.number = 13, .date = kTestNow};
  const std::string sent = signed_invite(harness, call);
  const std::vector<PacketSpec> pieces = golden::split(inward(sent), 1'480);
  ASSERT_GT(pieces.size(), 1U);
  harness.put_b(golden::build(pieces[1]));  // out of order
  harness.put_b(golden::build(pieces[0]));
  const std::string marked = from_a(harness);
  const std::string number = "+" + originator(call);
  EXPECT_NE(marked.find("From: \"Subscriber 13\" <sip:" + number + ";verstat=TN-Validation-Passed@carrier-a"),
            std::string::npos);
  EXPECT_NE(marked.find("P-Asserted-Identity: <sip:" + number + ";verstat=TN-Validation-Passed@carrier-a"),
            std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::verified_valid), 1U);
  EXPECT_EQ(harness.counter(Counter::verified_a), 1U);
}

TEST(Appliance, MarksForgedAndUnsignedCallsAndStripsForeignMarks) {  // STIR-VS-02, -10, -15
  Harness harness;
  harness.publish(lab_tables());
  const std::string sent = signed_invite(harness, {.number = 14, .date = kTestNow});
  std::string forged = sent;
  const std::string number = originator({.number = 14});
  for (std::size_t at = forged.find(number); at != std::string::npos; at = forged.find(number, at + 1)) {
    forged.replace(at, number.size(), "12155559999");
  }
  for (const PacketSpec& piece : golden::split(inward(forged), 1'480)) {
    harness.put_b(golden::build(piece));
  }
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);  // STIR-VS-14
  std::string boasting = invite({.number = 15, .date = kTestNow});
  const std::string spoof = ";verstat=TN-Validation-Passed";
  boasting.insert(boasting.find("@carrier-a"), spoof);
  harness.put_b(golden::build(inward(boasting)));
  const std::string marked = from_a(harness);
  EXPECT_EQ(marked.find(spoof), std::string::npos);
  EXPECT_NE(marked.find(";verstat=No-TN-Validation@"), std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter("verify_orig_mismatch"), 1U);
  EXPECT_EQ(harness.counter("verify_no_identity"), 1U);
  EXPECT_EQ(harness.counter(Counter::stripped), 1U);
}

// Two tokens that are wrong beside one that is right: the answers say so, and keep what they say themselves
// (STIR-ER-01, STIR-ER-02).
TEST(Appliance, AnswersSayWhatWasWrong) {
  Harness harness;
  harness.publish(lab_tables());
  std::string call = signed_invite(harness, {.number = 70, .date = kTestNow});
  const std::size_t begin = call.find("Identity: ");
  const std::string good = call.substr(begin, call.find("\r\n", begin) + 2 - begin);
  std::string other = signed_invite(harness, {.number = 71, .date = kTestNow});
  const std::size_t from = other.find("Identity: ");
  const std::string wrong = other.substr(from, other.find("\r\n", from) + 2 - from);
  call.insert(begin, wrong + std::string(kBrokenToken));
  for (const PacketSpec& piece : golden::split(inward(call), 1'480)) {
    harness.put_b(golden::build(piece));
  }
  EXPECT_NE(from_a(harness).find(";verstat=TN-Validation-Passed@"), std::string::npos);

  EXPECT_TRUE(harness.settle());
  ASSERT_EQ(harness.counter(Counter::reasons_pending), 1U);
  const auto through = [&](const std::string& text) {
    harness.put_a(golden::build(outward(text)));
    return from_b(harness);
  };
  const std::string trying = answer_to(call, "100 Trying", "INVITE", "");
  EXPECT_EQ(through(trying), trying);
  const std::string cancelled = answer_to(call, "200 OK", "CANCEL", "");
  EXPECT_EQ(through(cancelled), cancelled);
  const std::string q850 = "Reason: Q.850;cause=17\r\n";
  for (const std::string start : {"180 Ringing", "486 Busy Here", "486 Busy Here"}) {
    const std::string before = answer_to(call, start, "INVITE", q850);
    const std::string after = through(before);
    const std::size_t at = after.find("Reason: STIR;cause=438;text=\"Invalid Identity Header\";ppi=\"..");
    ASSERT_NE(at, std::string::npos) << after;
    const std::size_t end = after.find("\r\n", at) + 2;
    EXPECT_EQ(after.substr(0, at) + after.substr(end), before);
    EXPECT_NE(after.substr(at, end - at).find(", STIR;cause=438;text=\"Invalid Identity Header\"\r\n"),
              std::string::npos)
        << "a token that ends in no signature is not named";
  }
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::reasons_pending), 1U);
  EXPECT_EQ(harness.counter(Counter::reasons_told), 3U);
}

TEST(Appliance, ATrunkThatTellsNoReasonsKeepsItsAnswers) {  // STIR-ER-01
  for (const bool tell : {true, false}) {
    Harness harness;
    LabTables tables = lab_tables();
    tables.trunks[0].tell_reasons = tell;
    harness.publish(tables);
    std::string call = invite({.number = 72, .date = kTestNow});
    call.insert(call.find("Content-Length"), kBrokenToken);
    harness.put_b(golden::build(inward(call)));
    EXPECT_NE(from_a(harness), "");
    const std::string before = answer_to(call, "486 Busy Here", "INVITE", "");
    harness.put_a(golden::build(outward(before)));
    EXPECT_EQ(from_b(harness) == before, !tell);
    EXPECT_TRUE(harness.settle());
    EXPECT_EQ(harness.counter(Counter::reasons_pending), tell ? 1U : 0U);
    EXPECT_EQ(harness.counter(Counter::reasons_told), tell ? 1U : 0U);
  }
}

TEST(Appliance, NeverDelaysEmergencyCalls) {  // STIR-AS-13
  Harness harness;
  harness.publish(lab_tables());
  std::string call = invite({.number = 16, .date = kTestNow});
  call.replace(call.find("sip:"), call.find(" SIP/2.0") - call.find("sip:"), "urn:service:sos");
  const golden::Octets frame = golden::build(outward(call));
  harness.put_a(frame);
  EXPECT_EQ(harness.get_b(), frame);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::emergency), 1U);
}

TEST(Appliance, AnEmergencyNumberInToIsNoWayToCarryAVerdictIn) {  // STIR-VS-15
  Harness harness;
  harness.publish(lab_tables());
  std::string call = invite({.number = 18, .date = kTestNow});
  const std::size_t to = call.find("To: <sip:") + 9;
  call.replace(to, call.find('@', to) - to, "911");
  call.insert(call.find("@carrier-a"), ";verstat=TN-Validation-Passed");
  harness.put_b(golden::build(inward(call)));
  EXPECT_EQ(from_a(harness).find("verstat"), std::string::npos);
  EXPECT_TRUE(harness.settle());
  EXPECT_EQ(harness.counter(Counter::emergency), 1U);
  EXPECT_EQ(harness.counter(Counter::to_verify), 0U);
}

TEST(Appliance, AnUnusualBodyDoesNotSpareACallTheJudgement) {
  Harness harness;
  harness.publish(lab_tables());
  std::string call = invite({.number = 19, .date = kTestNow});
  call.replace(call.find("application/sdp"), 15, "application/xyz");
  harness.put_b(golden::build(inward(call)));
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);
  harness.put_a(golden::build(outward(call)));
  EXPECT_NE(from_b(harness).find("Identity: "), std::string::npos);
}

TEST(Appliance, OfIpv6FragmentsOnlyTheFirstTellsTheProtocol) {  // RFC 8200 4.5; INL-MTU-02
  Harness harness;
  harness.publish(lab_tables());
  std::string call = invite({.number = 20, .date = kTestNow});
  call.insert(call.find("@carrier-a"), ";verstat=TN-Validation-Passed");
  PacketSpec spec = inward(call);
  spec.source = "2001:db8:b::5";
  spec.destination = "2001:db8:a::1";
  spec.id = 77;
  std::vector<PacketSpec> pieces = golden::split(spec, 800);
  pieces[1].protocol = 59;  // hosts do not look at it
  for (const PacketSpec& piece : pieces) {
    harness.put_b(golden::build(piece));
  }
  EXPECT_NE(from_a(harness).find(";verstat=No-TN-Validation@"), std::string::npos);

  spec.protocol = 58;  // what is of another protocol leaves as it came, once it is whole
  spec.id = 78;
  for (const PacketSpec& piece : golden::split(spec, 800)) {
    harness.put_b(golden::build(piece));
  }
  for (const PacketSpec& piece : golden::split(spec, 800)) {
    EXPECT_EQ(harness.get_a(), golden::build(piece));
  }
  EXPECT_TRUE(harness.settle());
}

TEST(Appliance, TablesThatContradictEachOtherChangeNothing) {
  Harness harness;
  harness.publish(lab_tables());
  LabTables bad = lab_tables();
  bad.trunks.front().pair = "nowhere";
  const auto refused = harness.appliance().apply(99, bad.staged());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("nowhere"), std::string::npos);
  bad = lab_tables();
  bad.numbers.front().credential = 5;
  EXPECT_FALSE(harness.appliance().apply(99, bad.staged()));
  EXPECT_EQ(harness.appliance().generation()->number(), 1U);
  EXPECT_NE(signed_invite(harness, {.number = 17, .date = kTestNow}).find("Identity: "), std::string::npos);
}

}  // namespace
}  // namespace stirline::test
