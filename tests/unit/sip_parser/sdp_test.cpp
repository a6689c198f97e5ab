// RFC 8866, RFC 8122: session descriptions and the fingerprints in them.
#include "sip_parser/body/sdp.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sip_parser/body/media_keys.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::sdp_test {
namespace {

using std::string_literals::operator""s;

const std::string kHead = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";

std::string fingerprint(std::size_t octets, const std::string& hash, char digit = 'A') {
  std::string line = "a=fingerprint:" + hash + " ";
  for (std::size_t i = 0; i < octets; ++i) {
    line.append(i == 0 ? "" : ":").append(2, digit);
  }
  return line + "\r\n";
}

std::expected<SessionDescription, BodyError> read(const std::string& octets) {
  return read_sdp(octets, {0, static_cast<std::uint16_t>(octets.size())});
}

BodyErrorCode code_of(const std::string& octets) {
  const auto block = std::make_unique<char[]>(octets.size());
  std::ranges::copy(octets, block.get());
  const auto result = read_sdp({block.get(), octets.size()}, {0, static_cast<std::uint16_t>(octets.size())});
  EXPECT_FALSE(result) << octets;
  return result ? BodyErrorCode::no_content_type : result.error().code;
}

TEST(Sdp, EveryPart) {
  const std::string octets = kHead + "c=IN IP6 2001:db8::1\r\nt=0 0\r\n" + fingerprint(32, "SHA-256") +
                             "a=setup:actpass\r\nm=audio 49170/2 UDP/TLS/RTP/SAVPF 0 8 97\r\na=rtpmap:0 PCMU/8000\r\n" +
                             fingerprint(20, "sha-1", 'b') +
                             "m=message 0 TCP/TLS/MSRP *\r\nc=IN IP4 233.252.0.1/127/3\r\n" +
                             "c=IN IP4 233.252.0.9/127\r\n" + fingerprint(48, "sha-384", '0') + "\r\n\r\n";
  const auto sdp = read(octets);
  ASSERT_TRUE(sdp) << to_string(sdp.error().code);
  EXPECT_EQ(text(octets, sdp->connection->network_type), "IN");
  EXPECT_EQ(text(octets, sdp->connection->address_type), "IP6");
  EXPECT_EQ(text(octets, sdp->connection->address), "2001:db8::1");
  ASSERT_EQ(sdp->media.size(), 2U);
  EXPECT_EQ(text(octets, sdp->media[0].media), "audio");
  EXPECT_EQ(sdp->media[0].port, 49170);
  EXPECT_EQ(sdp->media[0].ports, 2);
  EXPECT_EQ(text(octets, sdp->media[0].protocol), "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(text(octets, sdp->media[0].formats), "0 8 97");
  EXPECT_FALSE(sdp->media[0].connection);
  EXPECT_EQ(sdp->media[1].port, 0);
  EXPECT_EQ(text(octets, sdp->media[1].connection->address), "233.252.0.1/127/3");
  ASSERT_EQ(sdp->fingerprints.size(), 3U);
  EXPECT_EQ(sdp->fingerprints[0].media, Fingerprint::kSessionLevel);
  EXPECT_EQ(text(octets, sdp->fingerprints[0].hash), "SHA-256");
  EXPECT_EQ(sdp->fingerprints[0].value.length, 32 * 3 - 1);
  EXPECT_EQ(sdp->fingerprints[1].media, 0);
  EXPECT_TRUE(text(octets, sdp->fingerprints[1].value).starts_with("bb:bb"));
  EXPECT_EQ(sdp->fingerprints[2].media, 1);
}

// RFC 8866 5: readers also take lines that end with LF alone, and the last one may have no end.
TEST(Sdp, LineEnds) {
  EXPECT_EQ(read("v=0\ns=x\r\nm=audio 1 RTP/AVP 0\nc=IN IP4 192.0.2.1")->media.size(), 1U);
  EXPECT_TRUE(read("v=0"));
  EXPECT_TRUE(read("v=0\r\n\r\n\n"));
  EXPECT_EQ(code_of("v=0\r\n\r\ns=x\r\n"), BodyErrorCode::sdp_line);
  EXPECT_EQ(code_of("v=0\rs=x\r\n"), BodyErrorCode::sdp_line_end);
  EXPECT_EQ(code_of("v=0\r\r\n"), BodyErrorCode::sdp_line_end);
  EXPECT_EQ(code_of("v=0\r\ns=x\r"), BodyErrorCode::sdp_line_end);
  EXPECT_EQ(code_of("v=0\r\ns=\0\r\n"s), BodyErrorCode::sdp_line_end);
}

TEST(Sdp, EachRefusalHasItsCode) {
  const std::vector<std::pair<BodyErrorCode, std::string>> rows = {
      {BodyErrorCode::sdp_start, ""},
      {BodyErrorCode::sdp_start, "\r\n"},
      {BodyErrorCode::sdp_start, "s=x\r\nv=0\r\n"},
      {BodyErrorCode::sdp_start, "v=1\r\n"},
      {BodyErrorCode::sdp_start, "v=0 \r\n"},
      {BodyErrorCode::sdp_start, " v=0\r\n"},
      {BodyErrorCode::sdp_line, kHead + "m\r\n"},
      {BodyErrorCode::sdp_line, kHead + "=x\r\n"},
      {BodyErrorCode::sdp_line, kHead + "a =sendrecv\r\n"},
      {BodyErrorCode::sdp_line, kHead + " a=sendrecv\r\n"},
      {BodyErrorCode::sdp_line, kHead + "a= fingerprint:x\r\n"},
      {BodyErrorCode::sdp_line, kHead + "1=x\r\n"},
      {BodyErrorCode::sdp_line, kHead + "v=0\r\n"},
      {BodyErrorCode::sdp_connection, kHead + "c=IN IP4\r\n"},
      {BodyErrorCode::sdp_connection, kHead + "c=IN  IP4 192.0.2.1\r\n"},
      {BodyErrorCode::sdp_connection, kHead + "c=IN IP4 192.0.2.1 x\r\n"},
      {BodyErrorCode::sdp_connection, kHead + "c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.2\r\n"},
      {BodyErrorCode::sdp_connection, kHead + "c=IN IP4 192.0.2.\x01\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 1 RTP/AVP\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 1  RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m= audio 1 RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 1 RTP/AVP  0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 65536 RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 4294967297 RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio -1 RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 1/ RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 1/0 RTP/AVP 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=audio 1 RTP/ 0\r\n"},
      {BodyErrorCode::sdp_media, kHead + "m=au/dio 1 RTP/AVP 0\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:sha-256\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint: sha-256 AA\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint :sha-256 AA\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:x AA:B\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:x AA:\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:x AABB\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:x AG\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:x AA BB\r\n"},
      {BodyErrorCode::fingerprint, kHead + "a=fingerprint:x@ AA\r\n"},
      {BodyErrorCode::fingerprint, kHead + fingerprint(31, "sha-256")},
      {BodyErrorCode::fingerprint, kHead + fingerprint(33, "SHA-256")},
      {BodyErrorCode::fingerprint, kHead + fingerprint(32, "sha-1")},
      {BodyErrorCode::fingerprint, kHead + fingerprint(kMaxFingerprintOctets + 1, "new")},
      {BodyErrorCode::fingerprint, kHead + "a=Fingerprint:x AA\r\n"},
  };
  for (const auto& [code, octets] : rows) {
    EXPECT_EQ(code_of(octets), code) << octets;
  }
  EXPECT_EQ(read_sdp("v=0", {1, 3}).error().code, BodyErrorCode::sdp_start);
}

TEST(Sdp, HashFunctions) {
  for (const auto& [hash, octets] : {std::pair<std::string, std::size_t>{"sha-1", 20},
                                     {"sha-224", 28},
                                     {"sha-256", 32},
                                     {"sha-384", 48},
                                     {"sha-512", 64},
                                     {"md5", 16},
                                     {"md2", 16},
                                     {"new", 1},
                                     {"new", kMaxFingerprintOctets}}) {
    EXPECT_TRUE(read(kHead + fingerprint(octets, hash))) << hash;
  }
  // Other attributes, however they begin, are not ours.
  EXPECT_TRUE(read(kHead + "a=fingerprints:x\r\na=finger\r\na=x-fingerprint:y\r\na=\r\n"));
}

TEST(Sdp, Limits) {
  const auto repeated = [](std::size_t times, const std::string& line) {
    std::string result = "v=0\r\n";
    for (std::size_t i = 0; i < times; ++i) {
      result += line;
    }
    return result;
  };
  EXPECT_TRUE(read(repeated(kMaxSdpLines - 1, "b=x\n")));
  EXPECT_EQ(code_of(repeated(kMaxSdpLines, "b=x\n")), BodyErrorCode::sdp_line_count);
  EXPECT_EQ(code_of(repeated(kMaxSdpLines, "\n")), BodyErrorCode::sdp_line_count);
  EXPECT_TRUE(read(repeated(kMaxSdpMedia, "m=a 1 b c\n")));
  EXPECT_EQ(code_of(repeated(kMaxSdpMedia + 1, "m=a 1 b c\n")), BodyErrorCode::sdp_media_count);
  EXPECT_TRUE(read(repeated(kMaxFingerprints, "a=fingerprint:x AA\n")));
  EXPECT_EQ(code_of(repeated(kMaxFingerprints + 1, "a=fingerprint:x AA\n")), BodyErrorCode::fingerprint_count);
  EXPECT_TRUE(read("v=0\r\ni=" + std::string(kMaxSdpLineBytes - 2, 'x') + "\r\n"));
  EXPECT_EQ(code_of("v=0\r\ni=" + std::string(kMaxSdpLineBytes - 1, 'x') + "\r\n"), BodyErrorCode::sdp_line_length);
}

// STIR-AS-07: at session and media level, in a plain body and inside multipart, two of them in alternatives.
TEST(MediaKeys, FoundWhereverTheyStand) {
  const std::string sdp = kHead + fingerprint(32, "sha-256") + "m=audio 1 UDP/TLS/RTP/SAVP 0\r\n" +
                          fingerprint(32, "sha-256", 'B') + fingerprint(32, "sha-256");
  const Parsed plain(invite("c: application/sdp\r\n", sdp));
  const auto keys = read_media_keys(plain.message(), plain.octets());
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->descriptions, 1);
  EXPECT_EQ(keys->fingerprints.size(), 3U);
  const std::string part = "\r\nContent-Type: Application/SDP\r\n\r\n" + sdp + "\r\n--";
  const Parsed nested(
      invite("c: multipart/mixed;boundary=b\r\n", "--b\r\nc: multipart/alternative;boundary=c\r\n\r\n--c" + part + "c" +
                                                      part + "c--\r\n--b\r\n\r\nx\r\n--b--\r\n"));
  const auto both = read_media_keys(nested.message(), nested.octets());
  ASSERT_TRUE(both) << to_string(both.error().code);
  EXPECT_EQ(both->descriptions, 2);
  EXPECT_EQ(both->fingerprints.size(), 6U);
  EXPECT_EQ(nested.text(both->fingerprints[4].value).substr(0, 2), "BB");
}

TEST(MediaKeys, NoneIsNotAnError) {
  for (const std::string& octets :
       {invite(), invite("c: text/plain\r\n", "a=fingerprint:x\r\n"), invite("c: application/sdp\r\n", kHead),
        invite("c: multipart/mixed;boundary=b\r\n", "--b\r\n\r\n" + kHead + "\r\n--b--")}) {
    const Parsed parsed(octets);
    const auto keys = read_media_keys(parsed.message(), parsed.octets());
    ASSERT_TRUE(keys) << octets;
    EXPECT_TRUE(keys->fingerprints.empty());
  }
}

// What cannot be read must not look like a call without keys.
TEST(MediaKeys, Errors) {
  std::string many = "v=0\r\n";
  for (std::size_t i = 0; i < kMaxFingerprints / 2 + 1; ++i) {
    many += "a=fingerprint:x AA\r\n";
  }
  const std::string part = "\r\nc: application/sdp\r\n\r\n" + many + "\r\n--b";
  const std::vector<std::pair<BodyErrorCode, std::string>> rows = {
      {BodyErrorCode::no_content_type, invite("", kHead)},
      {BodyErrorCode::no_delimiter, invite("c: multipart/mixed;boundary=b\r\n", kHead)},
      {BodyErrorCode::sdp_start, invite("c: application/sdp\r\n", "x")},
      {BodyErrorCode::encoded, invite("c: application/sdp\r\ne: gzip\r\n", kHead)},
      {BodyErrorCode::encoded,
       invite("c: multipart/mixed;boundary=b\r\n",
              "--b\r\nc: application/sdp\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--")},
      {BodyErrorCode::fingerprint_count, invite("c: multipart/mixed;boundary=b\r\n", "--b" + part + part + "--")},
  };
  for (const auto& [code, octets] : rows) {
    const Parsed parsed(octets);
    const auto keys = read_media_keys(parsed.message(), parsed.octets());
    ASSERT_FALSE(keys) << octets;
    EXPECT_EQ(keys.error().code, code) << to_string(keys.error().code);
  }
}

}  // namespace
}  // namespace stirline::sip::test::sdp_test
