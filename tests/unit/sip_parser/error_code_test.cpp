// Every code of parse_error.hpp is met by a message that deserves it, at the place and header it should name.
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::error_code_test {
namespace {

struct Case {
  ErrorCode code;
  HeaderId header;
  std::string octets;
  Strictness strictness{};
};

std::string repeated(std::string_view piece, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) {
    result += piece;
  }
  return result;
}

std::vector<Case> cases() {
  const HeaderId none = HeaderId::unknown;
  const std::string start = "INVITE sip:a@b SIP/2.0\r\n";
  return {
      {ErrorCode::not_sip, none, "\x80\x60 RTP"},
      {ErrorCode::keepalive, none, "\r\n\r\n"},
      {ErrorCode::too_long, none, std::string(65'536, 'a')},
      {ErrorCode::no_blank_line, none, start + kVia},
      {ErrorCode::no_blank_line, none, "INVITE sip:a@b SIP/2.0"},
      {ErrorCode::start_line, none, "INVITE  sip:a@b SIP/2.0\r\n\r\n"},
      {ErrorCode::start_line, none, "INVITE sip:a@b SIP/2.0 \r\n\r\n"},
      {ErrorCode::start_line, none, "INVITE\tsip:a@b SIP/2.0\r\n\r\n"},
      {ErrorCode::start_line, none, "INVITE sip:a@b\r\n\r\n"},
      {ErrorCode::start_line, none, "\r\n" + invite()},
      {ErrorCode::start_line, none, " " + invite()},
      {ErrorCode::start_line, none, "SIP/2.0 200\r\n\r\n"},
      {ErrorCode::version, none, "INVITE sip:a@b SIP/3.0\r\n\r\n"},
      {ErrorCode::version, none, "SIP/2.1 200 OK\r\n\r\n"},
      {ErrorCode::status, none, "SIP/2.0 99 Low\r\n\r\n"},
      {ErrorCode::status, none, "SIP/2.0 700 High\r\n\r\n"},
      {ErrorCode::status, none, "SIP/2.0 0200 Long\r\n\r\n"},
      {ErrorCode::status, none, "SIP/2.0  200 OK\r\n\r\n"},
      {ErrorCode::header_name, none, invite(": empty\r\n")},
      {ErrorCode::header_name, none, invite("X@Y: at\r\n")},
      {ErrorCode::header_name, none, "INVITE sip:a@b SIP/2.0\r\n folded: start line\r\n\r\n"},
      {ErrorCode::header_no_colon, none, invite("Nothing here\r\n")},
      {ErrorCode::header_no_colon, HeaderId::subject, invite("Subject: x\r\n  \r\n")},
      {ErrorCode::header_count, none, invite(repeated("X: y\r\n", kMaxHeaderLines))},
      {ErrorCode::header_block, none, invite("X: " + std::string(kMaxHeaderBlockBytes, 'y') + "\r\n")},
      {ErrorCode::header_block, none, "INVITE sip:" + std::string(kMaxHeaderBlockBytes, 'y') + "@b SIP/2.0\r\n\r\n"},
      {ErrorCode::control_in_header, none, invite("X: a\x01z\r\n")},
      {ErrorCode::control_in_header, none, invite("X: a\x7Fz\r\n")},
      {ErrorCode::control_in_header, none, invite(std::string("X: a\0z\r\n", 8))},
      {ErrorCode::control_in_header, HeaderId::to, invite_with("To: <", std::string("To: \"a\0b\" <", 11))},
      {ErrorCode::control_in_header, none, "SIP/2.0 200 O\x07K\r\n\r\n"},
      {ErrorCode::bare_lf, none, invite("X: y\n")},
      {ErrorCode::bare_lf, none, "INVITE sip:a@b SIP/2.0\n\n"},
      {ErrorCode::bare_cr, none, invite("X: a\rz\r\n")},
      {ErrorCode::bare_cr, none, invite("X: a\r\r\n"), {.accept_bare_lf = true}},
      {ErrorCode::fold_limit, none, invite("X: a\r\n" + repeated(" b\r\n", kMaxFoldsPerHeader + 1))},
      {ErrorCode::missing, HeaderId::via, invite_with(kVia, "")},
      {ErrorCode::missing, HeaderId::from, invite_with(kFrom, "")},
      {ErrorCode::missing, HeaderId::to, invite_with(kTo, "")},
      {ErrorCode::missing, HeaderId::call_id, invite_with(kCallId, "")},
      {ErrorCode::missing, HeaderId::cseq, invite_with(kCseq, "")},
      {ErrorCode::missing,
       HeaderId::max_forwards,
       invite_with("Max-Forwards: 70\r\n", ""),
       {.accept_missing_max_forwards = false}},
      {ErrorCode::missing, HeaderId::contact, invite(), {.accept_missing_contact = false}},
      {ErrorCode::duplicate, HeaderId::from, invite(kFrom)},
      {ErrorCode::duplicate, HeaderId::to, invite("t: <sip:other@example.com>\r\n")},
      {ErrorCode::duplicate, HeaderId::call_id, invite("i: other\r\n")},
      {ErrorCode::duplicate, HeaderId::cseq, invite(kCseq)},
      {ErrorCode::duplicate, HeaderId::max_forwards, invite("Max-Forwards: 70\r\n")},
      {ErrorCode::duplicate, HeaderId::date,
       invite("Date: Sat, 13 Nov 2010 23:29:00 GMT\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n")},
      {ErrorCode::duplicate, HeaderId::content_type, invite("Content-Type: text/plain\r\nc: text/plain\r\n")},
      {ErrorCode::duplicate, HeaderId::privacy, invite("Privacy: id\r\nPrivacy: none\r\n")},
      {ErrorCode::bad_uri, none, invite_with("sip:+12155550131@example.com;user=phone SIP", "<sip:a@b> SIP")},
      {ErrorCode::bad_uri, HeaderId::from, invite_with("sip:+12155550121@", "sip:%2@")},
      {ErrorCode::bad_uri, HeaderId::to, invite_with("To: <sip:+12155550131@", "To: <sip:a@b@")},
      {ErrorCode::bad_quote, HeaderId::from, invite_with("\"Alice\"", "\"Alice")},
      {ErrorCode::bad_quote, HeaderId::to,
       invite_with("To: <sip:+12155550131@example.com;user=phone>", "To: <sip:a@b")},
      {ErrorCode::bad_quote, HeaderId::contact, invite("Contact: <sip:a@b\r\n")},
      {ErrorCode::bad_quote, HeaderId::via, invite("v: SIP/2.0/UDP h;x=\"y\r\n")},
      {ErrorCode::bad_quote, HeaderId::p_asserted_identity, invite("P-Asserted-Identity: \"x <sip:a@b>\r\n")},
      {ErrorCode::bad_name_addr, HeaderId::to, invite_with("To: <", "To: Watson, Thomas <")},
      {ErrorCode::bad_name_addr, HeaderId::contact, invite("Contact: <sip:a@b>;;\r\n")},
      {ErrorCode::bad_name_addr, HeaderId::p_asserted_identity, invite("P-Asserted-Identity: <sip:a@b>,\r\n")},
      {ErrorCode::bad_via, HeaderId::via, invite_with(kVia, "Via: SIP/2.0/UDP h;;\r\n")},
      {ErrorCode::bad_via, HeaderId::via, invite("Via: \r\n")},
      {ErrorCode::bad_via, HeaderId::via, invite_with("z9hG4bK", "9"), {.accept_missing_branch_cookie = false}},
      {ErrorCode::bad_cseq, HeaderId::cseq, invite_with("314 INVITE", "2147483648 INVITE")},
      {ErrorCode::bad_cseq, HeaderId::cseq, invite_with("314 INVITE", "314INVITE")},
      {ErrorCode::bad_cseq, HeaderId::cseq, invite_with("314 INVITE", "314 INVITE x")},
      {ErrorCode::bad_cseq, HeaderId::cseq, invite_with("314 INVITE", "")},
      {ErrorCode::cseq_method, HeaderId::cseq, invite_with("314 INVITE", "314 invite")},
      {ErrorCode::bad_max_forwards, HeaderId::max_forwards, invite_with("70", "256")},
      {ErrorCode::bad_max_forwards, HeaderId::max_forwards, invite_with("70", "-1")},
      {ErrorCode::bad_content_length, HeaderId::content_length, invite("Content-Length: -1\r\n")},
      {ErrorCode::bad_content_length, HeaderId::content_length, invite("Content-Length: 4294967328\r\n")},
      {ErrorCode::bad_content_length, HeaderId::content_length, invite("Content-Length: 0, 0\r\n")},
      {ErrorCode::bad_content_length, HeaderId::content_length, invite("Content-Length:\r\n")},
      {ErrorCode::content_length_conflict, HeaderId::content_length, invite("Content-Length: 0\r\nl: 0\r\n")},
      {ErrorCode::content_length_beyond, HeaderId::content_length, invite("l: 5\r\n", "four")},
      {ErrorCode::bad_date,
       HeaderId::date,
       invite("Date: Sat, 13 Nov 2010 23:29:00 EST\r\n"),
       {.accept_malformed_date = false}},
      {ErrorCode::value_count, HeaderId::via, invite(repeated(kVia, kMaxVias))},
      {ErrorCode::value_count, HeaderId::contact,
       invite("m: " + repeated("<sip:a@b>,", kMaxContacts) + "<sip:a@b>\r\n")},
      {ErrorCode::value_count, HeaderId::p_asserted_identity,
       invite(repeated("P-Asserted-Identity: <sip:a@b>\r\n", kMaxAssertedIdentities + 1))},
      {ErrorCode::bad_call_id, HeaderId::call_id, invite_with(kCallId, "Call-ID:\r\n")},
      {ErrorCode::bad_call_id, HeaderId::call_id, invite_with(kCallId, "Call-ID: two words\r\n")},
  };
}

// INL-ED-03 and notes of every limit: a message that is refused says why.
TEST(ErrorCode, EachIsMetByTheMessageThatDeservesIt) {
  for (const Case& c : cases()) {
    const Parsed parsed(c.octets, c.strictness);
    SCOPED_TRACE(c.octets.substr(0, 600));
    ASSERT_FALSE(parsed.ok()) << to_string(c.code);
    EXPECT_EQ(to_string(parsed.code()), to_string(c.code));
    EXPECT_EQ(name_of(parsed.result().error().header), name_of(c.header));
    EXPECT_LE(parsed.result().error().offset, c.octets.size());
  }
}

TEST(ErrorCode, NoneIsWithoutATest) {
  std::set<ErrorCode> met;
  for (const Case& c : cases()) {
    met.insert(c.code);
  }
  EXPECT_EQ(met.size(), kErrorCodes - 1);  // all but ok
}

TEST(ErrorCode, NamesAreUpperCaseAndUnique) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kErrorCodes; ++i) {
    const std::string_view name = to_string(static_cast<ErrorCode>(i));
    EXPECT_NE(name, "UNKNOWN");
    EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos) << name;
    names.insert(name);
  }
  EXPECT_EQ(names.size(), kErrorCodes);
  EXPECT_EQ(to_string(static_cast<ErrorCode>(kErrorCodes)), "UNKNOWN");
}

TEST(ErrorCode, OffsetPointsAtTheTrouble) {
  const std::string octets = invite("X: a\x01z\r\n");
  const Parsed parsed(octets);
  EXPECT_EQ(parsed.result().error().offset, octets.find("\x01z"));
  const std::string bare = invite("X: y\n");
  EXPECT_EQ(Parsed(bare).result().error().offset, bare.find("y\n") + 1);
}

// What the limits still allow.
TEST(ErrorCode, LimitsAreInclusive) {
  EXPECT_TRUE(Parsed(invite("X: a\r\n" + repeated(" b\r\n", kMaxFoldsPerHeader))).ok());
  EXPECT_TRUE(Parsed(invite(repeated("X: y\r\n", kMaxHeaderLines - 6))).ok());
  EXPECT_TRUE(Parsed(invite(repeated(kVia, kMaxVias - 1))).ok());
  EXPECT_TRUE(Parsed(invite(repeated("P-Asserted-Identity: <sip:a@b>\r\n", kMaxAssertedIdentities))).ok());
  EXPECT_TRUE(Parsed(invite_with("314 INVITE", "2147483647 INVITE")).ok());
  EXPECT_TRUE(Parsed(invite_with("70", "255")).ok());
  const std::string head = invite();
  const Parsed longest(head + std::string(kMaxMessageBytes - head.size(), 'b'));
  ASSERT_TRUE(longest.ok());
  EXPECT_EQ(longest.message().body().end(), kMaxMessageBytes);
}

TEST(ErrorCode, StartLineIsKnownOnceItWasRead) {
  const Parsed version("OPTIONS sip:a@b SIP/7.0\r\n\r\n");
  ASSERT_TRUE(version.message().start_line_known());
  EXPECT_EQ(version.message().kind(), Kind::request);
  EXPECT_EQ(version.message().method(), Method::options);
  const Parsed missing("SIP/2.0 404 Not Found\r\n\r\n");
  ASSERT_TRUE(missing.message().start_line_known());
  EXPECT_EQ(missing.message().kind(), Kind::response);
  EXPECT_EQ(missing.message().status(), 404);
  EXPECT_FALSE(Parsed("INVITE  sip:a@b SIP/2.0\r\n\r\n").message().start_line_known());
  EXPECT_FALSE(Parsed("SIP/2.0 4294967301 big\r\n\r\n").message().start_line_known());
}

}  // namespace
}  // namespace stirline::sip::test::error_code_test
