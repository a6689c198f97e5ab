// Every octet of an image changed, every length cut: a decoder never crashes, never reads outside (sanitizers watch)
// and accepts only what it would itself write, octet for octet: so nothing out of range can pass.
#include <gtest/gtest.h>

#include "tests/unit/config/sample_tables.hpp"

namespace stirline::config::tables::image_mutation_test {
namespace {

Image again(const std::vector<Trunk>& table) {
  return encode_trunks(table);
}
Image again(const std::vector<Credential>& table) {
  return encode_credentials(table);
}
Image again(const std::vector<Certificate>& table) {
  return encode_certificates(table);
}
Image again(const NumberTable& table) {
  return encode_numbers({table.ranges().begin(), table.ranges().end()});
}

template <typename Decode>
void mutate(const Image& good, Decode&& decode) {
  ASSERT_TRUE(decode(good)) << decode(good).error().text;
  std::size_t refused = 0;
  const auto check = [&](const Image& image) {
    const auto table = decode(image);
    if (table) {
      EXPECT_EQ(again(*table), image);
    } else {
      EXPECT_FALSE(table.error().text.empty());
      ++refused;
    }
  };
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Image image = good;
      image[i] = static_cast<std::byte>(value);
      check(image);
    }
  }
  EXPECT_GT(refused, good.size());
  for (std::size_t length = 0; length < good.size(); ++length) {
    // A copy of its own, so that a read behind the end is seen.
    const Image cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(decode(cut)) << length;
  }
}

TEST(ImageMutation, Trunks) {
  mutate(encode_trunks(test::sample_trunks()), decode_trunks);
}
TEST(ImageMutation, Numbers) {
  mutate(encode_numbers(test::sample_numbers()), NumberTable::open);
}
TEST(ImageMutation, Credentials) {
  mutate(encode_credentials(test::sample_credentials()), decode_credentials);
}
TEST(ImageMutation, Certificates) {
  mutate(encode_certificates(test::sample_certificates()), decode_certificates);
}

}  // namespace
}  // namespace stirline::config::tables::image_mutation_test
