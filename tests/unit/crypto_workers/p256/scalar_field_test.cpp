// The portable arithmetic against OpenSSL's big numbers, at and around the edges of both ranges and at random.
#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/p256/scalar/affine_sum.hpp"
#include "tests/unit/crypto_workers/p256/big_number.hpp"

namespace stirline::crypto::scalar::scalar_field_test {
namespace {

using test::from_words;
using test::Number;
using test::to_words;

template <typename Modulus>
class ScalarField : public testing::Test {
 protected:
  ScalarField() { BN_lshift(radix.get(), Number(1).get(), kRadixBits); }

  // 0, 1, M, 2^256 and powers of two, one less and one more, and words of long runs of bits: all below `limit`.
  [[nodiscard]] std::vector<Words> edges(const Number& limit) const {
    std::vector<Words> all;
    const auto add = [&](const Number& number) {
      if (BN_is_negative(number.get()) == 0 && number < limit) {
        all.push_back(to_words(number));
      }
    };
    std::vector<Number> centres{Number(0), modulus, radix};
    for (int bit = 0; bit < 256; bit += 8) {
      BN_lshift(centres.emplace_back().get(), Number(1).get(), bit);
    }
    for (const Number& centre : centres) {
      for (int offset = -2; offset <= 2; ++offset) {
        const Number near(centre);
        offset < 0 ? BN_sub_word(near.get(), static_cast<unsigned>(-offset))
                   : BN_add_word(near.get(), static_cast<unsigned>(offset));
        add(near);
      }
    }
    std::mt19937_64 random(7);
    for (int i = 0; i < 400; ++i) {
      Words words{};
      for (std::uint64_t& word : words.word) {
        const std::array<std::uint64_t, 6> choices = {0, ~std::uint64_t{0}, random(), 1, 0xffffffff, ~0xffffffffULL};
        word = choices[random() % choices.size()];
      }
      add(from_words(words));
    }
    return all;
  }

  [[nodiscard]] Number remainder(const Number& x) const {
    const Number result;
    BN_nnmod(result.get(), x.get(), modulus.get(), context.get());
    return result;
  }

  // a b / R modulo M
  [[nodiscard]] Number montgomery(const Number& a, const Number& b) const {
    const Number result;
    BN_mod_mul(result.get(), a.get(), b.get(), modulus.get(), context.get());
    BN_mod_mul(result.get(), result.get(), radix_inverse().get(), modulus.get(), context.get());
    return result;
  }

  [[nodiscard]] Number radix_inverse() const {
    const Number result;
    BN_mod_inverse(result.get(), radix.get(), modulus.get(), context.get());
    return result;
  }

  BigNumberContext context{BN_CTX_new()};
  Number modulus = from_words(Modulus::kConstants.modulus);
  Number radix;
};

using Moduli = testing::Types<FieldPrime, GroupOrder>;
TYPED_TEST_SUITE(ScalarField, Moduli);

template <typename Modulus, Range range>
Number number(const Element<Modulus, range>& x) {
  return from_words(words_of(x));
}

TYPED_TEST(ScalarField, Constants) {
  using Modulus = TypeParam;
  const auto power = [&](unsigned exponent) {
    const Number result(1);
    for (unsigned i = 0; i < exponent; ++i) {
      BN_mod_mul(result.get(), result.get(), this->radix.get(), this->modulus.get(), this->context.get());
    }
    return result;
  };
  EXPECT_EQ(from_words(Modulus::kConstants.one), power(1));
  EXPECT_EQ(from_words(Modulus::kConstants.r2), power(2));
  EXPECT_EQ(from_words(Modulus::kConstants.r3), power(3));
  EXPECT_EQ(Modulus::kConstants.inverse * Modulus::kConstants.modulus.word[0], ~std::uint64_t{0});
}

// What one reduced factor promises, and what two loose ones do.
TYPED_TEST(ScalarField, Products) {
  using Modulus = TypeParam;
  const std::vector<Words> left = this->edges(this->modulus);
  const std::vector<Words> right = this->edges(this->radix);
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = i % 7; j < right.size(); j += 7) {
      const auto a = element_of<Modulus>(left[i]);
      const auto b = element_of<Modulus, Range::loose>(right[j]);
      const Number wanted = this->montgomery(number(a), number(b));
      EXPECT_EQ(number(a * b), wanted);
      EXPECT_EQ(number(b * a), wanted);
      EXPECT_EQ(this->remainder(number(loose_product(b, a))), wanted);
    }
  }
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (std::size_t j = i % 7; j < right.size(); j += 7) {
      const auto a = element_of<Modulus, Range::loose>(right[i]);
      const auto b = element_of<Modulus, Range::loose>(right[j]);
      EXPECT_EQ(this->remainder(number(loose_product(a, b))), this->montgomery(number(a), number(b)));
    }
  }
}

TYPED_TEST(ScalarField, Squares) {
  using Modulus = TypeParam;
  for (const Words& words : this->edges(this->modulus)) {
    const auto a = element_of<Modulus>(words);
    EXPECT_EQ(number(squared(a)), this->montgomery(number(a), number(a)));
    EXPECT_EQ(number(from_montgomery(to_montgomery(a))), number(a));
  }
}

TYPED_TEST(ScalarField, SumsAndDifferences) {
  using Modulus = TypeParam;
  const std::vector<Words> all = this->edges(this->modulus);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i % 3; j < all.size(); j += 3) {
      const auto a = element_of<Modulus>(all[i]);
      const auto b = element_of<Modulus>(all[j]);
      const Number sum;
      const Number difference;
      BN_mod_add(sum.get(), number(a).get(), number(b).get(), this->modulus.get(), this->context.get());
      BN_mod_sub(difference.get(), number(a).get(), number(b).get(), this->modulus.get(), this->context.get());
      EXPECT_EQ(number(a + b), sum);
      EXPECT_EQ(number(a - b), difference);
      EXPECT_EQ(is_equal(a, b), number(a) == number(b) ? 1U : 0U);
    }
  }
}

TYPED_TEST(ScalarField, Remainders) {
  using Modulus = TypeParam;
  for (const Words& words : this->edges(this->radix)) {
    const auto a = element_of<Modulus, Range::loose>(words);
    EXPECT_EQ(number(reduced(a)), this->remainder(number(a)));
  }
  for (const Words& words : this->edges(this->modulus)) {
    const auto a = element_of<Modulus>(words);
    EXPECT_EQ(number(opposite_if(0, a)), number(a));
    const Number opposite;
    BN_sub(opposite.get(), this->modulus.get(), number(a).get());
    EXPECT_EQ(number(opposite_if(~std::uint64_t{0}, a)), opposite);
    EXPECT_EQ(is_zero(a), BN_is_zero(number(a).get()) != 0 ? 1U : 0U);
  }
}

}  // namespace
}  // namespace stirline::crypto::scalar::scalar_field_test
