// May the peer speak for who calls (SPIT-CL-12, SPIT-CL-13)? By the domain of the asserted identity and the provider
// that signs; as an answer of the trunk, as a fact that rules ask about, in counters and records.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/call_record.hpp"
#include "config/wire/protocol.hpp"
#include "tests/ring/ruled_calls.hpp"
#include "tests/ring/told_records.hpp"

namespace stirline::test {
namespace {

using config::policy::Fact;
using config::policy::Handling;
using config::policy::Rule;
using config::tables::Answer;
using dataplane::Counter;

constexpr const char* kRefused = "SIP/2.0 403 Inappropriate Identity";

// Callers of the lab are of carrier-a.example.net, and signed under the code 1234.
class Senders : public RuledCalls {
 protected:
  Senders() { tables_.trunks[0].certificate_wait_ms = 0; }

  void publish_trunk(std::vector<std::string> domains, std::vector<std::string> codes,
                     Answer answer = Answer::inappropriate) {
    tables_.trunks[0].sender_domains = std::move(domains);
    tables_.trunks[0].sender_codes = std::move(codes);
    tables_.trunks[0].answers.wrong_sender = answer;
    harness_.publish(tables_);
  }

  // The records of what came since the last time that have the mark.
  std::size_t marked_records() {
    std::string batch;
    return static_cast<std::size_t>(
        std::ranges::count(told_records(harness_, batch), true, &config::wire::CallRecord::wrong_sender));
  }

  LabTables tables_ = lab_tables();
};

TEST_F(Senders, WhoIsOfAnotherDomainIsRefused) {  // SPIT-CL-12
  publish_trunk({"carrier-c.example.net"}, {});
  const std::string answer = answered(call(1));
  EXPECT_EQ(status_line(answer), kRefused);
  EXPECT_EQ(answered(call(1)), answer) << "copies get the same octets";
  EXPECT_EQ(harness_.counter(Counter::sender_mismatched), 1U);
  EXPECT_EQ(harness_.counter("answered_inappropriate_identity"), 2U);
  EXPECT_EQ(marked_records(), 1U);
}

TEST_F(Senders, WhoIsOfADomainOfThePeerGoesOn) {  // SPIT-CL-12
  publish_trunk({"carrier-c.example.net", "carrier-a.example.net"}, {});
  EXPECT_TRUE(delivered(call(1)).starts_with("INVITE "));
  const std::string large =
      replaced(replaced(call(2), "@carrier-a.example.net;user=phone>;tag", "@Carrier-A.Example.NET.;user=phone>;tag"),
               "P-Asserted-Identity: <sip:+" + originator({.number = 2}) + "@carrier-a.example.net",
               "P-Asserted-Identity: <sip:+" + originator({.number = 2}) + "@Carrier-A.Example.NET.");
  EXPECT_TRUE(delivered(large).starts_with("INVITE ")) << "domains have no case, and a dot at the end says nothing";
  EXPECT_EQ(harness_.counter(Counter::sender_matched), 2U);
  EXPECT_EQ(harness_.counter(Counter::sender_mismatched), 0U);
  EXPECT_EQ(marked_records(), 0U);
}

TEST_F(Senders, AStarIsWhateverIsBelow) {  // SPIT-CL-12
  publish_trunk({"*.example.net"}, {});
  EXPECT_TRUE(delivered(call(1)).starts_with("INVITE "));
  publish_trunk({"*.carrier-a.example.net"}, {});
  EXPECT_EQ(status_line(answered(call(2))), kRefused) << "the domain itself is not below itself";
  publish_trunk({"*.a.example.net"}, {});
  EXPECT_EQ(status_line(answered(call(3))), kRefused) << "carrier-a.example.net is not below a.example.net";
}

// Where the peer is of our trust domain its P-Asserted-Identity counts; where it is not, From alone.
TEST_F(Senders, WhatIsAssertedIsWhatTheTrunkBelieves) {  // SPIT-CL-12, SPIT-CL-13
  publish_trunk({"carrier-a.example.net"}, {});
  const std::string of_another =
      replaced(call(1), "P-Asserted-Identity: <sip:+" + originator({.number = 1}) + "@carrier-a",
               "P-Asserted-Identity: <sip:+" + originator({.number = 1}) + "@carrier-x");
  EXPECT_EQ(status_line(answered(of_another)), kRefused);
  tables_.trunks[0].trust_domain = false;
  harness_.publish(tables_);
  EXPECT_TRUE(delivered(replaced(of_another, "branch=z9hG4bK", "branch=z9hG4bKx")).starts_with("INVITE "));
}

// A second value of another domain is no way in.
TEST_F(Senders, EveryAssertedIdentityCounts) {  // SPIT-CL-12
  publish_trunk({"carrier-a.example.net"}, {});
  const std::string two = with_line(call(1), "P-Asserted-Identity: <sip:ceo@bank.example>");
  EXPECT_EQ(status_line(answered(two)), kRefused);
}

TEST_F(Senders, WhoNamesNoDomainIsNotLookedAt) {  // SPIT-CL-12
  publish_trunk({"carrier-c.example.net"}, {"9999"});
  const std::string bare = invite({.number = 1, .date = kTestNow, .asserted = false});
  const std::string from = header_line(bare, "From: ");
  const std::string tag = from.substr(from.find(";tag="));
  EXPECT_TRUE(delivered(replaced(bare, from, "From: <sip:anonymous@anonymous.invalid>" + tag)).starts_with("INVITE "));
  const std::string other = replaced(bare, "branch=z9hG4bK", "branch=z9hG4bKx");
  EXPECT_TRUE(
      delivered(replaced(other, from, "From: <tel:+" + originator({.number = 1}) + ">" + tag)).starts_with("INVITE "));
  EXPECT_EQ(harness_.counter(Counter::sender_mismatched), 0U);
  EXPECT_EQ(harness_.counter(Counter::sender_matched), 0U);
}

TEST_F(Senders, ATransitTrunkIsNotAsked) {  // SPIT-CL-12: not applied on transit trunks
  publish_trunk({}, {});
  EXPECT_TRUE(delivered(call(1)).starts_with("INVITE "));
  EXPECT_EQ(harness_.counter(Counter::sender_matched) + harness_.counter(Counter::sender_mismatched), 0U);
}

TEST_F(Senders, TheSignerIsOneOfThePeers) {  // SPIT-CL-12, by the SPC of the certificate
  const std::string first = signed_call(1);
  const std::string second = signed_call(2);
  publish_trunk({}, {"777X", "1234"});
  EXPECT_TRUE(delivered(first).starts_with("INVITE "));
  EXPECT_EQ(harness_.counter(Counter::sender_matched), 1U);
  publish_trunk({}, {"123", "12345"});
  EXPECT_EQ(status_line(answered(second)), kRefused);
  EXPECT_EQ(harness_.counter(Counter::verified_valid), 2U);
  EXPECT_EQ(harness_.counter(Counter::sender_mismatched), 1U);
  EXPECT_EQ(marked_records(), 1U);
}

TEST_F(Senders, AWrongDomainOutweighsARightSigner) {  // SPIT-CL-12
  const std::string sent = signed_call(1);
  publish_trunk({"carrier-c.example.net"}, {"1234"});
  EXPECT_EQ(status_line(answered(sent)), kRefused);
}

// Where the trunk itself does not answer, rules may ask, and the record tells.
TEST_F(Senders, RulesAskForIt) {  // SPIT-CL-12
  publish_trunk({"carrier-a.example.net"}, {"9999"}, Answer::forward);
  Rule wrong = lab_rule("wrong", Handling::block);
  wrong.facts = (config::policy::kAnything & ~config::policy::all_of(Fact::sender)) |
                fact_bit(Fact::sender, config::policy::Sender::mismatch);
  for (const std::uint32_t number : {1U, 2U}) {
    rules_.users.push_back({.called = destination({.number = number}), .rules = {.rules = {wrong}}});
  }
  const std::string sent = signed_call(2);
  publish(rules_);
  EXPECT_TRUE(delivered(call(1)).starts_with("INVITE ")) << "of its domain, and signed by nobody";
  EXPECT_EQ(status_line(answered(sent)), "SIP/2.0 603 Decline") << "signed by a provider that is not the peer";
  EXPECT_EQ(marked_records(), 1U);
}

TEST_F(Senders, EmergencyCallsAreNotAsked) {  // SPIT-CL-12, STIR-RP-05
  publish_trunk({"carrier-c.example.net"}, {});
  const std::string called = destination({.number = 1});
  std::string emergency =
      replaced(call(1), "sip:+" + called + "@gateway.carrier-b.example.net:5060;user=phone", "urn:service:sos");
  emergency = replaced(emergency, "To: <sip:+" + called + "@gateway.carrier-b.example.net;user=phone>",
                       "To: <urn:service:sos>");
  EXPECT_TRUE(delivered(emergency).starts_with("INVITE urn:service:sos"));
}

}  // namespace
}  // namespace stirline::test
