// RFC 3261 20.15, RFC 2045 5.1, RFC 2046 5.1.1: media types and boundaries.
#include "sip_parser/body/media_type.hpp"

#include <string>

#include <gtest/gtest.h>

namespace stirline::sip::test::media_type_test {
namespace {

Span whole(const std::string& value) {
  return {0, static_cast<std::uint16_t>(value.size())};
}

TEST(MediaTypes, Values) {
  const std::string written = "Multipart / MIXED ;\r\n Boundary=\"a b\";charset=utf-8";
  const auto media = read_media_type(written, whole(written));
  ASSERT_TRUE(media);
  EXPECT_TRUE(is_media_type(written, *media, "multipart"));
  EXPECT_TRUE(is_media_type(written, *media, "multipart", "mixed"));
  EXPECT_FALSE(is_media_type(written, *media, "multipart", "mix"));
  EXPECT_FALSE(is_media_type(written, *media, "multi"));
  EXPECT_EQ(text(written, *boundary_of(written, *media)), "a b");
  const std::string range = "*/*;q=0.5";
  EXPECT_TRUE(is_media_type(range, *read_media_type(range, whole(range)), "*", "*"));
}

TEST(MediaTypes, Errors) {
  for (const std::string bad :
       {"", "text", "text/", "/plain", "text plain", "text/plain;", "text/plain x", "text/plain;;a",
        "text/plain;a=", "text/\"plain\"", "text/plain, text/html", "text/plain;a=<b>"}) {
    const auto media = read_media_type(bad, whole(bad));
    ASSERT_FALSE(media) << bad;
    EXPECT_EQ(media.error().code, FieldErrorCode::malformed) << bad;
    EXPECT_EQ(media.error().header, HeaderId::content_type);
  }
  const std::string open = "text/plain;a=\"b";
  EXPECT_EQ(read_media_type(open, whole(open)).error().code, FieldErrorCode::open_quote);
  EXPECT_EQ(read_media_type("a/b", {1, 3}).error().code, FieldErrorCode::malformed);
}

TEST(MediaTypes, Boundaries) {
  const auto boundary = [](const std::string& parameters) {
    const std::string written = "multipart/mixed" + parameters;
    const auto media = read_media_type(written, whole(written));
    EXPECT_TRUE(media) << parameters;
    const auto span = boundary_of(written, *media);
    return span ? std::string(text(written, *span)) : std::string(to_string(span.error().code));
  };
  EXPECT_EQ(boundary(";boundary=7a9c"), "7a9c");
  EXPECT_EQ(boundary(";BOUNDARY=\"'()+_,-./:=? x\""), "'()+_,-./:=? x");
  EXPECT_EQ(boundary(";x=y;boundary=" + std::string(70, 'b')), std::string(70, 'b'));
  EXPECT_EQ(boundary(";boundary=" + std::string(71, 'b')), "TOO_LONG");
  EXPECT_EQ(boundary(";x=boundary"), "MISSING");
  EXPECT_EQ(boundary(";boundary=a;boundary=a"), "DUPLICATE");
  for (const std::string bad :
       {";boundary", ";boundary=\"\"", ";boundary=\"a \"", ";boundary=\"a\\b\"", ";boundary=a*b", ";boundary=\"a\tb\"",
        ";boundary=\"a\r\n b\"", ";boundary=\"\xC3\xA4\""}) {
    EXPECT_EQ(boundary(bad), "MALFORMED") << bad;
  }
}

}  // namespace
}  // namespace stirline::sip::test::media_type_test
