// INL-UDP-05: what shares the port with SIP is told apart from the first octets.
#include <gtest/gtest.h>

#include "sip_parser/action.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::not_sip_test {
namespace {

ErrorCode code_of(std::string_view octets) {
  return Parsed(octets).code();
}

TEST(NotSip, KeepAlives) {
  EXPECT_EQ(code_of(""), ErrorCode::keepalive);
  EXPECT_EQ(code_of("\r\n"), ErrorCode::keepalive);
  EXPECT_EQ(code_of("\r\n\r\n"), ErrorCode::keepalive);
}

TEST(NotSip, NeighboursOnThePort) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(code_of("\0\x01\0\0\x21\x12\xA4\x42"
                    "abcdefghijkl"sv),
            ErrorCode::not_sip);  // STUN binding request
  EXPECT_EQ(code_of("!!\0\0\x21\x12\xA4\x42"
                    "abcdefghijkl"sv),
            ErrorCode::not_sip);                                                        // STUN of an odd type
  EXPECT_EQ(code_of("\x80\x00\x12\x34\0\0\0\0\0\0\0\0payload"sv), ErrorCode::not_sip);  // RTP
  EXPECT_EQ(code_of("\x16\x03\x01"sv), ErrorCode::not_sip);                             // TLS
  EXPECT_EQ(code_of("\0\0\0\0"sv), ErrorCode::not_sip);                                 // zero keep-alive
  EXPECT_EQ(code_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ErrorCode::not_sip);
  EXPECT_EQ(code_of("hello"), ErrorCode::not_sip);
  EXPECT_EQ(code_of(std::string(60'000, 'a')), ErrorCode::not_sip);
}

// Close enough that a peer might take it for SIP: not waved through as somebody else's.
TEST(NotSip, BrokenSipIsNotSomethingElse) {
  EXPECT_EQ(code_of("INVITE sip:a@b\r\n\r\n"), ErrorCode::start_line);
  EXPECT_EQ(code_of("NEW sip:a@b SIP/2.0x\r\n\r\n"), ErrorCode::start_line);
  EXPECT_EQ(code_of("NEW\tsip:a@b\tsip/2.0\r\n\r\n"), ErrorCode::start_line);
  EXPECT_EQ(code_of("INVITE sip:a@b SIP/2.0\rVia"), ErrorCode::bare_cr);
  EXPECT_EQ(code_of("\r\n\r\nINVITE sip:a@b SIP/2.0\r\n\r\n"), ErrorCode::start_line);
  EXPECT_EQ(code_of("SIP/2.0"), ErrorCode::no_blank_line);
  EXPECT_EQ(code_of("SIP/2\r\n\r\n"), ErrorCode::start_line);
}

TEST(NotSip, PassesUntouched) {
  for (const std::string_view octets : {"", "\r\n\r\n", "\x80rtp", "GET / HTTP/1.1\r\n\r\n"}) {
    const Parsed parsed(octets);
    EXPECT_EQ(action_for(parsed.message(), parsed.octets(), parsed.result()), Action::pass);
  }
}

}  // namespace
}  // namespace stirline::sip::test::not_sip_test
