// INL-TX-04: answers of a stateless UAS, octet for octet (RFC 3261 8.2.6, 18.2; RFC 3581 4).
#include "sip_parser/answer.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::answer_test {
namespace {

const AnswerParts kParts{.status = 428, .phrase = "Use Identity Header", .to_tag = "mytag", .lines = {}};

std::string written(const Message& request, std::string_view octets, const AnswerParts& parts = kParts,
                    std::string_view source = "192.0.2.7") {
  const auto path = return_path(request, octets, source, 5066);
  EXPECT_TRUE(path) << octets;
  std::string out(kMaxAnswerBytes, '?');
  out.resize(path ? write_answer(request, octets, *path, parts, out) : 0);
  return out;
}

std::string answer(const std::string& request, const AnswerParts& parts = kParts,
                   std::string_view source = "192.0.2.7") {
  const Parsed parsed(request);
  EXPECT_TRUE(parsed.ok()) << request;
  return written(parsed.message(), parsed.octets(), parts, source);
}

// The line of the answer that begins with `name`.
std::string line(const std::string& answered, std::string_view name) {
  const std::size_t begin = answered.find("\r\n" + std::string(name) + ": ") + 2;
  return answered.substr(begin, answered.find("\r\n", begin) - begin);
}

TEST(Answer, IsWholeAndInTheOrderOfTheRequest) {
  EXPECT_EQ(answer(invite("Via: SIP/2.0/UDP b.example.net;branch=z9hG4bKb\r\nv: SIP/2.0/TCP c.example.net\r\n"
                          "Contact: <sip:a@b>\r\nRecord-Route: <sip:rr;lr>\r\nRequire: 100rel\r\n",
                          "v=0\r\n")),
            "SIP/2.0 428 Use Identity Header\r\n"
            "Via: SIP/2.0/UDP sbc.example.net:5060;branch=z9hG4bKa1b2c3;received=192.0.2.7\r\n" +
                kFrom +
                "To: <sip:+12155550131@example.com;user=phone>;tag=mytag\r\n"
                "Call-ID: 7f3a-19@example.net\r\n"
                "CSeq: 314 INVITE\r\n"
                "Via: SIP/2.0/UDP b.example.net;branch=z9hG4bKb\r\n"
                "v: SIP/2.0/TCP c.example.net\r\n"
                "Content-Length: 0\r\n\r\n");
}

TEST(Answer, ThatIsProvisionalNamesTheWayOfTheDialog) {  // RFC 3261 12.1.1
  const AnswerParts ringing{.status = 180, .phrase = "Ringing", .to_tag = "mytag", .lines = "Contact: <sip:b@c>\r\n"};
  const std::string got = answer(invite("Record-Route: <sip:second;lr>,\r\n <sip:first;lr>\r\n"), ringing);
  EXPECT_TRUE(got.starts_with("SIP/2.0 180 Ringing\r\n"));
  EXPECT_TRUE(got.contains("\r\nRecord-Route: <sip:second;lr>, <sip:first;lr>\r\n")) << got;
  EXPECT_TRUE(got.ends_with("\r\nContact: <sip:b@c>\r\nContent-Length: 0\r\n\r\n"));
}

TEST(Answer, SaysInItsTopViaWhereTheRequestCameFrom) {
  struct Case {
    const char* via;
    const char* answered;
  };
  for (const Case& c : {
           Case{"SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1", "SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1"},
           Case{"SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK1", "SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK1;received=192.0.2.7"},
           Case{"SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bK1",
                "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;received=192.0.2.7;rport=5066"},
           Case{"SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1 ; RPORT=9",
                "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1 ;received=192.0.2.7;rport=5066"},
           Case{"SIP/2.0/UDP pc;received=203.0.113.1;branch=z9hG4bK1",
                "SIP/2.0/UDP pc;branch=z9hG4bK1;received=192.0.2.7"},
           Case{"SIP/2.0/UDP pc;rport;received=203.0.113.1;branch=z9hG4bK1",
                "SIP/2.0/UDP pc;branch=z9hG4bK1;received=192.0.2.7;rport=5066"},
           Case{"SIP/2.0/UDP [2001:db8::9]:5061;branch=z9hG4bK1",
                "SIP/2.0/UDP [2001:db8::9]:5061;branch=z9hG4bK1;received=192.0.2.7"},
           Case{"SIP/2.0/UDP pc;branch=z9hG4bK1, SIP/2.0/UDP old;rport",
                "SIP/2.0/UDP pc;branch=z9hG4bK1;received=192.0.2.7, SIP/2.0/UDP old;rport"},
           Case{"SIP/2.0/UDP pc\r\n ;branch=z9hG4bK1", "SIP/2.0/UDP pc ;branch=z9hG4bK1;received=192.0.2.7"},
       }) {
    const std::string request = invite_with("SIP/2.0/UDP sbc.example.net:5060;branch=z9hG4bKa1b2c3", c.via);
    EXPECT_EQ(line(answer(request), "Via"), std::string("Via: ") + c.answered);
  }
}

TEST(Answer, OfAnIpv6SourceNamesTheAddressWithoutBrackets) {
  const auto via = [&](const char* sent_by) {
    return line(answer(invite_with("sbc.example.net:5060", sent_by), kParts, "2001:db8::7"), "Via");
  };
  EXPECT_EQ(via("[2001:db8::7]"), "Via: SIP/2.0/UDP [2001:db8::7];branch=z9hG4bKa1b2c3");
  EXPECT_EQ(via("[2001:db8::8]"), "Via: SIP/2.0/UDP [2001:db8::8];branch=z9hG4bKa1b2c3;received=2001:db8::7");
}

TEST(Answer, KeepsATagThatIsThere) {
  const std::string request = invite_with(";user=phone>\r\nCall-ID", ";user=phone>;tag=theirs\r\nCall-ID");
  EXPECT_EQ(line(answer(request), "To"), "To: <sip:+12155550131@example.com;user=phone>;tag=theirs");
  EXPECT_EQ(line(answer(invite_with(kTo, "t: sip:+12155550131@example.com\r\n")), "t"),
            "t: sip:+12155550131@example.com;tag=mytag");
}

TEST(Answer, CarriesLinesOfOurs) {
  AnswerParts parts = kParts;
  parts.lines = "Retry-After: 5\r\n";
  EXPECT_EQ(line(answer(invite(), parts), "Retry-After"), "Retry-After: 5");
}

// Not one octet behind the room, whatever its size.
TEST(Answer, WithoutRoomIsNone) {
  const Parsed parsed(invite_with("From: \"Alice\"", "From: \"Alice\r\n  of the\r\n\tfolds\""));
  ASSERT_TRUE(parsed.ok());
  const std::string whole = answer(std::string(parsed.octets()));
  ASSERT_NE(whole.find("\"Alice of the folds\""), std::string::npos);
  const auto path = return_path(parsed.message(), parsed.octets(), "192.0.2.7", 5066);
  ASSERT_TRUE(path);
  for (std::size_t room = 0; room < whole.size(); ++room) {
    const auto block = std::make_unique<char[]>(room);
    EXPECT_EQ(write_answer(parsed.message(), parsed.octets(), *path, kParts, {block.get(), room}), 0U);
  }
  std::string exact(whole.size(), '?');
  EXPECT_EQ(write_answer(parsed.message(), parsed.octets(), *path, kParts, exact), whole.size());
  EXPECT_EQ(exact, whole);
}

TEST(Answer, GoesToThePortThatTheTopViaNames) {
  const auto port = [](const char* via) {
    const Parsed parsed(invite_with("SIP/2.0/UDP sbc.example.net:5060;branch=z9hG4bKa1b2c3", via));
    EXPECT_TRUE(parsed.ok()) << via;
    const auto path = return_path(parsed.message(), parsed.octets(), "192.0.2.7", 5066);
    return path ? std::optional(path->port) : std::nullopt;
  };
  EXPECT_EQ(port("SIP/2.0/UDP pc;branch=z9hG4bK1"), 5060);
  EXPECT_EQ(port("SIP/2.0/UDP pc:5070;branch=z9hG4bK1"), 5070);
  EXPECT_EQ(port("SIP/2.0/UDP pc:5070;rport;branch=z9hG4bK1"), 5066);
  EXPECT_EQ(port("SIP/2.0/UDP pc:5070;rport=99;branch=z9hG4bK1"), 5066);
  EXPECT_EQ(port("SIP/2.0/UDP pc:5070;maddr=192.0.2.7;branch=z9hG4bK1"), 5070);
  EXPECT_EQ(port("SIP/2.0/UDP pc;maddr=203.0.113.9;rport;branch=z9hG4bK1"), std::nullopt);
  EXPECT_EQ(port("SIP/2.0/UDP pc;maddr=victim.example;branch=z9hG4bK1"), std::nullopt);
  EXPECT_EQ(port("SIP/2.0/UDP pc:0;branch=z9hG4bK1"), std::nullopt);
}

// INL-ED-02: what is wrong need not be in the way of an answer.
TEST(Answer, OfWhatCannotBeReadNeedsItsOwnFieldsOnly) {
  const auto salvaged = [](const std::string& octets) {
    EXPECT_FALSE(Parsed(octets).ok()) << octets;
    Message message;
    static_cast<void>(message.parse(octets));
    return message.salvage(octets) ? written(message, octets) : std::string();
  };
  const std::string good = answer(invite());
  EXPECT_EQ(salvaged(invite("Content-Length: none\r\n")), good);
  EXPECT_EQ(salvaged(invite("Date: a\r\nDate: b\r\n")), good);
  EXPECT_EQ(salvaged(invite_with("INVITE sip:+12155550131@", "INVITE sip:%zz@")), good);
  EXPECT_EQ(salvaged(invite_with("SIP/2.0\r\n", "SIP/7.1\r\n")), good);
  for (const std::string& hopeless :
       {invite_with(kCallId, ""), invite_with(kCallId, kCallId + kCallId), invite_with(kVia, ""),
        invite_with("branch=z9", "branch=\"z9"), invite_with(kCseq, "CSeq: x INVITE\r\n"),
        invite_with("Max-Forwards: 70\r\n", "Max-Forwards\r\n"), invite_with(" SIP/2.0\r\n", "\r\n"),
        std::string("SIP/2.0 200\r\n\r\n")}) {
    EXPECT_EQ(salvaged(hopeless), "") << hopeless;
  }
}

}  // namespace
}  // namespace stirline::sip::test::answer_test
