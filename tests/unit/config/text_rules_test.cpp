#include "config/text_rules.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace stirline::config::text_rules_test {
namespace {

using namespace std::string_view_literals;

TEST(TextRules, Names) {
  EXPECT_TRUE(is_name("carrier-1.west_A"));
  EXPECT_TRUE(is_name(std::string(64, 'x')));
  for (const std::string_view bad : {""sv, "a b"sv, "a/b"sv, "\"a\""sv, "a\0"sv, "\xc3\xa4"sv}) {
    EXPECT_FALSE(is_name(bad)) << bad;
  }
  EXPECT_FALSE(is_name(std::string(65, 'x')));
}

TEST(TextRules, NumbersAndDigits) {
  EXPECT_TRUE(is_digits("123456789012345", 1, 15));
  EXPECT_FALSE(is_digits("1234567890123456", 1, 15));
  EXPECT_FALSE(is_digits("", 1, 15));
  EXPECT_FALSE(is_digits("+1", 1, 15));
  EXPECT_TRUE(is_telephone_number("*31#"));
  EXPECT_FALSE(is_telephone_number("+49"));
  EXPECT_EQ(power_of_ten(0), 1U);
  EXPECT_EQ(power_of_ten(15), 1'000'000'000'000'000U);
  EXPECT_EQ(digits_value("0123"), 123U);
}

TEST(TextRules, Uuids) {
  EXPECT_TRUE(is_uuid("123e4567-e89b-12d3-a456-426614174000"));
  EXPECT_TRUE(is_uuid("123E4567-E89B-12D3-A456-426614174000"));
  EXPECT_FALSE(is_uuid("123e4567-e89b-12d3-a456-42661417400"));
  EXPECT_FALSE(is_uuid("123e4567-e89b-12d3-a456-42661417400g"));
  EXPECT_FALSE(is_uuid("123e4567xe89b-12d3-a456-426614174000"));
  EXPECT_FALSE(is_uuid("123e4567-e89b-12d3-a456-4266141740-0"));
}

TEST(TextRules, AttestLetters) {
  for (const char good : "ABC-"sv) {
    EXPECT_TRUE(is_attest(good));
  }
  for (const char bad : "D@abc \0"sv) {
    EXPECT_FALSE(is_attest(bad));
  }
}

// STIR-CF-01
TEST(TextRules, X5uUrls) {
  for (const std::string_view good :
       {"https://cert.example.org/passport.cer"sv, "https://cert.example.org:443/a"sv,
        "https://cert.example.org:8443"sv, "https://[2001:db8::1]:8443/a"sv, "https://192.0.2.1/a%20b"sv}) {
    EXPECT_TRUE(is_x5u(good)) << good;
  }
  for (const std::string_view bad :
       {""sv, "http://cert.example.org/a"sv, "https://"sv, "https:///a"sv, "https://cert.example.org:80/a"sv,
        "https://cert.example.org:/a"sv, "https://user@cert.example.org/a"sv, "https://cert.example.org/a?b"sv,
        "https://cert.example.org/a#b"sv, "https://cert.example.org/<a>"sv, "https://cert.example.org/\"a"sv,
        "https://cert.example.org/a b"sv, "https://cert.example.org/\\"sv, "https://[]/a"sv, "https://[::1/a"sv,
        "https://[::1]x/a"sv, "https://ce_rt.example/a"sv, "https://c\xc3\xa4.example/a"sv}) {
    EXPECT_FALSE(is_x5u(bad)) << bad;
  }
  const std::string longest = "https://a/" + std::string(502, 'x');
  EXPECT_TRUE(is_x5u(longest));
  EXPECT_FALSE(is_x5u(longest + "x"));
}

TEST(TextRules, HttpsUrlsOfAnyPortAndTheirHosts) {
  for (const auto& [url, host] : {std::pair{"https://CRL.example.org/a"sv, "CRL.example.org"sv},
                                  {"https://crl.example.org:9443"sv, "crl.example.org"sv},
                                  {"https://[2001:db8::1]:1/a"sv, "[2001:db8::1]"sv},
                                  {"https://192.0.2.1"sv, "192.0.2.1"sv}}) {
    EXPECT_TRUE(is_https_url(url)) << url;
    EXPECT_EQ(host_of_https_url(url), host);
  }
  for (const std::string_view bad :
       {""sv, "http://a.example/"sv, "https://a.example:/"sv, "https://a.example:123456/"sv, "https://a.example:1a/"sv,
        "https://a.example@b.example/"sv, "https://a.example/?b"sv, "https://[::1]x/"sv, "https://:443/"sv}) {
    EXPECT_FALSE(is_https_url(bad)) << bad;
    EXPECT_TRUE(host_of_https_url(bad).empty()) << bad;
  }
}

}  // namespace
}  // namespace stirline::config::text_rules_test
