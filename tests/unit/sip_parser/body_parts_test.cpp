// RFC 2046 5.1, RFC 5621: a body as its parts, and what is no multipart body although it looks like one.
#include "sip_parser/body/body_parts.hpp"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/header_fields.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::sip::test::body_parts_test {
namespace {

std::string mixed(const std::string& body, const std::string& boundary = "b") {
  return invite("Content-Type: multipart/mixed;boundary=" + boundary + "\r\n", body);
}

BodyErrorCode code_of(const std::string& octets) {
  const Parsed parsed(octets);
  EXPECT_TRUE(parsed.ok()) << to_string(parsed.code());
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  EXPECT_FALSE(parts) << octets;
  if (parts) {
    return BodyErrorCode::fingerprint_count;  // none of MIME
  }
  EXPECT_LE(parts.error().offset, parsed.octets().size());
  return parts.error().code;
}

// The contents of the parts, each in brackets.
std::string contents_of(const std::string& octets) {
  const Parsed parsed(octets);
  EXPECT_TRUE(parsed.ok()) << to_string(parsed.code());
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  if (!parts) {
    return std::string(to_string(parts.error().code));
  }
  std::string result;
  for (const BodyPart& part : parts->view()) {
    result.append("[").append(parsed.text(part.content)).append("]");
  }
  return result;
}

TEST(BodyParts, EveryErrorHasANameOfItsOwn) {
  expect_distinct_names<BodyErrorCode>(kBodyErrorCodes);
}

TEST(BodyParts, OneBody) {
  const Parsed parsed(invite("c: application/SDP\r\nContent-Disposition: session;handling=optional\r\n", "v=0\r\n"));
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1U);
  const BodyPart& body = (*parts)[0];
  EXPECT_TRUE(is_media_type(parsed.octets(), *body.type, "application", "sdp"));
  EXPECT_EQ(body.disposition->known, Disposition::session);
  EXPECT_TRUE(body.disposition->optional);
  EXPECT_EQ(parsed.text(body.content), "v=0\r\n");
  EXPECT_EQ(body.depth, 0);
  EXPECT_FALSE(body.encoded);
  EXPECT_EQ(contents_of(invite()), "");
  EXPECT_EQ(contents_of(invite("c: nonsense\r\n")), "");
  EXPECT_EQ(code_of(invite("", "body")), BodyErrorCode::no_content_type);
  EXPECT_EQ(code_of(invite("c: text\r\n", "body")), BodyErrorCode::bad_content_type);
  EXPECT_EQ(code_of(invite("c: a/b\r\nContent-Disposition: ;\r\n", "body")), BodyErrorCode::bad_disposition);
  EXPECT_EQ(code_of(invite("c: a/b\r\ne: gzip\r\ne: gzip\r\n", "body")), BodyErrorCode::bad_part_header);
}

TEST(BodyParts, PartsWithHeaderLines) {
  const Parsed parsed(mixed(
      "preamble\r\n--b  \t\r\nContent-Type: application/sdp\r\nContent-Disposition: session\r\nContent-Length: "
      "5\r\n\r\n"
      "v=0\r\n\r\n--b\r\nc : text/plain;\r\n charset=utf-8\r\nX: y\r\n\r\nHello\r\n\r\n--b--\t \r\nepilogue\r\n"));
  ASSERT_TRUE(parsed.ok());
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  ASSERT_TRUE(parts) << to_string(parts.error().code);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ(parsed.text((*parts)[0].content), "v=0\r\n");
  EXPECT_EQ((*parts)[0].depth, 1);
  EXPECT_EQ((*parts)[0].disposition->known, Disposition::session);
  EXPECT_TRUE(parsed.text((*parts)[0].headers).starts_with("Content-Type: "));
  EXPECT_TRUE(parsed.text((*parts)[0].headers).ends_with("Content-Length: 5\r\n"));
  EXPECT_EQ(parsed.text((*parts)[1].content), "Hello\r\n");
  EXPECT_TRUE(is_media_type(parsed.octets(), *(*parts)[1].type, "text", "plain"));
}

// body-part = MIME-part-headers [ CRLF *OCTET ]: the CRLF of the next delimiter may end the header lines.
TEST(BodyParts, PartsWithoutHeaderLinesOrContent) {
  EXPECT_EQ(contents_of(mixed("--b\r\n\r\n\r\n--b--")), "[]");
  EXPECT_EQ(contents_of(mixed("--b\r\n\r\n--b--")), "[]");
  EXPECT_EQ(contents_of(mixed("--b\r\nX: y\r\n\r\n--b--")), "[]");
  EXPECT_EQ(contents_of(mixed("--b\r\nX: y\r\n\r\n\r\n--b--")), "[]");
  EXPECT_EQ(contents_of(mixed("--b\r\n\r\nx\r\n--b\r\n\r\n\r\n\r\n--b--")), "[x][\r\n]");
  EXPECT_EQ(contents_of(mixed("\r\n--b\r\n\r\nx\r\n--b--\r\n")), "[x]");
}

TEST(BodyParts, WhatIsNotAtALineStartIsContent) {
  EXPECT_EQ(contents_of(mixed("--b\r\n\r\n --b\r\nx--b--\r\n-\r\n--\r\n--a\r\n--B\r\n--b--")),
            "[ --b\r\nx--b--\r\n-\r\n--\r\n--a\r\n--B]");
  EXPECT_EQ(contents_of(mixed("--b\r\n\r\nbare\rand\nlines\r\r\n--b--")), "[bare\rand\nlines\r]");
}

TEST(BodyParts, Nested) {
  const std::string inner = "--i\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--i\r\n\r\ntwo\r\n--i--\r\n";
  const std::string octets = mixed("--b\r\nContent-Type: multipart/alternative;boundary=\"i\"\r\n\r\n" + inner +
                                   "\r\n--b\r\n\r\nlast\r\n--b--");
  EXPECT_EQ(contents_of(octets), "[v=0][two][last]");
  const Parsed parsed(octets);
  EXPECT_EQ((*read_body_parts(parsed.message(), parsed.octets()))[0].depth, 2);
  // A part ends where the outer delimiter says, whatever the inner one lacks.
  EXPECT_EQ(code_of(mixed("--b\r\nc: multipart/mixed;boundary=i\r\n\r\n--i\r\n\r\nx\r\n--b--")),
            BodyErrorCode::no_close_delimiter);
}

std::string nest(std::size_t levels) {
  std::string body = "innermost";
  std::string type = "text/plain";
  for (std::size_t i = 0; i < levels; ++i) {
    const std::string boundary = std::string(1, static_cast<char>('a' + i));
    body = "--" + boundary + "\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n--" + boundary + "--";
    type = "multipart/mixed;boundary=" + boundary;
  }
  return invite("Content-Type: " + type + "\r\n", body);
}

TEST(BodyParts, LimitsOfDepthAndNumber) {
  EXPECT_EQ(contents_of(nest(kMaxMultipartDepth)), "[innermost]");
  EXPECT_EQ(code_of(nest(kMaxMultipartDepth + 1)), BodyErrorCode::part_depth);
  std::string body;
  for (std::size_t i = 0; i < kMaxBodyParts; ++i) {
    body += "--b\r\n\r\n.\r\n";
  }
  EXPECT_EQ(contents_of(mixed(body + "--b--")).size(), 3 * kMaxBodyParts);
  EXPECT_EQ(code_of(mixed(body + "--b\r\n\r\n.\r\n--b--")), BodyErrorCode::part_count);
}

TEST(BodyParts, EachRefusalHasItsCode) {
  const std::vector<std::pair<BodyErrorCode, std::string>> rows = {
      {BodyErrorCode::bad_boundary, invite("c: multipart/mixed\r\n", "--b\r\n\r\n\r\n--b--")},
      {BodyErrorCode::bad_boundary, invite("c: multipart/mixed;boundary=b;boundary=c\r\n", "--b\r\n\r\n\r\n--b--")},
      {BodyErrorCode::bad_boundary, invite("c: multipart/mixed;boundary=\"\"\r\n", "--\r\n\r\n\r\n----")},
      {BodyErrorCode::no_delimiter, mixed("x")},
      {BodyErrorCode::no_delimiter, mixed("--c\r\n\r\n--c--")},
      {BodyErrorCode::no_delimiter, mixed("--b--")},
      {BodyErrorCode::no_delimiter, mixed("--b--\r\n--b\r\n\r\n--b--")},
      {BodyErrorCode::no_close_delimiter, mixed("--b")},
      {BodyErrorCode::no_close_delimiter, mixed("--b \t")},
      {BodyErrorCode::no_close_delimiter, mixed("--b\r\n")},
      {BodyErrorCode::no_close_delimiter, mixed("--b\r\n\r\nx")},
      {BodyErrorCode::no_close_delimiter, mixed("--b\r\n\r\nx\r\n--b")},
      {BodyErrorCode::no_close_delimiter, mixed("--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r\n--b1\r\n\r\n--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r\n--b-\r\n\r\n--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r\n--b--c\r\n\r\n--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r\n--b--\n")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\n\r\nx\r\n--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\n--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("\n--b\r\n\r\nx\r\n--b--")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r\n--b--\r\n--b\r\n")},
      {BodyErrorCode::ambiguous_delimiter, mixed("--b\r\n\r\nx\r\n--b--\r\n\n--b\r\n")},
      {BodyErrorCode::part_without_end, mixed("--b\r\n--b--")},
      {BodyErrorCode::part_without_end, mixed("--b\r\n--b\r\n\r\n--b--")},
      {BodyErrorCode::part_without_end, mixed("--b\r\nContent-Type: a/b\r\n--b--")},
      {BodyErrorCode::bad_part_header, mixed("--b\r\nHello\r\n\r\n--b--")},
      {BodyErrorCode::bad_part_header, mixed("--b\r\n: x\r\n\r\n--b--")},
      {BodyErrorCode::bad_part_header, mixed("--b\r\n x: y\r\n\r\n--b--")},
      {BodyErrorCode::bad_part_header, mixed("--b\r\nX: y\nZ: z\r\n\r\n--b--")},
      {BodyErrorCode::bad_part_header, mixed("--b\r\nX: \x01\r\n\r\n--b--")},
      {BodyErrorCode::bad_part_header, mixed("--b\r\nc: a/b\r\nContent-Type: c/d\r\n\r\n--b--")},
      {BodyErrorCode::bad_content_type, mixed("--b\r\nc: a\r\n\r\n--b--")},
      {BodyErrorCode::bad_disposition, mixed("--b\r\nContent-Disposition:\r\n\r\n--b--")},
      {BodyErrorCode::part_length, mixed("--b\r\nl: 2\r\n\r\nx\r\n--b--")},
      {BodyErrorCode::part_length, mixed("--b\r\nl: 4294967297\r\n\r\nx\r\n--b--")},
      {BodyErrorCode::part_length, mixed("--b\r\nl: x\r\n\r\nx\r\n--b--")},
      {BodyErrorCode::encoded, invite("c: multipart/mixed;boundary=b\r\ne: gzip\r\n", "--b\r\n\r\n\r\n--b--")},
      {BodyErrorCode::encoded,
       mixed("--b\r\nc: multipart/mixed;boundary=c\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--")},
  };
  for (const auto& [code, octets] : rows) {
    EXPECT_EQ(code_of(octets), code) << octets;
  }
}

TEST(BodyParts, EncodedPartsSaySo) {
  const Parsed parsed(mixed(
      "--b\r\nContent-Transfer-Encoding: BASE64\r\n\r\neA==\r\n--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\nx\r\n"
      "--b\r\nContent-Encoding: gzip\r\n\r\nx\r\n--b\r\ne: Identity\r\n\r\nx\r\n--b--"));
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 4U);
  EXPECT_TRUE((*parts)[0].encoded);
  EXPECT_FALSE((*parts)[1].encoded);
  EXPECT_TRUE((*parts)[2].encoded);
  EXPECT_FALSE((*parts)[3].encoded);
}

// A part far behind the limit of a header block has a header block all the same.
TEST(BodyParts, LateParts) {
  const std::string octets =
      mixed("--b\r\n\r\n" + std::string(60'000, 'x') + "\r\n--b\r\nContent-Type: text/plain\r\n\r\nlate\r\n--b--");
  const Parsed parsed(octets);
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  ASSERT_TRUE(parts);
  EXPECT_EQ(parsed.text((*parts)[1].content), "late");
  EXPECT_TRUE(is_media_type(parsed.octets(), *(*parts)[1].type, "text", "plain"));
}

// Cut anywhere, a multipart body is an error or has the same parts, never others.
TEST(BodyParts, CutAnywhere) {
  const std::string octets =
      mixed("p\r\n--b\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b-- \r\nepilogue");
  const std::size_t body = octets.find("\r\n\r\n") + 4;
  for (std::size_t length = body + 1; length <= octets.size(); ++length) {
    const std::string result = contents_of(octets.substr(0, length));
    EXPECT_TRUE(result == "[one][two]" || result.find('[') == std::string::npos) << length << result;
  }
  EXPECT_EQ(contents_of(octets), "[one][two]");
}

// RFC 4475 3.1.1.11: binary parts, line ends of every kind in them.
TEST(BodyParts, TortureMessage) {
  const auto file = stirline::test::test_data("corpus/torture/rfc4475_mpart01.dat");
  if (!file) {
    GTEST_SKIP() << "corpus/torture is not at hand";
  }
  const Parsed parsed(stirline::test::read_file(*file));
  ASSERT_TRUE(parsed.ok());
  const auto parts = read_body_parts(parsed.message(), parsed.octets());
  ASSERT_TRUE(parts) << to_string(parts.error().code);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ(parsed.text((*parts)[0].content), "Hello");
  EXPECT_TRUE(is_media_type(parsed.octets(), *(*parts)[1].type, "application", "octet-stream"));
}

}  // namespace
}  // namespace stirline::sip::test::body_parts_test
