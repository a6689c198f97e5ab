#include <gtest/gtest.h>

#include "sip_parser/headers/vias.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::via_test {
namespace {

TEST(Via, AllParts) {
  const Parsed parsed(invite_with(
      kVia, "Via: SIP / 2.0 / TLS-SCTP\r\n [2001:db8::9] : 5061 ;rport;received=2001:db8::1;branch = z9hG4bKq\r\n"));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
  const Via& via = parsed.message().top_via();
  EXPECT_EQ(parsed.text(via.transport), "TLS-SCTP");
  EXPECT_EQ(parsed.text(via.host), "[2001:db8::9]");
  EXPECT_EQ(parsed.text(via.port), "5061");
  EXPECT_EQ(parsed.text(via.branch), "z9hG4bKq");
  EXPECT_EQ(parsed.text(via.received), "2001:db8::1");
  EXPECT_TRUE(via.rport);
}

TEST(Via, CountsValuesAndTakesTheTop) {
  const Parsed parsed(invite_with(kVia,
                                  "v: SIP/2.0/UDP a;branch=z9hG4bK1 , SIP/2.0/TCP b\r\n"
                                  "Subject: between\r\n"
                                  "VIA : SIP/2.0/UDP c;x=\"1,2;branch=no\"\r\n"));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
  EXPECT_EQ(parsed.message().via_count(), 3U);
  EXPECT_EQ(parsed.text(parsed.message().top_via().whole), "SIP/2.0/UDP a;branch=z9hG4bK1");
  EXPECT_FALSE(parsed.message().top_via().rport);
}

TEST(Via, Refuses) {
  for (const std::string bad : {"",
                                "SIP/2.0/UDP",
                                "SIP/2.0/UDP ",
                                "SIP/2.0 h",
                                "SIP/3.0/UDP h",
                                "XIP/2.0/UDP h",
                                "SIP/2.0/UDP h:",
                                "SIP/2.0/UDP h:99999",
                                "SIP/2.0/UDP h;",
                                "SIP/2.0/UDP h;;rport",
                                "SIP/2.0/UDP h;branch=",
                                "SIP/2.0/UDP h;branch",
                                "SIP/2.0/UDP h;branch=a;branch=b",
                                "SIP/2.0/UDP h;received=a;received=b",
                                "SIP/2.0/UDP h;rport;rport=1",
                                "SIP/2.0/UDP h x",
                                "SIP/2.0/UDP h,",
                                ",SIP/2.0/UDP h",
                                "SIP/2.0/UDP [::1",
                                "SIP/2.0/UDP u@h",
                                "SIP/2.0/UDP h;b@c",
                                "SIP/2.0/UDP h;x=<y>",
                                "SIP/2.0/UDP h;branch=z9hG4bK1(a",
                                "SIP/2.0/UDP h;branch=z9hG4b(a1b1)ort",
                                "SIP/2.0/UDP h;received=192.0.2.1(a)",
                                "SIP/2.0/UDP h;x=)"}) {
    const Parsed parsed(invite_with(kVia, "Via: " + bad + "\r\n"));
    EXPECT_EQ(to_string(parsed.code()), "BAD_VIA") << bad;
    EXPECT_EQ(parsed.ok() ? HeaderId::unknown : parsed.result().error().header, HeaderId::via) << bad;
  }
}

// They were made behind the hop that speaks to us, which took them: no reason to lose a call.
TEST(Via, BelowTheTopOneNobodyJudges) {
  for (const std::string odd : {"SIP/2.0/UDP h;;rport", "SIP/3.0/UDP h", "x", "SIP/2.0/UDP h;branch=a;branch=b"}) {
    const Parsed parsed(invite("Via: " + odd + "\r\n"));
    ASSERT_TRUE(parsed.ok()) << odd;
    EXPECT_EQ(parsed.message().via_count(), 2U);
    EXPECT_FALSE(read_vias(parsed.message(), parsed.octets())) << odd;
  }
}

TEST(Via, AllWhenAskedFor) {
  const Parsed parsed(
      invite("v: SIP/2.0/TCP a;branch=z9hG4bK1;received=192.0.2.9;rport=5070 , SIP/2.0/TLS [::1]:5061\r\n"));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
  const auto vias = read_vias(parsed.message(), parsed.octets());
  ASSERT_TRUE(vias);
  ASSERT_EQ(vias->size(), 3U);
  EXPECT_EQ((*vias)[0].whole, parsed.message().top_via().whole);
  EXPECT_EQ((*vias)[0].branch, parsed.message().top_via().branch);
  EXPECT_EQ(parsed.text((*vias)[1].transport), "TCP");
  EXPECT_EQ(parsed.text((*vias)[1].received), "192.0.2.9");
  EXPECT_TRUE((*vias)[1].rport);
  EXPECT_EQ(parsed.text((*vias)[2].host), "[::1]");
  EXPECT_EQ(parsed.text((*vias)[2].port), "5061");
}

TEST(Via, ErrorsWhenAskedFor) {
  const Parsed parsed(invite("Via: SIP/2.0/UDP h;x=\"1,2\";;\r\n"));
  ASSERT_TRUE(parsed.ok());
  const auto vias = read_vias(parsed.message(), parsed.octets());
  ASSERT_FALSE(vias);
  EXPECT_EQ(vias.error().code, FieldErrorCode::malformed);
  EXPECT_EQ(vias.error().header, HeaderId::via);
  EXPECT_EQ(parsed.octets().substr(vias.error().offset, 1), ";");
}

TEST(Via, BranchWithoutCookieIsFineByDefault) {
  const Parsed parsed(invite_with(";branch=z9hG4bKa1b2c3", ""));
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed.message().top_via().branch.empty());
}

}  // namespace
}  // namespace stirline::sip::test::via_test
