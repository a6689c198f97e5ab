// STIR-ID-03, STIR-ID-04: what is a telephone number, and its canonical form.
#include "sip_parser/telephone_number.hpp"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stirline::sip::telephone_number_test {
namespace {

const DialPlan kAmerica = {
    .country_code = "1", .national_prefix = "1", .international_prefix = "011", .national_digits = 10};
const DialPlan kGermany = {.country_code = "49", .national_prefix = "0", .international_prefix = "00"};

std::string number_of(const std::string& written, const DialPlan& plan) {
  const auto uri = parse_uri(written, {0, static_cast<std::uint16_t>(written.size())});
  if (!uri) {
    return "bad uri";
  }
  const auto number = telephone_number(written, *uri, plan);
  return number ? std::string(number->view()) : "none";
}

TEST(TelephoneNumber, EveryRowOfTheVectors) {
  const char* source = std::getenv("STIRLINE_SOURCE");
  ASSERT_NE(source, nullptr);
  std::ifstream in(std::string(source) + "/tests/vectors/stir/canonicalization.json");
  const auto vectors = nlohmann::json::parse(in);
  ASSERT_EQ(vectors.at("tn").size(), 11U);
  for (const auto& row : vectors.at("tn")) {
    const std::string expected = row.at("kind") == "tn" ? row.at("out").get<std::string>() : "none";
    EXPECT_EQ(number_of(row.at("in"), kAmerica), expected) << row.dump();
  }
  ASSERT_EQ(vectors.at("uri").size(), 6U);
  for (const auto& row : vectors.at("uri")) {
    EXPECT_EQ(number_of(row.at("in"), kAmerica), "none") << row.dump();
  }
}

TEST(TelephoneNumber, DialPlans) {
  const std::vector<std::tuple<std::string, const DialPlan*, std::string>> rows = {
      {"tel:030123456", &kGermany, "4930123456"},
      {"tel:0049-30-123456", &kGermany, "4930123456"},
      {"tel:001(215)5550121", &kGermany, "12155550121"},
      {"tel:110", &kGermany, "110"},
      {"tel:0110", &kGermany, "0110"},  // too short for a national number
      {"tel:123456", &kGermany, "123456"},
      {"tel:215-555-0121", &kAmerica, "12155550121"},
      {"tel:12155550121", &kAmerica, "12155550121"},
      {"tel:5550121", &kAmerica, "5550121"},
      {"tel:112", &kAmerica, "112"},
      {"tel:011", &kAmerica, "011"},
      {"tel:0110", &kAmerica, "0110"},  // no country code begins with 0
  };
  for (const auto& [written, plan, expected] : rows) {
    EXPECT_EQ(number_of(written, *plan), expected) << written;
  }
  DialPlan routed = kAmerica;
  routed.routing_prefix = "1010288";
  EXPECT_EQ(number_of("tel:10102882155550121", routed), "12155550121");
  EXPECT_EQ(number_of("tel:+10102882155550", routed), "10102882155550");
  EXPECT_EQ(number_of("tel:2155550121", {}), "2155550121");
}

TEST(TelephoneNumber, Classification) {
  DialPlan strict = kAmerica;
  strict.accept_bare_digits = false;
  strict.accept_leading_plus = false;
  EXPECT_EQ(number_of("sip:2155550121@x", kAmerica), "12155550121");
  EXPECT_EQ(number_of("sip:2155550121@x", strict), "none");
  EXPECT_EQ(number_of("sip:+12155550121@x", strict), "none");
  EXPECT_EQ(number_of("sip:+12155550121@x;user=PHONE", strict), "12155550121");
  EXPECT_EQ(number_of("sip:+12155550121@x;user=ip", strict), "none");
  EXPECT_EQ(number_of("sip:*67@x", kAmerica), "none");
  EXPECT_EQ(number_of("sip:alice@x;user=phone", kAmerica), "none");
  EXPECT_EQ(number_of("sip:alice7@x;user=phone", kAmerica), "none");
  EXPECT_EQ(number_of("sip:x", kAmerica), "none");
  EXPECT_EQ(number_of("urn:service:sos", kAmerica), "none");
  EXPECT_EQ(number_of("sip:;npdi@x;user=phone", kAmerica), "none");
  EXPECT_EQ(number_of("sip:+1%20(215)%20555-0121@x;user=phone", kAmerica), "12155550121");
  EXPECT_EQ(number_of("sip:%2b1215555%30121@x;user=phone", kAmerica), "12155550121");
  EXPECT_EQ(number_of("sip:+1215%00@x;user=phone", kAmerica), "none");
  EXPECT_EQ(number_of("sip:+1215%3Brn@x;user=phone", kAmerica), "none");
  EXPECT_EQ(number_of("tel:+0215", kAmerica), "none");
  EXPECT_EQ(number_of("tel:+1234567890123456", kAmerica), "none");  // 16 digits
  EXPECT_EQ(number_of("tel:+", kAmerica), "none");
  EXPECT_EQ(number_of("tel:++1215", kAmerica), "none");
  EXPECT_EQ(number_of("tel:1+215", kAmerica), "none");
  EXPECT_EQ(number_of("tel:+1215*1", kAmerica), "none");
  EXPECT_EQ(number_of("tel:" + std::string(32, '1'), kAmerica), "none");
  EXPECT_EQ(number_of("tel:" + std::string(31, '2'), kAmerica), std::string(31, '2'));
  EXPECT_EQ(number_of("sip:" + std::string(5000, '-') + "1@x;user=phone", kAmerica), "none");
}

// RFC 3966 5.1.5: whose local number is it?
TEST(TelephoneNumber, PhoneContext) {
  EXPECT_EQ(number_of("tel:2155550121;phone-context=+1", kAmerica), "12155550121");
  EXPECT_EQ(number_of("tel:2155550121;phone-context=+49", kAmerica), "none");
  EXPECT_EQ(number_of("tel:2155550121;phone-context=+1", {}), "none");
  EXPECT_EQ(number_of("tel:+12155550121;phone-context=example.com", kAmerica), "12155550121");
  EXPECT_EQ(number_of("sip:7042;phone-context=example.com@x;user=phone", kAmerica), "none");
  EXPECT_EQ(number_of("sip:2155550121;Phone-Context=+1@x;user=phone", kAmerica), "12155550121");
}

TEST(TelephoneNumber, CanonicalNumber) {
  EXPECT_EQ(canonical_number("+1 (215) 555-0121", {})->view(), "12155550121");
  EXPECT_FALSE(canonical_number("", {}));
  EXPECT_FALSE(canonical_number("()", {}));
  EXPECT_FALSE(canonical_number("+1%20", {}));
  EXPECT_TRUE(canonical_number("+1215", {}) == canonical_number("+1-215", {}));
  EXPECT_FALSE(canonical_number("+1215", {}) == canonical_number("+1216", {}));
  EXPECT_EQ(canonical_number("#31#", kAmerica)->view(), "#31#");
}

}  // namespace
}  // namespace stirline::sip::telephone_number_test
