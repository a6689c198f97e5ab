// A message cut at every octet, and every octet of it changed: never a crash, never a span outside, never a field of
// half a message.
#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::sip::test::truncation_test {
namespace {

std::string rich_invite() {
  return invite(
      "Contact: \"C \\\" x\" <sip:c;d=e@[2001:db8::1]:5070;transport=udp>;expires=1\r\n"
      "P-Asserted-Identity: \"A, B\" <sip:+12155550121@x;user=phone>,\r\n <tel:+1-215-555-0121;ext=1>\r\n"
      "y: eyJh.eyJi.c2ln;info=<https://x.example/c>;alg=ES256;ppt=\"shaken\"\r\n"
      "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n"
      "Via: SIP/2.0/TCP [2001:db8::2]:5061 ;received=192.0.2.1;rport=5060, SIP/2.0/UDP b\r\n"
      "Content-Type: application/sdp\r\nContent-Length: 5\r\n",
      "v=0\r\n");
}

TEST(Truncation, CutAtEveryOctet) {
  const std::string octets = rich_invite();
  ASSERT_TRUE(Parsed(octets).ok()) << to_string(Parsed(octets).code());
  for (std::size_t length = 0; length < octets.size(); ++length) {
    const Parsed parsed(std::string_view(octets).substr(0, length));
    EXPECT_FALSE(parsed.ok()) << length;
  }
}

TEST(Truncation, CutResponseAtEveryOctet) {
  const std::string octets = "SIP/2.0 200 OK\r\n" + kVia + kFrom + kTo + kCallId + kCseq + "Content-Length: 0\r\n\r\n";
  ASSERT_TRUE(Parsed(octets).ok());
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_FALSE(Parsed(std::string_view(octets).substr(0, length)).ok()) << length;
  }
}

TEST(Truncation, EveryOctetChanged) {
  const std::string original = rich_invite();
  for (const char change : {'\0', '\t', '\n', '\r', ' ', '"', '%', ',', ';', '<', '>', '=', ':', '@', '\\', '\x80'}) {
    for (std::size_t at = 0; at < original.size(); ++at) {
      std::string octets = original;
      octets[at] = change;
      const Parsed parsed(octets);
      if (parsed.ok()) {
        ASSERT_TRUE(spans_lie_inside(parsed.message(), parsed.octets())) << at;
      } else {
        ASSERT_LE(parsed.result().error().offset, octets.size()) << at;
      }
    }
  }
}

TEST(Truncation, EveryOctetLeftOut) {
  const std::string original = rich_invite();
  for (std::size_t at = 0; at < original.size(); ++at) {
    std::string octets = original;
    octets.erase(at, 1);
    const Parsed parsed(octets);
    if (parsed.ok()) {
      ASSERT_TRUE(spans_lie_inside(parsed.message(), parsed.octets())) << at;
    }
  }
}

}  // namespace
}  // namespace stirline::sip::test::truncation_test
