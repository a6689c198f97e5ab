// Inverses of many values for the price of one and three products each (Montgomery's trick).
//
// The caller multiplies its values into kChains running products, keeping every product as it was before its factor
// came in. `invert` turns the running products into their inverses. Walking back, the inverse of a factor is the
// running inverse times the kept product, and the running inverse times the factor is the next one.
#pragma once

#include "crypto_workers/p256/declassified.hpp"
#include "crypto_workers/p256/modular_inverse.hpp"
#include "crypto_workers/p256/scalar/multiply.hpp"

namespace stirline::crypto::scalar {

inline constexpr std::size_t kChains = 2;  // independent products, so that one does not wait for the other

template <typename Modulus>
using RunningProducts = Loose<Modulus>[kChains];

template <typename Modulus>
STIRLINE_INLINE void start_products(RunningProducts<Modulus>& running) {
  for (Loose<Modulus>& product : running) {
    product = element_of<Modulus, Range::loose>(Modulus::kConstants.one);
  }
}

constexpr crypto::Modulus which_modulus(FieldPrime) {
  return crypto::Modulus::field_prime;
}
constexpr crypto::Modulus which_modulus(GroupOrder) {
  return crypto::Modulus::group_order;
}

// False if one of the factors was zero modulo M: there is no inverse then, `running` is as it was. A function by
// itself, so that the scan of the machine code (tests/checks) knows its one branch.
template <Secrecy secrecy, typename Modulus>
[[gnu::noinline]] bool invert(RunningProducts<Modulus>& running) {
  static_assert(kChains == 2);
  const Element<Modulus> both = reduced(loose_product(running[0], running[1]));
  // Public: no nonce that was drawn honestly makes a product zero (below 2^-120), and whoever gets no signature of the
  // batch learns it anyway. It tells nothing of a nonce that is used: the whole batch is thrown away.
  if (declassified(is_zero(both) != 0)) {
    return false;
  }
  constexpr crypto::Modulus kWhich = which_modulus(Modulus{});
  const Words inverse = secrecy == Secrecy::secret ? modular_inverse(words_of(both), kWhich)
                                                   : modular_inverse_of_public(words_of(both), kWhich);
  // (xR)^-1 R^3 / R = x^-1 R: back in Montgomery's form.
  const Element<Modulus> of_both = element_of<Modulus>(inverse) * element_of<Modulus>(Modulus::kConstants.r3);
  const Loose<Modulus> first = loose_product(of_both, running[1]);
  const Loose<Modulus> second = loose_product(of_both, running[0]);
  running[0] = first;
  running[1] = second;
  return true;
}

}  // namespace stirline::crypto::scalar
