#include "crypto_workers/p256/ifma/constants.hpp"

#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto::ifma {
namespace {

constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;

// b of the curve (SP 800-186 3.2.1.3).
constexpr Words kCurveB = {{0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7}};

constexpr Limbs limbs_of(const Words& x) {
  const auto& w = x.word;
  return {{w[0] & kLimbMask, (w[0] >> 52 | w[1] << 12) & kLimbMask, (w[1] >> 40 | w[2] << 24) & kLimbMask,
           (w[2] >> 28 | w[3] << 36) & kLimbMask, w[3] >> 16}};
}

constexpr Limbs times(const Words& x, std::uint64_t factor) {
  Limbs product = limbs_of(x);
  std::uint64_t carry = 0;
  for (std::uint64_t& limb : product.limb) {
    const std::uint64_t sum = limb * factor + carry;
    limb = sum & kLimbMask;
    carry = sum >> kLimbBits;
  }
  return product;
}

// 2x mod modulus, for x below the modulus.
constexpr Words doubled(const Words& x, const Words& modulus) {
  Words sum{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < kWords; ++i) {
    sum.word[i] = x.word[i] << 1 | carry;
    carry = x.word[i] >> 63;
  }
  Words difference{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < kWords; ++i) {
    difference.word[i] = sum.word[i] - modulus.word[i] - borrow;
    borrow = sum.word[i] < modulus.word[i] || (sum.word[i] == modulus.word[i] && borrow != 0) ? 1 : 0;
  }
  return carry != 0 || borrow == 0 ? difference : sum;
}

// x 2^exponent mod modulus.
constexpr Limbs shifted(Words x, int exponent, const Words& modulus) {
  for (int i = 0; i < exponent; ++i) {
    x = doubled(x, modulus);
  }
  return limbs_of(x);
}

constexpr int kRadixBits = static_cast<int>(kLimbs * kLimbBits);
constexpr Words kOne = {{1, 0, 0, 0}};

constexpr ModulusConstants constants_of(const Words& modulus) {
  ModulusConstants result{};
  for (std::uint64_t factor = 0; factor <= 8; ++factor) {
    result.multiple[factor] = times(modulus, factor);
  }
  result.one = shifted(kOne, kRadixBits, modulus);
  result.r2 = shifted(kOne, 2 * kRadixBits, modulus);
  result.r3 = shifted(kOne, 3 * kRadixBits, modulus);
  result.upper_half = shifted(kOne, 256 + 2 * kRadixBits, modulus);
  std::uint64_t inverse = modulus.word[0];  // right in three bits; every round of Newton doubles them
  for (int i = 0; i < 5; ++i) {
    inverse *= 2 - modulus.word[0] * inverse;
  }
  result.inverse = (0 - inverse) & kLimbMask;
  return result;
}

constexpr ModulusConstants kPrimeConstants = constants_of(kFieldPrime);
// The reduction modulo p takes its quotient digit for granted: it is the lowest column itself.
static_assert(kPrimeConstants.inverse == 1);

}  // namespace

constinit const Constants kConstants = {
    .limb_mask = kLimbMask,
    .top_mask = (std::uint64_t{1} << 48) - 1,
    .p_limb1 = std::uint64_t{1} << 44,
    .p_limb3 = std::uint64_t{1} << 36,
    .p_limb4 = (std::uint64_t{1} << 48) - (std::uint64_t{1} << 16),
    .p = kPrimeConstants,
    .n = constants_of(kGroupOrder),
    .raw_one = {{1, 0, 0, 0, 0}},
    .curve_b = shifted(kCurveB, kRadixBits, kFieldPrime),
};

}  // namespace stirline::crypto::ifma
