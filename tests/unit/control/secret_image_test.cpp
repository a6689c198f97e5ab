// Keys at rest in control.
#include "control/secret_image.hpp"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace stirline::control::secret_image_test {
namespace {

config::tables::Image secret() {
  config::tables::Image image(1'000);
  for (std::size_t i = 0; i < image.size(); ++i) {
    image[i] = static_cast<std::byte>(i * 7 + 1);
  }
  return image;
}

TEST(SecretImage, TakesACopyAndWipesTheOriginal) {
  config::tables::Image image = secret();
  const SecretImage kept(image);
  EXPECT_TRUE(std::ranges::equal(kept.view(), secret()));
  EXPECT_EQ(image, config::tables::Image(image.size()));
}

TEST(SecretImage, MovesWithoutCopying) {
  config::tables::Image one = secret();
  config::tables::Image two = secret();
  SecretImage first(one);
  const std::byte* const place = first.view().data();
  SecretImage second = std::move(first);
  EXPECT_EQ(second.view().data(), place);
  SecretImage third(two);
  third = std::move(second);
  EXPECT_EQ(third.view().data(), place);
}

TEST(SecretImage, EmptyIsFine) {
  const SecretImage none{std::span<std::byte>{}};
  EXPECT_TRUE(none.view().empty());
}

}  // namespace
}  // namespace stirline::control::secret_image_test
