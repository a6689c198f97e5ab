// verstat: what others say is stripped, what we say is put where TS 24.229 wants it (STIR-SH-03, STIR-VS-15).
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/stir/verification_service.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto {
namespace {

using test::CallText;

std::string marked(const std::string& request, std::string_view mark) {
  const auto message = std::make_unique<sip::Message>();
  EXPECT_TRUE(message->parse(request)) << request;
  const MarkPlan plan = plan_marks(*message, request, sip::DialPlan{});
  EXPECT_TRUE(plan.complete);
  sip::EditList edits;
  EXPECT_TRUE(apply_marks(plan, mark, edits));
  std::string out(edits.result_size(request.size()), '\0');
  EXPECT_EQ(edits.apply(request, out), out.size());
  EXPECT_TRUE(message->parse(out)) << out;
  return out;
}

// The From field after marking, everything else checked to be untouched.
std::string marked_from(const std::string& from, std::string_view mark = ";verstat=V") {
  const CallText call{.from = from};
  const std::string out = marked(call.request(), mark);
  const std::size_t begin = out.find("From: ") + 6;
  const std::string result = out.substr(begin, out.find("\r\n", begin) - begin);
  EXPECT_EQ(CallText{.from = result}.request(), out);
  return result;
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
  const MarkPlan plan = plan_marks(*message, request, sip::DialPlan{});
  EXPECT_FALSE(plan.complete);
  sip::EditList edits;
  EXPECT_FALSE(apply_marks(plan, ";verstat=V", edits));
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
}  // namespace stirline::crypto
