// STIR-ID-01 to STIR-ID-08: who calls whom, from whole requests.
#include "crypto_workers/stir/identity_extraction.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "crypto_workers/stir/authentication_service.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"

namespace stirline::crypto::identity_extraction_test {
namespace {

using test::CallText;
using test::kNow;

const sip::DialPlan kAmerica = {
    .country_code = "1", .national_prefix = "1", .international_prefix = "011", .national_digits = 10};

struct Parties {
  ExtractedIdentity orig;
  ExtractedIdentity dest;
};

Parties parties_of(const CallText& call, Originator originator = Originator::asserted_then_from) {
  const std::string request = call.request();
  const auto message = std::make_unique<sip::Message>();
  EXPECT_TRUE(message->parse(request)) << request;
  return {extract_originator(*message, request, kAmerica, originator),
          extract_destination(*message, request, kAmerica)};
}

std::string told(const ExtractedIdentity& identity) {
  EXPECT_FALSE(identity.number && identity.uri.length > 0) << "a number or a URI, never both";
  return identity.number ? "tn " + std::string(identity.number->view()) : "uri " + std::string(identity.uri.view());
}

// STIR-ID-03, -04, -05, -06: each row of the vectors as From, as P-Asserted-Identity and as To.
TEST(IdentityExtraction, EveryRowOfTheVectors) {
  const char* source = std::getenv("STIRLINE_SOURCE");
  ASSERT_NE(source, nullptr);
  std::ifstream in(std::string(source) + "/tests/vectors/stir/canonicalization.json");
  const auto vectors = nlohmann::json::parse(in);
  std::size_t rows = 0;
  const auto expect = [&rows](const std::string& written, const std::string& expected) {
    const std::string party = "<" + written + ">";
    const Parties parties = parties_of({.from = party + ";tag=a1", .to = party});
    EXPECT_EQ(told(parties.orig), expected) << written;
    EXPECT_EQ(told(parties.dest), expected) << written;
    if (expected.starts_with("tn ")) {
      CallText call;
      call.extra = "P-Asserted-Identity: " + party + "\r\n";
      EXPECT_EQ(told(parties_of(call).orig), expected) << written;
    }
    ++rows;
  };
  for (const auto& row : vectors.at("tn")) {
    // A private number is neither a number nor a URI that could be normalized: such a call has no identity.
    expect(row.at("in"), row.at("kind") == "tn" ? "tn " + row.at("out").get<std::string>() : "uri ");
  }
  for (const auto& row : vectors.at("uri")) {
    const bool nobody = row.value("comment", "") == "never signed";  // STIR-ID-06
    expect(row.at("in"), nobody ? "uri " : "uri " + row.at("out").get<std::string>());
  }
  EXPECT_EQ(rows, 17U);
}

// STIR-ID-01: which of them speaks is the trunk's policy.
TEST(IdentityExtraction, OriginatorByPolicy) {
  CallText call;
  call.extra = "P-Asserted-Identity: <sip:alice@a.example.com>\r\nP-Asserted-Identity: <sip:+12155550777@x>\r\n";
  EXPECT_EQ(told(parties_of(call).orig), "tn 12155550777");
  EXPECT_EQ(told(parties_of(call, Originator::from).orig), "tn 12155550121");
}

// STIR-ID-02: the Request-URI is where the call goes, To is whom was called.
TEST(IdentityExtraction, DestinationIsToNotTheRequestUri) {
  CallText call;
  std::string request = call.request();
  const std::string target = "sip:+12155550131@b.example.com SIP";
  ASSERT_NE(request.find(target), std::string::npos);
  request.replace(request.find(target), target.size(), "sip:+12155550999@b.example.com SIP");
  const auto message = std::make_unique<sip::Message>();
  ASSERT_TRUE(message->parse(request));
  EXPECT_EQ(told(extract_destination(*message, request, kAmerica)), "tn 12155550131");
}

// STIR-ID-06: nobody is not signed; an anonymous user of a domain is that domain's business.
TEST(IdentityExtraction, Anonymous) {
  for (const std::string_view from :
       {"<sip:anonymous@anonymous.invalid>;tag=1", "<sip:+12155550121@Anonymous.INVALID>;tag=1",
        "\"+12155550121\" <sips:x@anonymous.invalid:5061;user=phone>;tag=1"}) {
    EXPECT_EQ(told(parties_of({.from = std::string(from)}).orig), "uri ") << from;
  }
  EXPECT_EQ(told(parties_of({.from = "<sip:Anonymous@a.example.com>;tag=1"}).orig), "uri sip:anonymous@a.example.com");
}

// STIR-ID-08: a display name says nothing, whatever it says.
TEST(IdentityExtraction, DisplayNamesSayNothing) {
  for (const std::string_view name :
       {"\"+12155550999\" ", "\"<sip:+12155550999@a.example.com>\" ", "\"\\\" <tel:+12155550999>\" ", "Bank ", ""}) {
    CallText call;
    call.from = std::string(name) + "<sip:+12155550121@a.example.com>;tag=1";
    call.to = std::string(name) + "<sip:+12155550131@b.example.com>";
    const Parties parties = parties_of(call);
    EXPECT_EQ(told(parties.orig), "tn 12155550121") << name;
    EXPECT_EQ(told(parties.dest), "tn 12155550131") << name;
    call.extra = "P-Asserted-Identity: " + std::string(name) + "<tel:+12155550777>\r\n";
    EXPECT_EQ(told(parties_of(call).orig), "tn 12155550777") << name;
    const std::string request = call.request();
    const auto message = std::make_unique<sip::Message>();
    ASSERT_TRUE(message->parse(request));
    const auto plan = plan_signing(*message, request, {}, kNow);
    ASSERT_TRUE(plan) << name;
    EXPECT_EQ(plan->orig.view(), "12155550777");
    EXPECT_EQ(plan->dest.view(), "12155550131");
  }
}

}  // namespace
}  // namespace stirline::crypto::identity_extraction_test
