#include "sip_parser/message.hpp"

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::message_test {
namespace {

TEST(Message, Request) {
  const Parsed parsed(
      invite("Contact: <sip:c@192.0.2.1>\r\n"
             "P-Asserted-Identity: <sip:+12155550121@x>, <tel:+12155550121>\r\n"
             "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\nl: 4\r\n",
             "bodytail"));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
  const Message& message = parsed.message();
  EXPECT_EQ(message.kind(), Kind::request);
  EXPECT_EQ(message.method(), Method::invite);
  EXPECT_EQ(parsed.text(message.method_text()), "INVITE");
  EXPECT_EQ(parsed.text(message.request_uri().user), "+12155550131");
  EXPECT_EQ(parsed.text(message.from().tag), "f1");
  EXPECT_TRUE(message.to().tag.empty());
  EXPECT_EQ(parsed.text(message.call_id()), "7f3a-19@example.net");
  EXPECT_EQ(message.cseq(), 314U);
  EXPECT_EQ(message.max_forwards(), std::uint8_t{70});
  ASSERT_EQ(message.asserted_identities().size(), 2U);
  EXPECT_EQ(message.asserted_identities()[1].uri.scheme, Scheme::tel);
  EXPECT_EQ(message.date(), 1289690940);
  EXPECT_FALSE(message.date_malformed());
  EXPECT_EQ(message.content_length(), 4U);
  EXPECT_EQ(parsed.text(message.body()), "body");
  EXPECT_EQ(parsed.text(message.after_body()), "tail");
  EXPECT_EQ(parsed.text({message.blank_line(), 2}), "\r\n");
  EXPECT_EQ(message.blank_line() + 2U, message.body().offset);
  EXPECT_EQ(message.count(HeaderId::via), 1U);
  EXPECT_EQ(message.first(HeaderId::reason), nullptr);
}

TEST(Message, Response) {
  const Parsed parsed("sip/2.0 183 Session \xC2\xA9 Progress\r\n" + kVia + kFrom + kTo + kCallId + kCseq + "\r\n");
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
  EXPECT_EQ(parsed.message().kind(), Kind::response);
  EXPECT_EQ(parsed.message().status(), 183);
  EXPECT_EQ(parsed.message().method(), Method::invite);
  EXPECT_FALSE(parsed.message().max_forwards());
}

// A header line is name, value and all octets to its end, folds included; together they are the block.
TEST(Message, LinesCoverTheBlock) {
  const Parsed parsed(invite("Subject : a\r\n\tb \r\nX-Empty:\r\nX-Folded:\r\n value\r\n"));
  ASSERT_TRUE(parsed.ok());
  const auto headers = parsed.message().headers();
  std::size_t at = parsed.octets().find("\r\n") + 2;
  for (const HeaderLine& header : headers) {
    EXPECT_EQ(header.whole().offset, at);
    EXPECT_EQ(header.name().offset, at);
    at = header.whole().end();
  }
  EXPECT_EQ(at, parsed.message().blank_line());
  const HeaderLine* subject = parsed.message().first(HeaderId::subject);
  ASSERT_NE(subject, nullptr);
  EXPECT_EQ(parsed.text(subject->name()), "Subject");
  EXPECT_EQ(parsed.text(subject->value()), "a\r\n\tb");
  EXPECT_EQ(parsed.text(subject->whole()), "Subject : a\r\n\tb \r\n");
  EXPECT_TRUE(headers[headers.size() - 2].value().empty());
  EXPECT_EQ(parsed.text(headers.back().value()), "value");
}

// INL-ED-02: by switch only, and then the same fields come out.
TEST(Message, BareLineFeeds) {
  std::string octets = invite("l: 2\r\n");
  std::erase(octets, '\r');
  EXPECT_EQ(Parsed(octets + "ok").code(), ErrorCode::bare_lf);
  const Parsed parsed(octets + "ok", {.accept_bare_lf = true});
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
  EXPECT_EQ(parsed.text(parsed.message().from().tag), "f1");
  EXPECT_EQ(parsed.text(parsed.message().body()), "ok");
}

TEST(Message, ContactStarIsNoContact) {
  const Parsed parsed(invite("Contact: *\r\n"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed.message().contact());
}

TEST(Message, ContentLengthWithManyZeros) {
  const Parsed parsed(invite("Content-Length: 00000000000000000002\r\n", "ok"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message().content_length(), 2U);
  EXPECT_EQ(Parsed(invite("Content-Length: 000\r\n", "ok")).message().content_length(), 0U);
}

TEST(Message, DateMayBeFoldedOrWrong) {
  const Parsed folded(invite("Date: Sat, 13 Nov 2010\r\n\t 23:29:00 GMT\r\n"));
  ASSERT_TRUE(folded.ok());
  EXPECT_EQ(folded.message().date(), 1289690940);
  for (const std::string bad : {"Sat, 13 Nov 2010 23:29:00 EST", "Sat,  13 Nov 2010 23:29:00 GMT", "", "now"}) {
    const Parsed wrong(invite("Date: " + bad + "\r\n"));
    ASSERT_TRUE(wrong.ok());
    EXPECT_TRUE(wrong.message().date_malformed()) << bad;
    EXPECT_FALSE(wrong.message().date()) << bad;
  }
}

// RFC 3261 25.1: a quoted-pair may hold any control character but CR and LF; nowhere else may one stand.
TEST(Message, EscapedControlsInADisplayName) {
  using std::string_view_literals::operator""sv;
  EXPECT_TRUE(Parsed(invite_with("\"Alice\"", "\"A\\\0\\\x07\""sv)).ok());
  EXPECT_EQ(Parsed(invite("Subject: \"A\\\0\"\r\n"sv)).code(), ErrorCode::control_in_header);
  EXPECT_EQ(Parsed(invite("P-Asserted-Identity: \"A\\\0\" <sip:a@b>\r\n"sv)).code(), ErrorCode::control_in_header);
  EXPECT_EQ(Parsed(invite_with("\"Alice\"", "A\\\0"sv)).code(), ErrorCode::control_in_header);
}

// An object is used again and again: nothing of the last message may shine through.
TEST(Message, NothingRemainsOfTheLastMessage) {
  Message message;
  const std::string full = invite(
      "Contact: <sip:c@d>\r\nP-Asserted-Identity: <sip:a@b>\r\nl: 0\r\n"
      "Identity: a.b.c;info=<https://x>\r\nDate: Sat, 13 Nov 2010 23:29:00 EST\r\n");
  const std::string poor = "SIP/2.0 200 OK\r\n" + kVia + kFrom + kTo + kCallId + kCseq + "\r\n";
  ASSERT_TRUE(message.parse(full));
  ASSERT_TRUE(message.parse(poor));
  EXPECT_FALSE(message.contact());
  EXPECT_TRUE(message.asserted_identities().empty());
  EXPECT_TRUE(message.identities().empty());
  EXPECT_EQ(message.identities_seen(), 0U);
  EXPECT_FALSE(message.date_malformed());
  EXPECT_FALSE(message.content_length());
  EXPECT_FALSE(message.max_forwards());
  EXPECT_EQ(message.first(HeaderId::contact), nullptr);
  EXPECT_EQ(message.via_count(), 1U);
  EXPECT_TRUE(message.request_uri().whole.empty());
  EXPECT_FALSE(message.parse("\r\n"));
  EXPECT_FALSE(message.start_line_known());
  EXPECT_TRUE(message.headers().empty());
}

TEST(Message, MethodsCompareWithCase) {
  const Parsed parsed("Invite sip:a@b SIP/2.0\r\n" + kVia + kFrom + kTo + kCallId + "CSeq: 1 Invite\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message().method(), Method::other);
  for (const std::string name : {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE",
                                 "NOTIFY", "PRACK", "UPDATE", "INFO", "REFER", "PUBLISH"}) {
    std::string octets = name;
    octets += " sip:a@b SIP/2.0\r\n";
    octets += kVia + kFrom + kTo + kCallId + "CSeq: 1 " + name + "\r\n\r\n";
    const Parsed known(octets);
    ASSERT_TRUE(known.ok()) << name;
    EXPECT_NE(known.message().method(), Method::other) << name;
  }
}

}  // namespace
}  // namespace stirline::sip::test::message_test
