// The vector arithmetic against OpenSSL's big numbers, at and around the edges of every bound and at random.
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/curve.hpp"
#include "crypto_workers/p256/modular_inverse.hpp"
#include "tests/unit/crypto_workers/p256/big_number.hpp"
#include "tests/unit/crypto_workers/p256/ifma_field.hpp"

namespace stirline::crypto::field_test {
namespace {

using ifma::test::Octuple;
using test::from_words;
using test::Number;

Number from_lane(const Octuple& x, std::size_t lane) {
  Number result;
  for (std::size_t i = 5; i-- != 0;) {
    BN_lshift(result.get(), result.get(), 52);
    BN_add_word(result.get(), x[i][lane]);
  }
  return result;
}

void to_lane(const Number& number, Octuple& x, std::size_t lane) {
  std::array<std::uint8_t, 40> octets{};
  ASSERT_GE(BN_bn2lebinpad(number.get(), octets.data(), 40), 0);
  for (std::size_t i = 0; i < 5; ++i) {
    std::uint64_t limb = 0;
    for (std::size_t bit = 0; bit < 52; ++bit) {
      const std::size_t place = i * 52 + bit;
      limb |= std::uint64_t{octets[place / 8]} >> (place % 8) << 63 >> (63 - bit);
    }
    x[i][lane] = limb;
  }
}

class Field : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!has_ifma()) {
      GTEST_SKIP() << "this processor has no AVX-512 IFMA";
    }
    BN_lshift(radix.get(), Number(1).get(), 260);
  }

  [[nodiscard]] bool order() const { return GetParam(); }

  // 0, 1, multiples of the modulus and of powers of two, one less and one more, values of long runs of bits, all below
  // `moduli` times the modulus.
  [[nodiscard]] std::vector<Number> edges(unsigned moduli) const {
    const Number limit = times(moduli);
    std::vector<Number> all;
    const auto add = [&](const Number& number) {
      for (int offset = -1; offset <= 1; ++offset) {
        const Number near(number);
        offset < 0 ? BN_sub_word(near.get(), 1) : BN_add_word(near.get(), static_cast<unsigned>(offset));
        if (BN_is_negative(near.get()) == 0 && near < limit) {
          all.push_back(near);
        }
      }
    };
    for (unsigned factor = 0; factor <= moduli; ++factor) {
      add(times(factor));
    }
    for (int bit = 0; bit <= 260; bit += 4) {
      const Number power(1);
      BN_lshift(power.get(), power.get(), bit);
      add(power);
    }
    std::mt19937_64 random(7);
    for (int i = 0; i < 200; ++i) {
      const Number number;
      for (int limb = 0; limb < 5; ++limb) {
        const std::uint64_t mask = (std::uint64_t{1} << 52) - 1;
        const std::uint64_t choices[] = {0, mask, random() & mask, std::uint64_t{1} << 51, 1};
        BN_lshift(number.get(), number.get(), 52);
        BN_add_word(number.get(), choices[random() % 5]);
      }
      BN_mod(number.get(), number.get(), limit.get(), context.get());
      all.push_back(number);
    }
    while (all.size() % 8 != 0) {
      all.emplace_back(1);
    }
    return all;
  }

  [[nodiscard]] Number times(unsigned factor) const {
    Number product(modulus);
    BN_mul_word(product.get(), factor);
    return product;
  }

  [[nodiscard]] Number remainder(const Number& x) const {
    Number result;
    BN_nnmod(result.get(), x.get(), modulus.get(), context.get());
    return result;
  }

  void expect_product(const Number& a, const Number& b, const Number& product, unsigned bound) const {
    const Number wanted;
    const Number scaled;
    BN_mod_mul(wanted.get(), a.get(), b.get(), modulus.get(), context.get());
    BN_mod_mul(scaled.get(), product.get(), radix.get(), modulus.get(), context.get());
    EXPECT_TRUE(scaled == wanted);
    EXPECT_TRUE(product < times(bound));
  }

  BigNumberContext context{BN_CTX_new()};
  Number modulus = from_words(GetParam() ? kGroupOrder : kFieldPrime);
  Number radix;
};
INSTANTIATE_TEST_SUITE_P(Moduli, Field, testing::Bool());

TEST_P(Field, Products) {
  const std::vector<Number> left = edges(16);
  const std::vector<Number> right = edges(8);
  for (std::size_t shift = 0; shift < right.size(); shift += 37) {
    for (std::size_t first = 0; first < left.size(); first += 8) {
      Octuple a{};
      Octuple b{};
      Octuple product{};
      for (std::size_t lane = 0; lane < 8; ++lane) {
        to_lane(left[first + lane], a, lane);
        to_lane(right[(first + lane + shift) % right.size()], b, lane);
      }
      ifma::test::multiply(order(), a, b, product);
      for (std::size_t lane = 0; lane < 8; ++lane) {
        // 16 M times 8 M: below (16 8 / 16 + 1) M
        expect_product(from_lane(a, lane), from_lane(b, lane), from_lane(product, lane), 9);
      }
    }
  }
}

TEST_P(Field, SquaresInPairs) {
  if (order()) {
    GTEST_SKIP() << "only products are made modulo n";
  }
  const std::vector<Number> all = edges(8);
  for (std::size_t first = 0; first < all.size(); first += 8) {
    Octuple a{};
    Octuple b{};
    Octuple a_squared{};
    Octuple b_squared{};
    for (std::size_t lane = 0; lane < 8; ++lane) {
      to_lane(all[first + lane], a, lane);
      to_lane(all[all.size() - 1 - first - lane], b, lane);
    }
    ifma::test::square_in_pairs(a, b, a_squared, b_squared);
    for (std::size_t lane = 0; lane < 8; ++lane) {
      expect_product(from_lane(a, lane), from_lane(a, lane), from_lane(a_squared, lane), 5);
      expect_product(from_lane(b, lane), from_lane(b, lane), from_lane(b_squared, lane), 5);
    }
  }
}

TEST_P(Field, Differences) {
  const std::vector<Number> all = edges(8);
  for (std::size_t shift = 0; shift < all.size(); shift += 41) {
    for (std::size_t first = 0; first < all.size(); first += 8) {
      Octuple a{};
      Octuple b{};
      Octuple difference{};
      for (std::size_t lane = 0; lane < 8; ++lane) {
        to_lane(all[first + lane], a, lane);
        to_lane(all[(first + lane + shift) % all.size()], b, lane);
      }
      ifma::test::subtract(order(), a, b, difference);
      for (std::size_t lane = 0; lane < 8; ++lane) {
        const Number wanted = times(8);
        BN_add(wanted.get(), wanted.get(), from_lane(a, lane).get());
        BN_sub(wanted.get(), wanted.get(), from_lane(b, lane).get());
        EXPECT_TRUE(from_lane(difference, lane) == wanted);
      }
    }
  }
}

TEST_P(Field, Remainders) {
  const std::vector<Number> all = edges(16);
  for (std::size_t first = 0; first < all.size(); first += 8) {
    Octuple a{};
    Octuple tight{};
    Octuple rest{};
    for (std::size_t lane = 0; lane < 8; ++lane) {
      to_lane(all[first + lane], a, lane);
    }
    order() ? ifma::test::reduce_modulo_order(a, rest) : ifma::test::reduce(a, tight, rest);
    for (std::size_t lane = 0; lane < 8; ++lane) {
      const Number wanted = remainder(from_lane(a, lane));
      EXPECT_TRUE(from_lane(rest, lane) == wanted);
      if (!order()) {
        Number bound(modulus);  // 17/16 p
        BN_rshift(bound.get(), bound.get(), 4);
        BN_add(bound.get(), bound.get(), modulus.get());
        EXPECT_TRUE(remainder(from_lane(tight, lane)) == wanted);
        EXPECT_TRUE(from_lane(tight, lane) < bound);
      }
    }
  }
}

TEST(ModularInverse, AgreesWithOpenssl) {
  const BigNumberContext context(BN_CTX_new());
  for (const auto& [which, words] :
       {std::pair(Modulus::field_prime, kFieldPrime), std::pair(Modulus::group_order, kGroupOrder)}) {
    const Number modulus = from_words(words);
    for (unsigned i = 0; i < 3'000; ++i) {
      const Number x(i % 200);
      if (i >= 200 && i < 400) {
        BN_sub(x.get(), modulus.get(), x.get());
        BN_nnmod(x.get(), x.get(), modulus.get(), context.get());
      } else if (i >= 400) {
        BN_rand_range(x.get(), modulus.get());
      }
      const Number wanted;
      if (BN_is_zero(x.get()) == 0) {
        BN_mod_inverse(wanted.get(), x.get(), modulus.get(), context.get());
      }
      Words input{};
      BN_bn2lebinpad(x.get(), reinterpret_cast<unsigned char*>(input.word), 32);
      EXPECT_TRUE(from_words(modular_inverse(input, which)) == wanted) << i;
      EXPECT_TRUE(from_words(modular_inverse_of_public(input, which)) == wanted) << i;
    }
  }
}

}  // namespace
}  // namespace stirline::crypto::field_test
