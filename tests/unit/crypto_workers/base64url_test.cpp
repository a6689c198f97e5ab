#include "crypto_workers/passport/base64url.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::base64url_test {
namespace {

std::optional<std::string> decoded(std::string_view text, std::size_t room = 64) {
  std::vector<std::uint8_t> out(room);
  const auto length = base64url_decode(text, out);
  return length ? std::optional(std::string(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*length)))
                : std::nullopt;
}

// RFC 4648 10, without padding
TEST(Base64url, Rfc4648Vectors) {
  const std::pair<std::string, std::string> kPairs[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : kPairs) {
    EXPECT_EQ(test::base64url(plain), encoded);
    EXPECT_EQ(decoded(encoded), plain);
  }
}

TEST(Base64url, EveryOctetRoundTripsAtEveryLength) {
  std::string text;
  for (int i = 0; i < 256; ++i) {
    text.push_back(static_cast<char>(i));
    EXPECT_EQ(decoded(test::base64url(text), 256), text);
  }
}

// STIR-VS-07
TEST(Base64url, RefusesWhatIsNotExact) {
  for (const std::string_view text : {"Zg==", "Zg=", "Zm8=", "Z", "Zm9vY", "Zm 9", "Zm9v\n", "+m9v", "/m9v", "Zm9.",
                                      "Z\x80\xff"
                                      "v"}) {
    EXPECT_FALSE(decoded(text)) << text;
  }
  for (const std::string_view text : {"Zh", "Zv", "Zm9", "Zm-"}) {  // bits behind the last octet
    EXPECT_FALSE(decoded(text)) << text;
  }
}

TEST(Base64url, NeverWritesBeyondItsRoom) {
  EXPECT_FALSE(decoded("Zm9vYmFy", 5));
  EXPECT_TRUE(decoded("Zm9vYmFy", 6));
  std::array<char, 3> small{};
  EXPECT_EQ(base64url_encode(test::octets("foo"), small), 0U);
}

}  // namespace
}  // namespace stirline::crypto::base64url_test
