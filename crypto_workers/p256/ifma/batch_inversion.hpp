// Inverses of many values for the price of one and three products each (Montgomery's trick), across the lanes too.
//
// The caller multiplies its values into kChains running products, keeping every product as it was before its factor
// came in. `invert` turns the running products into their inverses. Walking back, the inverse of a factor is the
// running inverse times the kept product, and the running inverse times the factor is the next one.
#pragma once

#include "crypto_workers/p256/declassified.hpp"
#include "crypto_workers/p256/ifma/multiply.hpp"
#include "crypto_workers/p256/modular_inverse.hpp"

namespace stirline::crypto::ifma {

inline constexpr std::size_t kChains = 2;  // independent products, so that one does not wait for the other
// Running products of factors below 3 1/16 M (a difference of two tight values) settle below this.
inline constexpr unsigned kRunningBound = 20;
static_assert(product_bound(kRunningBound, kTight + 2 * kOneModulus) <= kRunningBound);

template <std::size_t Distance, typename Modulus, unsigned Bound>
STIRLINE_INLINE Element<Modulus, Bound> rotated_lanes(const Element<Modulus, Bound>& x) {
  Element<Modulus, Bound> result;
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    result.limb[I] = _mm512_maskz_alignr_epi64(0xff, x.limb[I], x.limb[I], Distance);
  });
  return result;
}

STIRLINE_INLINE std::uint64_t lowest_lane(Vector x) {
  return static_cast<std::uint64_t>(x[0]);
}

template <typename ModulusTag>
STIRLINE_INLINE Words words_of_lowest_lane(const Element<ModulusTag, kOneModulus>& x) {
  const std::uint64_t l0 = lowest_lane(x.limb[0]);
  const std::uint64_t l1 = lowest_lane(x.limb[1]);
  const std::uint64_t l2 = lowest_lane(x.limb[2]);
  const std::uint64_t l3 = lowest_lane(x.limb[3]);
  const std::uint64_t l4 = lowest_lane(x.limb[4]);
  return {{l0 | l1 << 52, l1 >> 12 | l2 << 40, l2 >> 24 | l3 << 28, l3 >> 36 | l4 << 16}};
}

STIRLINE_INLINE Limbs limbs_of(const Words& x) {
  const std::uint64_t mask = kConstants.limb_mask;
  return {{x.word[0] & mask, (x.word[0] >> 52 | x.word[1] << 12) & mask, (x.word[1] >> 40 | x.word[2] << 24) & mask,
           (x.word[2] >> 28 | x.word[3] << 36) & mask, x.word[3] >> 16}};
}

template <typename ModulusTag>
constexpr Modulus which_modulus();
template <>
constexpr Modulus which_modulus<FieldPrime>() {
  return Modulus::field_prime;
}
template <>
constexpr Modulus which_modulus<GroupOrder>() {
  return Modulus::group_order;
}

template <typename M>
using RunningProducts = Element<M, kRunningBound>[kChains];

template <typename M>
STIRLINE_INLINE void start_products(RunningProducts<M>& running) {
  unrolled<kChains>(
      [&]<std::size_t I> [[gnu::always_inline]] () { running[I] = broadcast<M, kRunningBound>(M::constants().one); });
}

// False if one of the factors was zero modulo M: there is no inverse then, `running` is as it was.
template <Secrecy secrecy, typename M>
inline bool invert(RunningProducts<M>& running) {
  static_assert(kChains == 2);
  const auto both = running[0] * running[1];
  // Products over 2, 4 and all 8 lanes; in every lane the same at the end.
  const auto other1 = rotated_lanes<4>(both);
  const auto pairs = both * other1;
  const auto other2 = rotated_lanes<2>(pairs);
  const auto quads = pairs * other2;
  const auto other3 = rotated_lanes<1>(quads);
  const auto all = canonical(quads * other3);
  // Public: no nonce that was drawn honestly makes a product zero (below 2^-120), and whoever gets no signature of the
  // batch learns it anyway. It tells nothing of a nonce that is used: the whole batch is thrown away.
  if (declassified(zero_lanes(all) != 0)) {
    return false;
  }
  const Words product = words_of_lowest_lane(all);
  const Words inverse = secrecy == Secrecy::secret ? modular_inverse(product, which_modulus<M>())
                                                   : modular_inverse_of_public(product, which_modulus<M>());
  // (xR)^-1 R^3 / R = x^-1 R: back in Montgomery's form.
  const auto back = broadcast<M, kOneModulus>(limbs_of(inverse)) * broadcast<M, kOneModulus>(M::constants().r3);
  const auto of_both = ((back * other3) * other2) * other1;
  const auto first = of_both * running[1];
  const auto second = of_both * running[0];
  running[0] = widened<kRunningBound>(first);
  running[1] = widened<kRunningBound>(second);
  return true;
}

}  // namespace stirline::crypto::ifma
