// Inverses modulo the field prime and modulo the group order, one at a time.
//
// Source: the division steps of Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019),
// in the variant that starts at delta = 1/2, for which 590 steps suffice for every modulus below 2^256.
#pragma once

#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto {

enum class Modulus : std::uint8_t { field_prime, group_order };
enum class Secrecy : std::uint8_t { secret, open };

// 1 / x modulo `modulus`; 0 if x is 0. `x` must be below the modulus. Constant time: neither branches nor addresses
// depend on x.
[[nodiscard]] Words modular_inverse(const Words& x, Modulus modulus);

// The same for values that everybody may know; its time depends on x.
[[nodiscard]] Words modular_inverse_of_public(const Words& x, Modulus modulus);

}  // namespace stirline::crypto
