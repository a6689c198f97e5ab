// The rules of action.hpp, one by one; the torture corpus checks them together.
#include "sip_parser/action.hpp"

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::action_test {
namespace {

std::string action_of(std::string_view octets, const Strictness& strictness = {}) {
  const Parsed parsed(octets, strictness);
  return std::string(to_string(action_for(parsed.message(), parsed.octets(), parsed.result())));
}

std::string request(const std::string& method, const std::string& more = {},
                    const std::string& target = "sip:u@example.com") {
  return method + " " + target + " SIP/2.0\r\n" + kVia + kFrom + "To: <sip:u@example.com>\r\n" + kCallId + "CSeq: 1 " +
         method + "\r\n" + more + "\r\n";
}

// INL-TX-11 is the data plane's table; here is what may be worked on at all.
TEST(Action, Methods) {
  for (const std::string method : {"INVITE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH", "OPTIONS"}) {
    EXPECT_EQ(action_of(request(method)), "extract") << method;
  }
  for (const std::string method : {"ACK", "BYE", "CANCEL", "PRACK", "UPDATE", "INFO", "NEWMETHOD", "invite"}) {
    EXPECT_EQ(action_of(request(method)), "pass") << method;
  }
}

TEST(Action, Schemes) {
  EXPECT_EQ(action_of(request("INVITE", "", "urn:service:sos")), "extract");
  EXPECT_EQ(action_of(request("INVITE", "", "tel:+1215")), "extract");
  EXPECT_EQ(action_of(request("INVITE", "", "http://x")), "pass");
  EXPECT_EQ(action_of(invite_with("sip:+12155550121@example.net;user=phone", "mailto:a@b")), "pass");
  EXPECT_EQ(action_of(invite_with("To: <sip:+12155550131@example.com;user=phone>", "To: <isbn:1>")), "pass");
}

TEST(Action, InviteIsACall) {
  EXPECT_EQ(action_of(invite("Content-Type: application/sdp\r\n", "v=0\r\n")), "extract");
  EXPECT_EQ(action_of(invite("c: Multipart/Mixed;boundary=x\r\n", "--x--")), "extract");
  EXPECT_EQ(action_of(invite("Content-Type: application/SDP ; x=y\r\n", "v=0\r\n")), "extract");
  EXPECT_EQ(action_of(invite("Content-Type: application/isup\r\n", "x")), "pass");
  EXPECT_EQ(action_of(invite("Content-Type: application/isup\r\n", "")), "extract");
  EXPECT_EQ(action_of(invite("Accept: text/plain\r\n")), "pass");
  EXPECT_EQ(action_of(invite("Accept: text/plain, application/sdp;q=0.1\r\n")), "extract");
  EXPECT_EQ(action_of(invite("Accept: text/plain\r\nAccept: */*\r\n")), "extract");
}

TEST(Action, OptionsBetweenUsers) {
  EXPECT_EQ(action_of(request("OPTIONS", "", "sip:example.com")), "pass");
  EXPECT_EQ(action_of(request("OPTIONS", "", "sip:u@192.0.2.1")), "pass");
  EXPECT_EQ(action_of(request("OPTIONS", "", "sip:u@[2001:db8::1]")), "pass");
  EXPECT_EQ(action_of(request("OPTIONS", "Max-Forwards: 0\r\n")), "pass");
  EXPECT_EQ(action_of(request("OPTIONS", "Max-Forwards: 1\r\n")), "extract");
  EXPECT_EQ(action_of(request("OPTIONS", "Require: x\r\n")), "pass");
  EXPECT_EQ(action_of(request("OPTIONS", "Proxy-Require: x\r\n")), "pass");
}

TEST(Action, RegisterOfOnesOwnName) {
  EXPECT_EQ(action_of(request("REGISTER", "Contact: <sip:u@192.0.2.1>\r\n", "sip:example.com")), "extract");
  EXPECT_EQ(action_of(request("REGISTER", "Contact: <sip:other@192.0.2.1>\r\n", "sip:example.com")), "pass");
  EXPECT_EQ(action_of(request("REGISTER", "Contact: <sip:u@192.0.2.1?Route=x>\r\n", "sip:example.com")), "pass");
  EXPECT_EQ(action_of(request("REGISTER", "Contact: *\r\n", "sip:example.com")), "pass");
  EXPECT_EQ(action_of(request("REGISTER", "", "sip:example.com")), "pass");
}

TEST(Action, Flags) {
  EXPECT_EQ(action_of(invite("Date: yesterday\r\n")), "flag");
  EXPECT_EQ(action_of(invite("Date: yesterday\r\n"), {.accept_malformed_date = false}), "flag");
  EXPECT_EQ(action_of(request("INVITE", "", "sip:u@b?Route=x")), "flag");
  EXPECT_EQ(action_of(invite("Contact: <sip:a@b>;;\r\n")), "flag");
  EXPECT_EQ(action_of(invite_with(kVia, "Via: SIP/2.0/UDP h;;\r\n")), "flag");
  EXPECT_EQ(action_of(invite_with("sip:+12155550121@", "sip:+12155550121%00@")), "flag");
  EXPECT_EQ(action_of(invite_with("To: <sip:+12155550131@", "To: <sip:+12155550131%7f@")), "flag");
  EXPECT_EQ(action_of(invite_with("To: <sip:+12155550131@", "To: <sip:%2b12155550131@")), "extract");
  std::string many;
  for (std::size_t i = 0; i < kMaxHeaderLines; ++i) {
    many += "X: y\r\n";
  }
  EXPECT_EQ(action_of(invite(many)), "flag");
  EXPECT_EQ(action_of(std::string(65'536, 'a')), "flag");
}

TEST(Action, RefusalsDependOnWhoMayBeAnswered) {
  EXPECT_EQ(action_of("INVITE sip:a@b SIP/2.0\r\n\r\n"), "reject");
  EXPECT_EQ(action_of("SIP/2.0 200 OK\r\n\r\n"), "drop");
  EXPECT_EQ(action_of("sip/2.0 20x OK\r\n\r\n"), "drop");
}

TEST(Action, ResponseToTheBroadcastAddress) {
  const std::string rest = kFrom + kTo + kCallId + kCseq + "\r\n";
  EXPECT_EQ(action_of("SIP/2.0 200 OK\r\n" + kVia + rest), "extract");
  EXPECT_EQ(action_of("SIP/2.0 200 OK\r\n" + kVia + "v: SIP/2.0/UDP 255.255.255.255\r\n" + rest), "pass");
}

}  // namespace
}  // namespace stirline::sip::test::action_test
