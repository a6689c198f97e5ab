#include "sip_parser/uri.hpp"

#include <string>

#include <gtest/gtest.h>

namespace stirline::sip::uri_test {
namespace {

struct Reader {
  std::string octets;
  std::expected<Uri, ParseError> uri;

  // The URI stands between two octets that do not belong to it.
  explicit Reader(const std::string& written)
      : octets("<" + written + ">"), uri(parse_uri(octets, {1, static_cast<std::uint16_t>(written.size())})) {}

  [[nodiscard]] std::string_view text(Span span) const { return sip::text(octets, span); }
};

TEST(Uri, SipWithEverything) {
  const Reader read("SIPS:alice;day=tuesday:se%20cret@[2001:db8::1]:5061;transport=tcp;lr?Subject=x&Priority=urgent");
  ASSERT_TRUE(read.uri);
  EXPECT_EQ(read.uri->scheme, Scheme::sips);
  EXPECT_EQ(read.text(read.uri->user), "alice;day=tuesday");
  EXPECT_EQ(read.text(read.uri->password), "se%20cret");
  EXPECT_EQ(read.text(read.uri->host), "[2001:db8::1]");
  EXPECT_EQ(read.text(read.uri->port), "5061");
  EXPECT_EQ(read.text(read.uri->params), "transport=tcp;lr");
  EXPECT_EQ(read.text(read.uri->headers), "Subject=x&Priority=urgent");
  EXPECT_EQ(read.text(read.uri->whole), read.octets.substr(1, read.octets.size() - 2));
}

TEST(Uri, SipWithNothing) {
  const Reader read("sip:example.com");
  ASSERT_TRUE(read.uri);
  EXPECT_EQ(read.uri->scheme, Scheme::sip);
  EXPECT_TRUE(read.uri->user.empty());
  EXPECT_EQ(read.text(read.uri->host), "example.com");
  EXPECT_TRUE(read.uri->port.empty());
}

TEST(Uri, Tel) {
  const Reader read("tel:+1-215-555-0121;ext=77;phone-context=+1");
  ASSERT_TRUE(read.uri);
  EXPECT_EQ(read.uri->scheme, Scheme::tel);
  EXPECT_EQ(read.text(read.uri->user), "+1-215-555-0121");
  EXPECT_EQ(read.text(read.uri->params), "ext=77;phone-context=+1");
  EXPECT_TRUE(read.uri->host.empty());
}

TEST(Uri, OtherSchemesAreOpaque) {
  EXPECT_EQ(Reader("urn:service:sos").uri->scheme, Scheme::urn);
  const Reader read("soap.beep://192.0.2.103:3002");
  ASSERT_TRUE(read.uri);
  EXPECT_EQ(read.uri->scheme, Scheme::other);
  EXPECT_TRUE(read.uri->host.empty());
}

TEST(Uri, Refuses) {
  for (const std::string bad : {"",
                                "sip",
                                "sip:",
                                ":a@b",
                                "1sip:a@b",
                                "sip:@b",
                                "sip:a@",
                                "sip:a@b@c",
                                "sip:a b@c",
                                "sip:a@b c",
                                "sip:a@b:",
                                "sip:a@b:x",
                                "sip:a@b:65536",
                                "sip:a@b:000005060x",
                                "sip:a@b;",
                                "sip:a@b;;c",
                                "sip:a@b;=c",
                                "sip:a@b?",
                                "sip:2001:db8::10",
                                "sip:a@[2001:db8::1",
                                "sip:a@[]",
                                "sip:a@[1]",
                                "sip:a@[::g]",
                                "sip:%",
                                "sip:%4@b",
                                "sip:%4g@b",
                                "sip:a@b%41",
                                "sip:a\"@b",
                                "sip:\xC3\xA4@b",
                                "sip:a@b;user=phone;User=ip",
                                "sip:a@b;c@d",
                                "tel:",
                                "tel:;x",
                                "tel:+1 2",
                                "tel:+1<2",
                                "tel:+12155550121;ext?1",
                                "http:a b",
                                "http:<a>",
                                "sip:a:b:c@d",
                                "sip:a@b;x=%zz",
                                "sip:a@b?x=%"}) {
    const Reader read(bad);
    ASSERT_FALSE(read.uri) << bad;
    EXPECT_EQ(read.uri.error().code, ErrorCode::bad_uri) << bad;
    EXPECT_LE(read.uri.error().offset, read.octets.size()) << bad;
  }
}

TEST(Uri, SpanOutsideTheMessageIsRefused) {
  EXPECT_FALSE(parse_uri("sip:a@b", {0, 8}));
  EXPECT_FALSE(parse_uri("sip:a@b", {9, 1}));
}

TEST(Uri, FindsParameters) {
  const std::string octets = "sip:a@b;transport=udp;USER=phone;lr;x=";
  const auto uri = parse_uri(octets, {0, static_cast<std::uint16_t>(octets.size())});
  ASSERT_TRUE(uri);
  const Parameter user = find_parameter(octets, uri->params, "user");
  ASSERT_TRUE(user.present);
  EXPECT_EQ(text(octets, user.name), "USER");
  EXPECT_EQ(text(octets, user.value), "phone");
  EXPECT_EQ(text(octets, user.whole), ";USER=phone");
  const Parameter transport = find_parameter(octets, uri->params, "transport");
  EXPECT_EQ(text(octets, transport.whole), ";transport=udp");
  const Parameter lr = find_parameter(octets, uri->params, "lr");
  EXPECT_TRUE(lr.present);
  EXPECT_TRUE(lr.value.empty());
  EXPECT_EQ(text(octets, lr.whole), ";lr");
  EXPECT_TRUE(find_parameter(octets, uri->params, "x").present);
  EXPECT_FALSE(find_parameter(octets, uri->params, "verstat").present);
  EXPECT_FALSE(find_parameter(octets, {}, "user").present);
  EXPECT_FALSE(find_parameter(octets, {30, 30}, "user").present);
}

TEST(Uri, ParameterOfAHeaderMayBeQuotedAndFolded) {
  const std::string octets = ";a=\"x;tag=no\" ;\r\n tag = yes";
  const Parameter tag = find_parameter(octets, {1, static_cast<std::uint16_t>(octets.size() - 1)}, "tag");
  ASSERT_TRUE(tag.present);
  EXPECT_EQ(text(octets, tag.value), "yes");
  EXPECT_EQ(text(octets, tag.whole), ";\r\n tag = yes");
}

}  // namespace
}  // namespace stirline::sip::uri_test
