// verstat: what others say is stripped, what we say is put where TS 24.229 wants it (STIR-SH-03, STIR-VS-15). And what
// does not cross the edge between a peer and us (STIR-SH-04, STIR-PR-01, STIR-PR-02).
#include "crypto_workers/stir/marks.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "crypto_workers/stir/attestation_info.hpp"
#include "crypto_workers/stir/verification_service.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::marks_test {
namespace {

using test::CallText;

std::string conveyed(const std::string& request, const Conveyance& conveyance) {
  const auto message = std::make_unique<sip::Message>();
  EXPECT_TRUE(message->parse(request)) << request;
  const MarkPlan plan =
      plan_marks(*message, request, sip::DialPlan{}, TrustDomain::same, sip::InsertPosition::after_via);
  EXPECT_TRUE(plan.complete);
  sip::EditList edits;
  EXPECT_TRUE(apply_marks(plan, conveyance, edits));
  std::string out(edits.result_size(request.size()), '\0');
  EXPECT_EQ(edits.apply(request, out), out.size());
  EXPECT_TRUE(message->parse(out)) << out;
  return out;
}

std::string marked(const std::string& request, std::string_view mark) {
  return conveyed(request, {mark, {}});
}

// The From field afterwards, everything else checked to be untouched.
std::string conveyed_from(const std::string& from, const Conveyance& conveyance) {
  const CallText call{.from = from};
  const std::string out = conveyed(call.request(), conveyance);
  const std::size_t begin = out.find("From: ") + 6;
  const std::string result = out.substr(begin, out.find("\r\n", begin) - begin);
  EXPECT_EQ(CallText{.from = result}.request(), out);
  return result;
}

std::string marked_from(const std::string& from, std::string_view mark = ";verstat=V") {
  return conveyed_from(from, {mark, {}});
}

TEST(Marks, SipUrisAreMarkedInTheUserPart) {
  EXPECT_EQ(marked_from("<sip:+12155551212@host;user=phone>;tag=1"),
            "<sip:+12155551212;verstat=V@host;user=phone>;tag=1");
  EXPECT_EQ(marked_from("\"A <sip:x@y>; \\\" verstat=Z\" <sip:+12155551212;npdi@host;user=phone>;tag=1"),
            "\"A <sip:x@y>; \\\" verstat=Z\" <sip:+12155551212;npdi;verstat=V@host;user=phone>;tag=1");
  EXPECT_EQ(marked_from("<sip:+12155551212:pw@host;user=phone>;tag=1"),
            "<sip:+12155551212;verstat=V:pw@host;user=phone>;tag=1");
  EXPECT_EQ(marked_from("sip:+12155551212@host;tag=1"), "<sip:+12155551212;verstat=V@host>;tag=1");
}

TEST(Marks, APrefixOfTheCallersName) {  // SPIT-MK-02, SPIT-PL-03
  const auto prefixed = [](const std::string& from) {
    return conveyed_from(from, {.verstat = {}, .lines = {}, .name_prefix = "[Spam?] "});
  };
  EXPECT_EQ(prefixed("\"Al \\\"x\\\"\" <sip:a@b>;tag=1"), "\"[Spam?] Al \\\"x\\\"\" <sip:a@b>;tag=1");
  EXPECT_EQ(prefixed("Al Ice <sip:a@b>;tag=1"), "\"[Spam?] Al Ice\" <sip:a@b>;tag=1");
  EXPECT_EQ(prefixed("<sip:a@b>;tag=1"), "\"[Spam?] \" <sip:a@b>;tag=1");
  EXPECT_EQ(prefixed("sip:a@b;tag=1"), "sip:a@b;tag=1") << "without brackets there is no place for a name";
  EXPECT_EQ(
      conveyed_from("Al <sip:+12155551212@host>;tag=1", {.verstat = ";verstat=V", .lines = {}, .name_prefix = "! "}),
      "\"! Al\" <sip:+12155551212;verstat=V@host>;tag=1");
}

TEST(Marks, AnotherTargetReplacesTheRequestUri) {  // SPIT-MK-04
  const CallText call{.from = "<sip:a@b>;tag=1"};
  const std::string before = call.request();
  const std::string after = conveyed(before, {.verstat = {}, .lines = {}, .target = "sip:voicebox@c.example"});
  const std::size_t blank = before.find(' ');
  EXPECT_EQ(after, before.substr(0, blank) + " sip:voicebox@c.example" + before.substr(before.find(' ', blank + 1)));
}

TEST(Marks, TelUrisAreMarkedAtTheirEnd) {
  EXPECT_EQ(marked_from("<tel:+12155551212>;tag=1"), "<tel:+12155551212;verstat=V>;tag=1");
  EXPECT_EQ(marked_from("<tel:+12155551212;ext=7>;tag=1"), "<tel:+12155551212;ext=7;verstat=V>;tag=1");
  // Without brackets a parameter would belong to the header field.
  EXPECT_EQ(marked_from("tel:+12155551212;tag=1"), "<tel:+12155551212;verstat=V>;tag=1");
  EXPECT_EQ(marked_from("tel:+12155551212;verstat=TN-Validation-Passed;tag=1"), "<tel:+12155551212;verstat=V>;tag=1");
}

TEST(Marks, OnlyNumbersAreMarked) {
  for (const std::string from : {"<sip:alice@host>;tag=1", "<sip:host>;tag=1", "sip:alice@host;tag=1",
                                 "<urn:service:sos>;tag=1", "<sip:anonymous@anonymous.invalid>;tag=1"}) {
    EXPECT_EQ(marked_from(from), from);
  }
}

TEST(Marks, ForeignMarksAreStrippedWhereverTheyHide) {
  EXPECT_EQ(marked_from("<sip:+12155551212;verstat=TN-Validation-Passed@host;user=phone>;tag=1"),
            "<sip:+12155551212;verstat=V@host;user=phone>;tag=1");
  for (const std::string spoofed : {
           "<sip:+12155551212;VerStat=TN-Validation-Passed@host;user=phone>;tag=1",
           "<sip:+12155551212;%76erstat=TN-Validation-Passed@host;user=phone>;tag=1",
           "<sip:+12155551212;%56ERSTAT=TN-Validation-Passed-A;verstat@host;user=phone>;tag=1",
           "<sip:+12155551212@host;verstat=TN-Validation-Passed;user=phone>;tag=1",
           "<sip:+12155551212@host;user=phone;verstat=TN-Validation-Passed>;tag=1",
           "<sip:+12155551212@host;user=phone;verstat>;tag=1",
           "<sip:+12155551212@host;user=phone>;verstat=TN-Validation-Passed;tag=1",
           "<sip:+12155551212@host;user=phone>;tag=1;verstat=\"TN;Validation-Passed\"",
       }) {
    EXPECT_EQ(marked_from(spoofed, ""), "<sip:+12155551212@host;user=phone>;tag=1") << spoofed;
  }
  EXPECT_EQ(marked_from("<sip:+12155551212;;verstat=TN-Validation-Passed@host;user=phone>;tag=1", ""),
            "<sip:+12155551212;@host;user=phone>;tag=1");
  EXPECT_EQ(marked_from("<sip:+12155551212:pw;verstat=TN-Validation-Passed@host;user=phone>;tag=1", ""),
            "<sip:+12155551212:pw@host;user=phone>;tag=1");
  EXPECT_EQ(marked_from("<sip:alice;verstat=TN-Validation-Passed@host>;tag=1", ""), "<sip:alice@host>;tag=1");
  EXPECT_EQ(marked_from("<tel:+12155551212;verstat=TN-Validation-Passed;ext=7>;tag=1", ""),
            "<tel:+12155551212;ext=7>;tag=1");
  // Names that only look alike stay.
  const std::string alike = "<sip:+12155551212;verstats=1;averstat=2@host;user=phone>;tag=1";
  EXPECT_EQ(marked_from(alike, ""), alike);
}

TEST(Marks, EveryAssertedIdentityAndTheHeadersOfOthers) {
  CallText call;
  call.extra =
      "Attestation-Info: A\r\n"
      "P-Asserted-Identity: <sip:+12155550121;verstat=TN-Validation-Passed@a;user=phone>, <tel:+12155550121>\r\n"
      "ORIGINATION-ID: 123e4567-e89b-12d3-a456-426655440000\r\n"
      "P-Asserted-Identity: tel:+12155550199;verstat=x\r\n"
      "Subject: verstat=TN-Validation-Passed\r\n";
  const std::string out = marked(call.request(), verstat_parameter(Verdict::invalid, Reason::signature_wrong));
  CallText expected;
  expected.from = "\"Alice\" <sip:+12155550121;verstat=TN-Validation-Failed@a.example.com;user=phone>;tag=a1";
  expected.extra =
      "P-Asserted-Identity: <sip:+12155550121;verstat=TN-Validation-Failed@a;user=phone>, "
      "<tel:+12155550121;verstat=TN-Validation-Failed>\r\n"
      "P-Asserted-Identity: <tel:+12155550199;verstat=TN-Validation-Failed>\r\n"
      "Subject: verstat=TN-Validation-Passed\r\n";
  EXPECT_EQ(out, expected.request());
}

TEST(Marks, TooManyRemovalsAreSaid) {
  CallText call;
  std::string spoofed;
  for (std::size_t i = 0; i <= MarkPlan::kMaxRemovals; ++i) {
    spoofed += ";verstat=x";
  }
  call.from = "<sip:+12155551212" + spoofed + "@host>;tag=1";
  const std::string request = call.request();
  const auto message = std::make_unique<sip::Message>();
  ASSERT_TRUE(message->parse(request));
  const MarkPlan plan =
      plan_marks(*message, request, sip::DialPlan{}, TrustDomain::same, sip::InsertPosition::after_via);
  EXPECT_FALSE(plan.complete);
  sip::EditList edits;
  EXPECT_FALSE(apply_marks(plan, {";verstat=V", {}}, edits));
}

// What is left of `message` at the edge, by `plan(message)`.
template <typename Plan>
std::string crossed(const std::string& octets, Plan&& plan) {
  const auto message = std::make_unique<sip::Message>();
  EXPECT_TRUE(message->parse(octets)) << octets;
  sip::EditList edits;
  EXPECT_TRUE(apply_marks(plan(*message), {";verstat=V", {}}, edits));
  std::string out(edits.result_size(octets.size()), '\0');
  EXPECT_EQ(edits.apply(octets, out), out.size());
  return out;
}

constexpr std::string_view kInside = "Attestation-Info: A\r\nOrigination-Id: 123e4567-e89b-12d3-a456-426655440000\r\n";
constexpr std::string_view kPreferred = "P-Preferred-Identity: <tel:+12155550122>\r\n";
constexpr std::string_view kAsserted =
    "P-Asserted-Identity: \"Alice\" <sip:+12155550121@a>,\r\n <tel:+12155550121>\r\n";

std::string with(std::initializer_list<std::string_view> lines) {
  CallText call;
  for (const std::string_view line : lines) {
    call.extra += line;
  }
  return call.request();
}

// STIR-PR-01, STIR-SH-04
TEST(Edges, WhatGoesToAPeer) {
  const auto to = [](TrustDomain domain, const std::string& request) {
    return crossed(request, [&](const sip::Message& message) { return plan_departure(message, request, domain); });
  };
  for (const std::string_view privacy : {"", "Privacy: none\r\n", "Privacy: header;session\r\n"}) {
    const std::string request = with({kInside, kAsserted, privacy, kPreferred});
    EXPECT_EQ(to(TrustDomain::same, request), with({kAsserted, privacy, kPreferred})) << privacy;
    EXPECT_EQ(to(TrustDomain::other, request), with({kAsserted, privacy})) << privacy;
  }
  // The last two cannot be read: then who asks for any privacy gets it.
  for (const std::string_view privacy : {"Privacy: id\r\n", "Privacy: user;ID\r\n", "Privacy: id;critical\r\n",
                                         "Privacy: none;id\r\n", "Privacy: ,\r\n"}) {
    const std::string request = with({kInside, kAsserted, privacy, kPreferred, kAsserted});
    EXPECT_EQ(to(TrustDomain::same, request), with({kAsserted, privacy, kPreferred, kAsserted})) << privacy;
    EXPECT_EQ(to(TrustDomain::other, request), with({privacy})) << privacy;
  }
}

// STIR-PR-02, STIR-SH-04
TEST(Edges, WhatComesFromAPeer) {
  const std::string request = with({kPreferred, kInside, kAsserted, "Privacy: none\r\n", kAsserted});
  const auto from = [&](TrustDomain domain) {
    return crossed(request, [&](const sip::Message& message) { return plan_arrival(message, domain); });
  };
  EXPECT_EQ(from(TrustDomain::same), with({kPreferred, kAsserted, "Privacy: none\r\n", kAsserted}));
  EXPECT_EQ(from(TrustDomain::other), with({"Privacy: none\r\n"}));
  // In a request From alone is marked.
  const auto marked = crossed(request, [&](const sip::Message& message) {
    return plan_marks(message, request, {}, TrustDomain::other, sip::InsertPosition::after_via);
  });
  EXPECT_EQ(marked, CallText({.from = "\"Alice\" <sip:+12155550121;verstat=V@a.example.com;user=phone>;tag=a1",
                              .extra = "Privacy: none\r\n"})
                        .request());
}

TEST(Edges, TooManyLinesAreSaid) {
  std::string lines;
  for (std::size_t i = 0; i <= MarkPlan::kMaxRemovals; ++i) {
    lines += kPreferred;
  }
  const std::string request = with({lines});
  const auto message = std::make_unique<sip::Message>();
  ASSERT_TRUE(message->parse(request));
  EXPECT_FALSE(plan_departure(*message, request, TrustDomain::other).complete);
  EXPECT_FALSE(plan_arrival(*message, TrustDomain::other).complete);
}

// STIR-SH-04
TEST(AttestationInfos, RoundTrip) {
  const auto read = [](const std::string& lines) {
    const std::string request = with({lines});
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request));
    const AttestationInfo info = read_attestation_info(*message, request);
    return std::pair(info.attest, std::string(info.origid));
  };
  AttestationLines lines;
  for (const char attest : {'A', 'B', 'C'}) {
    const std::string written(write_attestation_info(attest, test::kOrigid, lines));
    EXPECT_EQ(read(written), std::pair(attest, std::string(test::kOrigid)));
    EXPECT_EQ(read(std::string(write_attestation_info(attest, "no UUID", lines))), std::pair(attest, std::string()));
  }
  EXPECT_EQ(read(""), std::pair('\0', std::string()));
  for (const std::string wrong : {"a", "D", "AA", "A,B", "", "A;x=1"}) {
    EXPECT_EQ(read("Attestation-Info: " + wrong + "\r\nOrigination-Id: <" + std::string(test::kOrigid) + ">\r\n"),
              std::pair('\0', std::string()))
        << wrong;
  }
}

TEST(VerificationPlans, HoldWhatTheJobNeeds) {
  CallText call;
  call.extra = "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\nIdentity: a.b.c;info=<https://a.example/c>;ppt=shaken\r\n";
  const std::string request = call.request();
  const auto message = std::make_unique<sip::Message>();
  ASSERT_TRUE(message->parse(request));
  const auto job = std::make_unique<VerifyJob>();
  job->identity_count = 9;
  VerifyPolicy policy;
  policy.fresh_seconds = 17;
  plan_verification(*message, request, sip::DialPlan{}, Originator::from, policy, 42, *job);
  EXPECT_EQ(job->message.data(), request.data());
  EXPECT_EQ(job->now, 42);
  EXPECT_EQ(job->policy.fresh_seconds, 17);
  EXPECT_EQ(job->date, test::kNow);
  EXPECT_FALSE(job->date_malformed);
  EXPECT_TRUE(job->has_orig);
  EXPECT_TRUE(job->has_dest);
  EXPECT_EQ(job->orig.view(), "12155550121");
  EXPECT_EQ(job->dest.view(), "12155550131");
  EXPECT_TRUE(job->orig_uri.view().empty());
  ASSERT_EQ(job->identity_count, 1);
  EXPECT_EQ(sip::text(request, job->identities[0].ppt), "shaken");
}

}  // namespace
}  // namespace stirline::crypto::marks_test
