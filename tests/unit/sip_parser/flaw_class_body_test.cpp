// Published flaws of SIP parsers once more: those in bodies, and the rest of the list.
#include <gtest/gtest.h>

#include "sip_parser/body/body_parts.hpp"
#include "sip_parser/body/media_keys.hpp"
#include "sip_parser/fields.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::flaw_class_body_test {
namespace {

std::string mixed(const std::string& body) {
  return invite("Content-Type: multipart/mixed;boundary=b\r\n", body);
}

// What reading the parts and the keys of the body says: "OK" or a code. Both must say the same of a broken multipart.
std::string_view verdict(const std::string& octets) {
  const Parsed parsed(octets);
  EXPECT_TRUE(parsed.ok()) << to_string(parsed.code());
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  const auto keys = read_media_keys(parsed.message(), parsed.octets());
  EXPECT_TRUE(parts || !keys);
  return keys ? "OK" : to_string(keys.error().code);
}

// GHSA-hx7p-6j27-gjpv, Kamailio d7a7f22b84: the header block of a part has no end.
TEST(FlawClass, PartWithoutHeaderEnd) {
  EXPECT_EQ(verdict(mixed("--b\r\nContent-Type: application/sdp\r\n--b--\r\n")), "PART_WITHOUT_END");
  EXPECT_EQ(verdict(mixed("--b\r\nContent-Type: application/sdp")), "NO_CLOSE_DELIMITER");
  EXPECT_EQ(verdict(mixed("--b\r\nContent-Type: application/sdp\r\n")), "NO_CLOSE_DELIMITER");
  EXPECT_EQ(verdict(mixed("--b\r\nContent-Type")), "NO_CLOSE_DELIMITER");
  EXPECT_EQ(verdict(mixed("--b\r\nContent-Type\r\n\r\n--b--")), "BAD_PART_HEADER");
}

// CVE-2022-21723, PJSIP f0fa32a22, 568be8ec2: a multipart that ends right behind a delimiter; a length below zero.
TEST(FlawClass, MultipartEndsBehindADelimiter) {
  const std::string whole = "--b\r\n\r\n\r\n--b--";
  EXPECT_EQ(verdict(mixed(whole)), "OK");
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_NE(verdict(mixed(whole.substr(0, length))), "OK") << length;
  }
  EXPECT_EQ(verdict(mixed("--b\r\n--b--")), "PART_WITHOUT_END");
  EXPECT_EQ(verdict(mixed("--b\r\n--b\r\n--b--")), "PART_WITHOUT_END");
  EXPECT_EQ(verdict(mixed("--b--")), "NO_DELIMITER");
}

// The boundary itself: absent, empty, longer than allowed, longer than the body.
TEST(FlawClass, BoundaryOfNoOrTooManyOctets) {
  for (const std::string parameter : {"", ";boundary", ";boundary=\"\"", ";boundary=\" \"", ";boundary=a;boundary=b"}) {
    EXPECT_NE(verdict(invite("Content-Type: multipart/mixed" + parameter + "\r\n", "----\r\n\r\n\r\n------")), "OK");
  }
  const std::string longest(kMaxBoundaryBytes, 'x');
  EXPECT_EQ(verdict(invite("Content-Type: multipart/mixed;boundary=" + longest + "\r\n", "--x")), "NO_DELIMITER");
  EXPECT_EQ(verdict(invite("Content-Type: multipart/mixed;boundary=" + longest + "x\r\n", "--x")), "BAD_BOUNDARY");
}

// CVE-2022-31002: an SDP line of less than two octets.
TEST(FlawClass, ShortSdpLines) {
  for (const std::string line : {"m", "a", "c", "=", "m\r\n", "\x01\r\n"}) {
    EXPECT_EQ(verdict(invite("c: application/sdp\r\n", "v=0\r\n" + line)), "SDP_LINE") << line;
  }
  EXPECT_EQ(verdict(invite("c: application/sdp\r\n", "v")), "SDP_START");
  EXPECT_EQ(verdict(invite("c: application/sdp\r\n", "v=0\r\nm=")), "SDP_MEDIA");
  EXPECT_EQ(verdict(invite("c: application/sdp\r\n", "v=0\r\na=")), "OK");
}

// CVE-2017-11521: session descriptions without bound, in lines, in media, in the length of one line.
TEST(FlawClass, EndlessSdp) {
  const auto repeated = [](std::string_view line) {
    std::string body = "v=0\r\n";
    while (body.size() < 60'000) {
      body += line;
    }
    return invite("c: application/sdp\r\n", body);
  };
  EXPECT_EQ(verdict(repeated("a=x\r\n")), "SDP_LINE_COUNT");
  EXPECT_EQ(verdict(repeated("m=audio 1 RTP/AVP 0\r\n")), "SDP_MEDIA_COUNT");
  EXPECT_EQ(verdict(repeated("a=fingerprint:x AA\r\n")), "FINGERPRINT_COUNT");
  EXPECT_EQ(verdict(repeated("x")), "SDP_LINE_LENGTH");
}

// The work on a body grows with its length: delimiters that almost are, at every octet, and boundaries of dashes.
TEST(FlawClass, NothingInBodiesIsQuadratic) {
  const std::string dashes(60'000, '-');
  const std::string boundary(kMaxBoundaryBytes, '-');
  EXPECT_EQ(verdict(invite("c: multipart/mixed;boundary=\"" + boundary + "\"\r\n", dashes)), "AMBIGUOUS_DELIMITER");
  std::string lines;
  while (lines.size() < 60'000) {
    lines += "\r\n--";
  }
  EXPECT_EQ(verdict(mixed(lines)), "NO_DELIMITER");
}

// resiprocate aa4ee9072: a URI cut anywhere ran past the end of the buffer.
TEST(FlawClass, UriCutAnywhere) {
  const std::string uri = "sips:a%41;x:pw@[2001:db8::1]:5061;lr;maddr=b?h=%20&i=j";
  std::size_t accepted = 0;
  for (std::size_t length = 0; length <= uri.size(); ++length) {
    const auto block = std::make_unique<char[]>(length);
    std::ranges::copy(uri.substr(0, length), block.get());
    const auto parsed = parse_uri({block.get(), length}, {0, static_cast<std::uint16_t>(length)});
    accepted += parsed ? 1U : 0U;
  }
  EXPECT_GT(accepted, 0U);
  EXPECT_LT(accepted, uri.size());
}

// resiprocate 7bc80ff50: the answer to a keep-alive read as a keep-alive; and what stands in front of a message.
TEST(FlawClass, KeepAlives) {
  EXPECT_EQ(Parsed("\r\n").code(), ErrorCode::keepalive);
  EXPECT_EQ(Parsed("\r\n\r\n").code(), ErrorCode::keepalive);
  EXPECT_EQ(Parsed("\r\n\r\n" + invite()).code(), ErrorCode::start_line);
  EXPECT_FALSE(Parsed("\r\n\r").ok());
}

// sipgo issue 251, doubango issue 485: fields folded by networks as they are.
TEST(FlawClass, FoldedFieldsAreRealTraffic) {
  const Parsed flat(invite("Contact: <sip:c@d>;expires=5\r\nP-Asserted-Identity: \"A B\" <sip:+1215@x>\r\n"));
  const Parsed folded(
      invite("Contact:\r\n <sip:c@d>\r\n\t;expires=5\r\nP-Asserted-Identity: \"A B\"\r\n\t <sip:+1215@x>\r\n"));
  ASSERT_TRUE(folded.ok());
  EXPECT_EQ(fields_of(folded.message(), folded.octets()), fields_of(flat.message(), flat.octets()));
}

// sofia-sip pull request 88, FreeSWITCH issue 1741, secsipidx pull request 2: compact and several Identity fields, ppt
// in quotes.
TEST(FlawClass, IdentityInEverySpelling) {
  const Parsed parsed(
      invite("y: a.b.c;info=<https://x>;ppt=\"shaken\"\r\nIDENTITY: d.e.f;ppt=shaken;info=<https://x>\r\n"));
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed.message().identities().size(), 2U);
  for (const IdentityHeader& identity : parsed.message().identities()) {
    EXPECT_EQ(identity.error, IdentityError::none);
    EXPECT_EQ(parsed.text(identity.ppt), "shaken");
  }
}

}  // namespace
}  // namespace stirline::sip::test::flaw_class_body_test
