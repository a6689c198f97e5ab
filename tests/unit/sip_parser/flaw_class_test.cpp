// Published flaws of SIP parsers, each as the class of message that met it. The verdict is what keeps the flaw away:
// either one clear reading, or a refusal with its code. Under the sanitizers the heap block of each message ends with
// its last octet.
#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::flaw_class_test {
namespace {

using std::string_view_literals::operator""sv;

ErrorCode code_of(std::string_view octets) {
  return Parsed(octets).code();
}

// CVE-2023-27598: a Via cut anywhere ran past the end of the buffer.
TEST(FlawClass, ViaCutAnywhere) {
  const std::string head = "INVITE sip:a@b SIP/2.0\r\n";
  for (std::size_t length = 0; length < kVia.size(); ++length) {
    EXPECT_EQ(code_of(head + kVia.substr(0, length)), ErrorCode::no_blank_line) << length;
    EXPECT_FALSE(Parsed(head + kVia.substr(0, length) + "\r\n\r\n").ok()) << length;
  }
}

// CVE-2018-16657: a Via without a usable branch.
TEST(FlawClass, ViaWithoutBranch) {
  EXPECT_TRUE(Parsed(invite_with(";branch=z9hG4bKa1b2c3", ";branch=z9hG4bK")).ok());
  EXPECT_EQ(code_of(invite_with(";branch=z9hG4bKa1b2c3", ";branch=")), ErrorCode::bad_via);
}

// CVE-2023-28097, CVE-2026-23457, PJSIP d49472daa: huge lengths, 32-bit wrap, sign.
TEST(FlawClass, ContentLength) {
  for (const std::string bad :
       {"4294967328", "18446744073709551616", "99999999999999999999999", "-1", "+1", "0x4", "4 4", "4,4", "4;a", ""}) {
    EXPECT_EQ(code_of(invite("Content-Length: " + bad + "\r\n", "four")), ErrorCode::bad_content_length) << bad;
  }
  EXPECT_EQ(code_of(invite("Content-Length: 99999999\r\n", "four")), ErrorCode::content_length_beyond);
}

// CVE-2023-28098: a parameter name at the end of its value.
TEST(FlawClass, ParameterNameAtTheEnd) {
  for (const std::string end : {";", ";a", ";a=", ";a=\"", ";a=\"\\", ";a ", ";a =", "; "}) {
    const Parsed parsed(invite_with(";tag=f1", ";tag=f1" + end));
    EXPECT_EQ(parsed.ok(), end == ";a" || end == ";a ") << end;
  }
}

// GHSA-f7wm-6cwv-4q46: an Identity value without its quotes, or shorter than two octets.
TEST(FlawClass, ShortIdentity) {
  for (const std::string value : {"", "a", "\"", "\"\"", "<", ";", "..", ".", ";info", ";info=", ";info=<"}) {
    const Parsed parsed(invite("Identity: " + value + "\r\n"));
    ASSERT_TRUE(parsed.ok()) << value;
    ASSERT_EQ(parsed.message().identities().size(), 1U) << value;
    EXPECT_NE(parsed.message().identities()[0].error, IdentityError::none) << value;
  }
}

// CVE-2020-28361: a blank before the colon hid the header from the rule that removes it.
TEST(FlawClass, BlankBeforeTheColon) {
  const Parsed parsed(invite("P-Asserted-Identity : <sip:a@b>\r\n"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message().asserted_identities().size(), 1U);
}

// AST-2016-009: a control character before the colon makes a header for one hop only.
TEST(FlawClass, ControlBeforeTheColon) {
  for (const std::string_view name : {"Contact\x01"sv, "Contact\0"sv, "Con\x1Ftact"sv, "\x7F"sv, "Contact\x0B"sv}) {
    EXPECT_EQ(code_of(invite(std::string(name) + ": <sip:a@b>\r\n")), ErrorCode::control_in_header);
  }
}

// CVE-2018-14767: two To fields, one of them empty.
TEST(FlawClass, TwoToOneEmpty) {
  EXPECT_EQ(code_of(invite("To:\r\n")), ErrorCode::duplicate);
  EXPECT_EQ(code_of(invite_with(kTo, "To:\r\n")), ErrorCode::bad_name_addr);
}

// CVE-2018-8828, CVE-2017-9372: over-long tag, branch and method.
TEST(FlawClass, OverLongTokens) {
  for (const std::size_t length : {255U, 256U, 257U, 1024U, 16'384U, 40'000U}) {
    const std::string token(length, 'x');
    const Parsed tag(invite_with("tag=f1", "tag=" + token));
    ASSERT_TRUE(tag.ok());
    EXPECT_EQ(tag.message().from().tag.length, length);
    const Parsed branch(invite_with("branch=z9hG4bK", "branch=z9hG4bK" + token));
    ASSERT_TRUE(branch.ok());
    EXPECT_EQ(branch.message().top_via().branch.length, length + 13);
    const Parsed name(invite(token + ": x\r\n"));
    ASSERT_TRUE(name.ok());
    EXPECT_EQ(name.message().headers().back().id, HeaderId::unknown);
  }
  const std::string method(20'000, 'M');
  const Parsed parsed(method + " sip:a@b SIP/2.0\r\n" + kVia + kFrom + kTo + kCallId + "CSeq: 1 " + method +
                      "\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message().method(), Method::other);
}

// CVE-2022-31001: a method name that a longer one begins with, at the end of the buffer.
TEST(FlawClass, MethodPrefixes) {
  for (const std::string method : {"INVITE", "SUBSCRIBE", "REGISTER"}) {
    for (std::size_t length = 1; length <= method.size(); ++length) {
      EXPECT_FALSE(Parsed(method.substr(0, length)).ok());
      EXPECT_FALSE(Parsed(method.substr(0, length) + " ").ok());
    }
  }
  EXPECT_EQ(code_of("INV sip:a@b SIP/2.0\r\n" + kVia + kFrom + kTo + kCallId + kCseq + "\r\n"), ErrorCode::cseq_method);
}

// CVE-2022-31003: '%' as the last octet of a URI.
TEST(FlawClass, PercentAtTheEnd) {
  for (const std::string uri :
       {"sip:a%", "sip:a%4", "sip:a@b;x=%", "sip:a@b?h=%4", "sip:%@b", "tel:+1%", "sip:a:%@b"}) {
    EXPECT_EQ(code_of("INVITE " + uri + " SIP/2.0\r\n\r\n"), ErrorCode::bad_uri) << uri;
  }
}

// CVE-2021-43611: a display name that ends in a backslash.
TEST(FlawClass, DisplayNameEndsInBackslash) {
  EXPECT_EQ(code_of(invite_with("\"Alice\"", "\"Alice\\\"")), ErrorCode::bad_quote);
  EXPECT_EQ(code_of(invite("P-Asserted-Identity: \"\\\r\n")), ErrorCode::bad_quote);
  EXPECT_TRUE(Parsed(invite_with("\"Alice\"", "\"Alice\\\\\"")).ok());
}

// libosip2, CVE-2022-41550: lengths taken from NUL-terminated strings.
TEST(FlawClass, NulDoesNotEndAnything) {
  EXPECT_EQ(code_of(invite("P-Asserted-Identity: <sip:a\0@b>\r\n"sv)), ErrorCode::control_in_header);
  EXPECT_EQ(code_of("INVITE sip:a\0@b SIP/2.0\r\n\r\n"sv), ErrorCode::control_in_header);
  EXPECT_EQ(code_of(invite("X: y\r\n\0\r\n"sv)), ErrorCode::control_in_header);
  const Parsed body(invite("l: 4\r\n", "a\0\r\n"sv));
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(body.message().body().length, 4U);
}

// A bare LF makes framer and parser disagree, and a line of blanks is a blank line to some.
TEST(FlawClass, LineEndsThatAreNone) {
  EXPECT_EQ(code_of(invite("X: y\nContent-Length: 0\r\n", "body")), ErrorCode::bare_lf);
  EXPECT_EQ(code_of(invite("X: y\rTo: <sip:evil@b>\r\n")), ErrorCode::bare_cr);
  EXPECT_EQ(code_of(invite("X: y\r\n \r\nTo: <sip:evil@b>\r\n")), ErrorCode::header_no_colon);
  EXPECT_EQ(code_of(invite("X: y\r\n\t\r\n")), ErrorCode::header_no_colon);
}

// Two Content-Length fields, equal or not, in either spelling.
TEST(FlawClass, TwoLengths) {
  EXPECT_EQ(code_of(invite("Content-Length: 4\r\nl: 0\r\n", "four")), ErrorCode::content_length_conflict);
  EXPECT_EQ(code_of(invite("L : 4\r\nContent-Length: 4\r\n", "four")), ErrorCode::content_length_conflict);
}

// OpenSIPS issue 1386: a sip and a tel value in one P-Asserted-Identity, joined or apart.
TEST(FlawClass, TwoAssertedIdentities) {
  for (const std::string lines : {"P-Asserted-Identity: <sip:+1215@x>, <tel:+1215>\r\n",
                                  "P-Asserted-Identity: <sip:+1215@x>\r\nP-Asserted-Identity: tel:+1215\r\n"}) {
    const Parsed parsed(invite(lines));
    ASSERT_TRUE(parsed.ok()) << lines;
    ASSERT_EQ(parsed.message().asserted_identities().size(), 2U);
    EXPECT_EQ(parsed.text(parsed.message().asserted_identities()[1].uri.user), "+1215");
  }
}

// The work grows with the message, not with its square: 49 kB of the smallest parameters, values and quotes.
TEST(FlawClass, NothingIsQuadratic) {
  const auto repeat = [](std::string_view piece) {
    std::string result;
    while (result.size() < 40'000) {
      result += piece;
    }
    return result;
  };
  EXPECT_TRUE(Parsed(invite_with("tag=f1", "tag=f1" + repeat(";a"))).ok());
  EXPECT_TRUE(
      Parsed("INVITE sip:a@b" + repeat(";a") + " SIP/2.0\r\n" + kVia + kFrom + kTo + kCallId + kCseq + "\r\n").ok());
  EXPECT_EQ(code_of(invite("m: " + repeat("<,") + "\r\n")), ErrorCode::bad_quote);
  EXPECT_EQ(code_of(invite("m: " + repeat("\"\"") + "\r\n")), ErrorCode::bad_name_addr);
  const Parsed identities(invite("y: " + repeat(",") + "\r\n"));
  ASSERT_TRUE(identities.ok());
  EXPECT_EQ(identities.message().identities_seen(), 40'001U);
}

}  // namespace
}  // namespace stirline::sip::test::flaw_class_test
