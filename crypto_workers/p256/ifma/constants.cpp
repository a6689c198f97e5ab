#include "crypto_workers/p256/ifma/constants.hpp"

#include "crypto_workers/p256/curve.hpp"
#include "crypto_workers/p256/modular_constants.hpp"

namespace stirline::crypto::ifma {
namespace {

constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;

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

constexpr int kRadixBits = static_cast<int>(kLimbs * kLimbBits);

// x 2^exponent mod modulus.
consteval Limbs shifted(const Words& x, int exponent, const Words& modulus) {
  return limbs_of(shifted_modulo(x, exponent, modulus));
}

consteval ModulusConstants constants_of(const Words& modulus) {
  ModulusConstants result{};
  for (std::uint64_t factor = 0; factor <= 8; ++factor) {
    result.multiple[factor] = times(modulus, factor);
  }
  result.one = shifted(kOne, kRadixBits, modulus);
  result.r2 = shifted(kOne, 2 * kRadixBits, modulus);
  result.r3 = shifted(kOne, 3 * kRadixBits, modulus);
  result.upper_half = shifted(kOne, 256 + 2 * kRadixBits, modulus);
  result.inverse = (0 - inverse_modulo_word(modulus)) & kLimbMask;
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
