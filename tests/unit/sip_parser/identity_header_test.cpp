// STIR-HDR-01 to -08, -11: the Identity header field as received.
#include "sip_parser/identity_header.hpp"

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test::identity_header_test {
namespace {

const std::string kDigest = "eyJh-_.eyJi.c2ln";
const std::string kInfo = ";info=<https://certs.example.net/a;b=c,d?e=f>";

struct Reader {
  std::string octets;
  IdentityHeader identity;

  explicit Reader(const std::string& value)
      : octets("[" + value + "]"), identity(parse_identity(octets, {1, static_cast<std::uint16_t>(value.size())})) {}

  [[nodiscard]] std::string_view text(Span span) const { return sip::text(octets, span); }
};

TEST(Identity, AllParts) {
  const Reader read(kDigest + kInfo + ";alg=ES256;ppt=\"shaken\"");
  EXPECT_EQ(read.identity.error, IdentityError::none);
  EXPECT_EQ(read.text(read.identity.digest), kDigest);
  EXPECT_EQ(read.text(read.identity.info), "https://certs.example.net/a;b=c,d?e=f");
  EXPECT_EQ(read.text(read.identity.alg), "ES256");
  EXPECT_EQ(read.text(read.identity.ppt), "shaken");
  EXPECT_FALSE(read.identity.compact);
}

// STIR-HDR-01, STIR-HDR-06: one token, six spellings.
TEST(Identity, SameTokenInSixSpellings) {
  const std::vector<std::string> spellings = {
      "Identity: " + kDigest + kInfo + ";alg=ES256;ppt=shaken",
      "identity:" + kDigest + kInfo + ";ppt=\"shaken\";alg=ES256",
      "y : " + kDigest + " ; ppt = shaken ; alg = ES256 ; info = " + kInfo.substr(6),
      "Y:\r\n " + kDigest + "\r\n " + kInfo + "\r\n\t;ALG=ES256;PPT=\"shaken\"",
      "IDENTITY: eyJh-_\r\n .eyJi.\r\n\tc2ln" + kInfo + ";alg=ES256;ppt=shaken;foo=bar;baz;q=\"x,y;z\"",
      "Identity \t:\t" + kDigest + ";alg=ES256" + kInfo + ";ppt=\r\n \"shaken\""};
  for (const std::string& line : spellings) {
    const Parsed parsed(invite(line + "\r\n"));
    ASSERT_TRUE(parsed.ok()) << line << to_string(parsed.code());
    ASSERT_EQ(parsed.message().identities().size(), 1U) << line;
    const IdentityHeader& identity = parsed.message().identities()[0];
    EXPECT_EQ(identity.error, IdentityError::none) << line;
    std::string digest(parsed.text(identity.digest));
    std::erase_if(digest, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    EXPECT_EQ(digest, kDigest) << line;
    EXPECT_EQ(parsed.text(identity.info), "https://certs.example.net/a;b=c,d?e=f") << line;
    EXPECT_EQ(parsed.text(identity.alg), "ES256") << line;
    EXPECT_EQ(parsed.text(identity.ppt), "shaken") << line;
  }
}

TEST(Identity, CompactForm) {
  const Reader read("..c2ln" + kInfo);
  EXPECT_EQ(read.identity.error, IdentityError::none);
  EXPECT_TRUE(read.identity.compact);
  EXPECT_TRUE(read.identity.alg.empty());  // STIR-HDR-05: ES256 then
  EXPECT_TRUE(read.identity.ppt.empty());
}

TEST(Identity, Errors) {
  const std::vector<std::pair<std::string, IdentityError>> cases = {
      {kDigest, IdentityError::no_info},
      {kDigest + ";alg=ES256", IdentityError::no_info},
      {kDigest + ";info=https://x.example/c", IdentityError::bad_info},  // STIR-HDR-04
      {kDigest + ";info=\"https://x.example/c\"", IdentityError::bad_info},
      {kDigest + ";info=<>", IdentityError::bad_info},
      {kDigest + ";info=<x.example/c>", IdentityError::bad_info},
      {kDigest + ";info=<https:>", IdentityError::bad_info},
      {kDigest + ";info=<1https://x>", IdentityError::bad_info},
      {kDigest + ";info=<https://x /y>", IdentityError::bad_info},
      {kDigest + ";info=<https://\xC3\xA4>", IdentityError::bad_info},
      {kDigest + ";info", IdentityError::bad_info},
      {"" + kInfo, IdentityError::bad_digest},
      {"a.b" + kInfo, IdentityError::bad_digest},
      {"a.b.c.d" + kInfo, IdentityError::bad_digest},
      {"a..c" + kInfo, IdentityError::bad_digest},
      {".b.c" + kInfo, IdentityError::bad_digest},
      {"a.b." + kInfo, IdentityError::bad_digest},
      {".." + kInfo, IdentityError::bad_digest},
      {"a.b.c=" + kInfo, IdentityError::bad_digest},
      {"\"a.b.c\"" + kInfo, IdentityError::bad_digest},
      {"", IdentityError::bad_digest},
      {kDigest + kInfo + ";", IdentityError::bad_parameter},
      {kDigest + ";" + kInfo, IdentityError::bad_parameter},
      {kDigest + kInfo + ";=x", IdentityError::bad_parameter},
      {kDigest + kInfo + ";a@b", IdentityError::bad_parameter},
      {kDigest + kInfo + ";foo=", IdentityError::bad_parameter},
      {kDigest + kInfo + " x", IdentityError::bad_parameter},
      {kDigest + kInfo + ";ppt=\"shaken", IdentityError::bad_parameter},
      {kDigest + ";info=<https://x", IdentityError::bad_parameter},
      {kDigest + kInfo + kInfo, IdentityError::bad_parameter},
      {kDigest + kInfo + ";alg=ES256;ALG=none", IdentityError::bad_parameter},
      {kDigest + kInfo + ";ppt=div;ppt=shaken", IdentityError::bad_parameter},
      {kDigest + kInfo + ";alg=\"ES256\"", IdentityError::bad_parameter},
      {kDigest + kInfo + ";alg", IdentityError::bad_parameter},
      {kDigest + kInfo + ";ppt=\"sha\\ken\"", IdentityError::bad_parameter},
      {kDigest + kInfo + ";ppt=\"\"", IdentityError::bad_parameter},
      {std::string(4000, 'a') + "." + std::string(4000, 'b') + "." + std::string(191, 'c') + kInfo,
       IdentityError::too_long},
      {std::string(4000, 'a') + "." + std::string(4000, 'b') + "." + std::string(190, 'c') + kInfo,
       IdentityError::none},
  };
  for (const auto& [value, error] : cases) {
    EXPECT_EQ(static_cast<int>(Reader(value).identity.error), static_cast<int>(error)) << value.substr(0, 200);
  }
  EXPECT_EQ(parse_identity("a.b.c", {0, 9}).error, IdentityError::bad_digest);
}

// STIR-HDR-02: several, long and compact names mixed; what is beyond the limit is counted.
TEST(Identity, ManyHeaders) {
  for (const std::size_t many : {1U, 2U, 5U, 9U, 16U, 17U, 40U}) {
    std::string lines;
    for (std::size_t i = 0; i < many; ++i) {
      lines += (i % 2 == 0 ? "Identity: " : "y: ") + kDigest + kInfo + ";n=" + std::to_string(i) + "\r\n";
    }
    const Parsed parsed(invite(lines));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed.message().identities_seen(), many);
    EXPECT_EQ(parsed.message().identities().size(), std::min(many, kMaxIdentities));
  }
}

// STIR-HDR-03: joined and split input give the same values.
TEST(Identity, CommaJoined) {
  const std::string first = kDigest + kInfo + ";ppt=\"a,b\"";
  const std::string second = "..c2ln;info=<https://y.example/,>";
  const Parsed joined(invite("Identity: " + first + " ,\r\n " + second + "\r\n"));
  const Parsed split(invite("Identity: " + first + "\r\nIdentity: " + second + "\r\n"));
  ASSERT_EQ(joined.message().identities().size(), 2U);
  ASSERT_EQ(split.message().identities().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const IdentityHeader& a = joined.message().identities()[i];
    const IdentityHeader& b = split.message().identities()[i];
    EXPECT_EQ(joined.text(a.whole), split.text(b.whole));
    EXPECT_EQ(joined.text(a.info), split.text(b.info));
    EXPECT_EQ(a.error, b.error);
  }
}

// RFC 8224 6.2.1: a broken value spoils itself only.
TEST(Identity, BrokenValueSpoilsNothingElse) {
  const Parsed parsed(invite("Identity: \"open\r\nIdentity: " + kDigest + kInfo + "\r\nIdentity:\r\n"));
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed.message().identities().size(), 3U);
  EXPECT_EQ(parsed.message().identities()[0].error, IdentityError::bad_digest);
  EXPECT_EQ(parsed.message().identities()[1].error, IdentityError::none);
  EXPECT_EQ(parsed.message().identities()[2].error, IdentityError::bad_digest);
}

// STIR-HDR-08
TEST(Identity, IdentityInfoIsNotIdentity) {
  const Parsed parsed(invite("Identity-Info: <https://x>;alg=rsa-sha1\r\nn: <https://x>\r\n"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message().identities_seen(), 0U);
}

}  // namespace
}  // namespace stirline::sip::test::identity_header_test
