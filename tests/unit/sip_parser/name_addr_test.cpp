#include "sip_parser/name_addr.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace stirline::sip::name_addr_test {
namespace {

struct Reader {
  std::string octets;
  std::expected<NameAddr, ParseError> parsed;

  explicit Reader(const std::string& written)
      : octets("x" + written + ",<sip:next@value>"),
        parsed(parse_name_addr(octets, {1, static_cast<std::uint16_t>(written.size())})) {}

  [[nodiscard]] std::string_view text(Span span) const { return sip::text(octets, span); }
};

TEST(NameAddr, AllShapes) {
  struct Shape {
    std::string written;
    std::string display;
    std::string user;
    std::string params;
    std::string tag;
    bool bracketed;
  };
  const std::vector<Shape> shapes = {
      {"<sip:a@b>", "", "a", "", "", true},
      {"<sip:a@b>;tag=x", "", "a", "tag=x", "x", true},
      {"sip:a@b;tag=x", "", "a", "tag=x", "x", false},
      {"sip:a@b  ;  tag  = x", "", "a", "  tag  = x", "x", false},
      {"Bob<sip:a@b>", "Bob", "a", "", "", true},
      {"sip <sip:a@b>", "sip", "a", "", "", true},
      {"A. G. Bell <tel:+1215>;tag=9", "A. G. Bell", "+1215", "tag=9", "9", true},
      {"\"<sip:evil@x>\\\"\" <sip:a@b;x=y>;p=\"q;tag=no\";TAG=z", "\"<sip:evil@x>\\\"\"", "a", "p=\"q;tag=no\";TAG=z",
       "z", true},
      {"J\xC3\xBCrgen <sip:a@b>", "J\xC3\xBCrgen", "a", "", "", true},
      {"\"\xE4\" <sip:a@b>", "\"\xE4\"", "a", "", "", true},
      {"<sip:a,b@c>", "", "a,b", "", "", true},
      {"\"A\"\r\n <sip:a@b>\r\n ;tag=x", "\"A\"", "a", "tag=x", "x", true},
  };
  for (const Shape& shape : shapes) {
    const Reader read(shape.written);
    ASSERT_TRUE(read.parsed) << shape.written;
    EXPECT_EQ(read.text(read.parsed->display_name), shape.display) << shape.written;
    EXPECT_EQ(read.text(read.parsed->uri.user), shape.user) << shape.written;
    EXPECT_EQ(read.text(read.parsed->params), shape.params) << shape.written;
    EXPECT_EQ(read.text(read.parsed->tag), shape.tag) << shape.written;
    EXPECT_EQ(read.parsed->bracketed, shape.bracketed) << shape.written;
    EXPECT_EQ(read.text(read.parsed->whole), shape.written);
  }
}

TEST(NameAddr, Refuses) {
  const std::vector<std::pair<std::string, ErrorCode>> bad = {
      {"", ErrorCode::bad_name_addr},
      {"  ", ErrorCode::bad_name_addr},
      {"Bob", ErrorCode::bad_name_addr},
      {"Bell, Alexander <sip:a@b>", ErrorCode::bad_name_addr},
      {"\"Bob\" sip:a@b", ErrorCode::bad_name_addr},
      {"\"Bob\"\"Bib\" <sip:a@b>", ErrorCode::bad_name_addr},
      {"< sip:a@b>", ErrorCode::bad_name_addr},
      {"<sip:a@b >", ErrorCode::bad_name_addr},
      {"<sip:a@\r\n b>", ErrorCode::bad_name_addr},
      {"sip:a@b?Route=x", ErrorCode::bad_name_addr},
      {"sip:a,b@c", ErrorCode::bad_name_addr},
      {"sip:a@b <sip:c@d>", ErrorCode::bad_name_addr},
      {"<sip:a@b>;", ErrorCode::bad_name_addr},
      {"<sip:a@b>;;", ErrorCode::bad_name_addr},
      {"<sip:a@b>;tag=", ErrorCode::bad_name_addr},
      {"<sip:a@b>;tag", ErrorCode::bad_name_addr},
      {"<sip:a@b>;tag=\"x\"", ErrorCode::bad_name_addr},
      {"<sip:a@b>;tag=x;tag=y", ErrorCode::bad_name_addr},
      {"<sip:a@b>;=x", ErrorCode::bad_name_addr},
      {"<sip:a@b>;x=<y>", ErrorCode::bad_name_addr},
      {"<sip:a@b>x", ErrorCode::bad_name_addr},
      {"<sip:a@b>, <sip:c@d>", ErrorCode::bad_name_addr},
      {"sip:user;par@b", ErrorCode::bad_name_addr},  // two readings of where the host is
      {"<sip:a@b>;p=q@r", ErrorCode::bad_name_addr},
      {"<>", ErrorCode::bad_uri},
      {"<sip:>", ErrorCode::bad_uri},
      {"<<sip:a@b>>", ErrorCode::bad_uri},
      {"<sip:a@b", ErrorCode::bad_quote},
      {"\"Bob <sip:a@b>", ErrorCode::bad_quote},
      {"\"Bob\\\" <sip:a@b>", ErrorCode::bad_quote},
      {"\"Bob\\", ErrorCode::bad_quote},
      {"\"Bob\\\r\n \" <sip:a@b>", ErrorCode::bad_quote},
      {"<sip:a@b>;p=\"q", ErrorCode::bad_quote},
  };
  for (const auto& [written, code] : bad) {
    const Reader read(written);
    ASSERT_FALSE(read.parsed) << written;
    EXPECT_EQ(to_string(read.parsed.error().code), to_string(code)) << written;
  }
}

TEST(NameAddr, SpanOutsideTheMessageIsRefused) {
  EXPECT_FALSE(parse_name_addr("<sip:a@b>", {0, 10}));
}

}  // namespace
}  // namespace stirline::sip::name_addr_test
