#include "crypto_workers/stir/authentication_service.hpp"

#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/stir/identity_extraction.hpp"
#include "sip_parser/date.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::authentication_service_test {
namespace {

using test::CallText;
using test::kNow;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

std::expected<SignPlan, NotSigned> plan(const std::string& request, const SignPolicy& policy = {}) {
  const auto message = std::make_unique<sip::Message>();
  EXPECT_TRUE(message->parse(request)) << request;
  return plan_signing(*message, request, policy, kNow);
}

std::string date_line(std::int64_t seconds) {
  const auto date = sip::format_date(seconds);
  return "Date: " + std::string(date.data(), date.size()) + "\r\n";
}

TEST(SignPlans, AnUnsignedInviteIsPlanned) {
  const auto result = plan(CallText{}.request());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->orig.view(), "12155550121");
  EXPECT_EQ(result->dest.view(), "12155550131");
  EXPECT_EQ(result->iat, kNow);
  EXPECT_TRUE(result->insert_date);  // STIR-AS-02
}

// STIR-AS-03, STIR-AS-05
TEST(SignPlans, TheDateIsTheTimeOfTheTokenIfItIsFresh) {
  for (const std::int64_t offset : {-60, -59, 0, 60}) {
    const auto result = plan(CallText{.extra = date_line(kNow + offset)}.request());
    ASSERT_TRUE(result) << offset;
    EXPECT_EQ(result->iat, kNow + offset);
    EXPECT_FALSE(result->insert_date);
  }
  for (const std::int64_t offset : {-61, 61}) {
    EXPECT_EQ(plan(CallText{.extra = date_line(kNow + offset)}.request()).error(), NotSigned::date_stale) << offset;
  }
  EXPECT_EQ(plan(CallText{.extra = "Date: Sat, 32 Nov 2010 23:29:00 GMT\r\n"}.request()).error(),
            NotSigned::date_malformed);
}

// STIR-ID-01
TEST(SignPlans, TheAssertedIdentityGoesFirst) {
  CallText call;
  call.extra = "P-Asserted-Identity: \"x\" <sip:alice@a.example.com>, <tel:+12155550777>\r\n";
  EXPECT_EQ(plan(call.request())->orig.view(), "12155550777");
  SignPolicy from_only;
  from_only.originator = Originator::from;
  EXPECT_EQ(plan(call.request(), from_only)->orig.view(), "12155550121");
  call.extra = "P-Asserted-Identity: <sip:alice@a.example.com>\r\n";
  EXPECT_EQ(plan(call.request())->orig.view(), "12155550121");
  call.from = "<sip:anonymous@anonymous.invalid>;tag=1";
  call.extra = "P-Asserted-Identity: <tel:+12155550777>\r\n";
  EXPECT_EQ(plan(call.request())->orig.view(), "12155550777");
}

TEST(SignPlans, DestinationsMayBeLeftOut) {
  const std::string request = CallText{}.request();
  const std::vector<std::string> prefixes = {"44", "1215555013"};
  EXPECT_EQ(plan(request, {.dial_plan = {}, .unsigned_destinations = prefixes}).error(), NotSigned::destination);
  EXPECT_TRUE(plan(request, {.dial_plan = {}, .unsigned_destinations = std::span(prefixes).first(1)}));
  const std::vector<std::string> longer = {"121555501311"};
  EXPECT_TRUE(plan(request, {.dial_plan = {}, .unsigned_destinations = longer}));
}

TEST(SignPlans, EveryReasonNotToSign) {
  const std::string invite = CallText{}.request();
  std::set<NotSigned> seen;
  const auto refused = [&](const std::string& request, const SignPolicy& policy = {}) {
    const auto result = plan(request, policy);
    EXPECT_FALSE(result) << request;
    seen.insert(result.error());
    return result.error();
  };
  const std::string message = replaced(invite, "INVITE sip", "MESSAGE sip");
  EXPECT_EQ(plan(replaced(message, "1 INVITE", "1 MESSAGE"))->type, TokenType::msg);
  EXPECT_EQ(plan(replaced(message, "1 INVITE", "1 MESSAGE"), {.dial_plan = {}, .messages = false}).error(),
            NotSigned::other_method);
  EXPECT_EQ(plan(invite, {.dial_plan = {}, .calls = false}).error(), NotSigned::other_method);
  EXPECT_EQ(refused(CallText{.method = "SUBSCRIBE"}.request()), NotSigned::other_method);
  EXPECT_EQ(refused(CallText{.to = "<tel:+12155550131>;tag=b"}.request()), NotSigned::in_dialog);  // STIR-AS-14
  for (const std::string_view ppt : {"shaken", "\"shaken\""}) {                                    // STIR-AS-12
    EXPECT_EQ(
        refused(
            CallText{.extra = "Identity: a.b.c;info=<https://a.example/c>;ppt=" + std::string(ppt) + "\r\n"}.request()),
        NotSigned::already_signed);
  }
  EXPECT_EQ(refused(CallText{.to = "<urn:service:sos>"}.request()), NotSigned::emergency);  // STIR-AS-13
  EXPECT_EQ(refused(CallText{.extra = "Date: now\r\n"}.request()), NotSigned::date_malformed);
  EXPECT_EQ(refused(CallText{.extra = date_line(kNow - 3'600)}.request()), NotSigned::date_stale);
  EXPECT_EQ(refused(CallText{.from = "<sip:alice@a.example.com>;tag=1"}.request()), NotSigned::no_originator);
  EXPECT_EQ(refused(CallText{.to = "<sip:bob@b.example.com>"}.request()), NotSigned::no_destination);
  const std::vector<std::string> prefixes = {"1215"};
  EXPECT_EQ(refused(invite, {.dial_plan = {}, .unsigned_destinations = prefixes}), NotSigned::destination);
  EXPECT_EQ(refused(CallText{.from = "<sip:+12155550121@anonymous.invalid>;tag=1"}.request()),
            NotSigned::anonymous);  // STIR-ID-06
  EXPECT_EQ(
      refused(CallText{.extra = "Content-Type: application/sdp\r\n", .body = "v=0\r\na=fingerprint:\r\n"}.request()),
      NotSigned::media_keys_unreadable);  // STIR-AS-07
  EXPECT_EQ(seen.size(), kNotSigned);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kNotSigned; ++i) {
    names.insert(to_string(static_cast<NotSigned>(i)));
  }
  EXPECT_EQ(names.size(), kNotSigned);
}

TEST(SignPlans, AnotherTypeOfTokenDoesNotKeepACallFromBeingSigned) {
  EXPECT_TRUE(plan(CallText{.extra = "Identity: a.b.c;info=<https://a.example/c>;ppt=rph\r\n"}.request()));
}

TEST(SignPlans, TooManyIdentitiesCountAsSigned) {
  CallText call;
  for (std::size_t i = 0; i <= sip::kMaxIdentities; ++i) {
    call.extra += "Identity: a.b.c;info=<https://a.example/c>;ppt=rph\r\n";
  }
  EXPECT_EQ(plan(call.request()).error(), NotSigned::already_signed);
}

// STIR-AS-13
TEST(Emergency, NumbersAndServiceUrns) {
  const auto emergency = [](const std::string& request) {
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request));
    return is_emergency(*message, request);
  };
  const std::string invite = CallText{}.request();
  EXPECT_FALSE(emergency(invite));
  for (const std::string_view to :
       {"<urn:service:sos>", "<URN:service:SOS>", "<urn:service:sos.police>", "<tel:112;phone-context=+1>",
        "<tel:11%32>", "<sip:911@a.example.com;user=phone>", "<sip:999@a.example.com>"}) {
    EXPECT_TRUE(emergency(CallText{.to = std::string(to)}.request())) << to;
  }
  for (const std::string_view to : {"<urn:service:sosa>", "<urn:service:counseling>", "<sip:9111@a.example.com>"}) {
    EXPECT_FALSE(emergency(CallText{.to = std::string(to)}.request())) << to;
  }
  EXPECT_TRUE(emergency(replaced(invite, "sip:+12155550131@b.example.com SIP", "urn:service:sos SIP")));
}

// STIR-ID-05
TEST(UriIdentities, NormalForm) {
  const std::pair<std::string, std::string> kRows[] = {
      {"SIP:Alice@Example.COM:5061;transport=tls?Subject=x", "sip:alice@example.com"},
      {"sips:alice:secret@example.com", "sips:alice@example.com"},
      {"sip:%61lice@example.com", "sip:alice@example.com"},
      {"sip:al%20ice%2f@example.com", "sip:al%20ice%2F@example.com"},
      {"sip:alice@[2001:DB8::1]:5060", "sip:alice@[2001:db8::1]"},
      {"sip:anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid"},
      {"sip:example.com", ""},
      {"tel:+12155550121", ""},
      {"sip:" + std::string(250, 'a') + "@b", ""}};
  for (const auto& [written, expected] : kRows) {
    const auto uri = sip::parse_uri(written, {0, static_cast<std::uint16_t>(written.size())});
    ASSERT_TRUE(uri) << written;
    EXPECT_EQ(normalized_uri(written, *uri).view(), expected);
  }
}

}  // namespace
}  // namespace stirline::crypto::authentication_service_test
