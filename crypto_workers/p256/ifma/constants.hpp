// The numbers that the vector code multiplies with and adds, as limbs of 52 bits.
//
// They live in memory, in a translation unit of their own, on purpose: if the compiler saw their values it would
// rebuild them in registers, at a price, instead of using them as broadcast operands.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stirline::crypto::ifma {

inline constexpr std::size_t kLanes = 8;      // numbers in a vector
inline constexpr std::size_t kLimbs = 5;      // of kLimbBits each
inline constexpr std::size_t kLimbBits = 52;  // what vpmadd52 multiplies; R = 2^260 for Montgomery's form

struct Limbs {
  std::uint64_t limb[kLimbs];
};

struct ModulusConstants {
  Limbs multiple[9];      // 0, 1, ..., 8 times the modulus M
  Limbs one;              // R mod M: 1 in Montgomery's form
  Limbs r2;               // R^2 mod M
  Limbs r3;               // R^3 mod M
  Limbs upper_half;       // 2^256 R^2 mod M: brings the upper half of 512 bits into Montgomery's form
  std::uint64_t inverse;  // -1/M mod 2^52
};

struct Constants {
  std::uint64_t limb_mask;  // 2^52 - 1
  std::uint64_t top_mask;   // 2^48 - 1: what of the highest limb lies below 2^256
  // p + 1 = 2^96 + 2^192 + (2^256 - 2^224), written as shifts within limbs 1, 3 and 4.
  std::uint64_t p_limb1;
  std::uint64_t p_limb3;
  std::uint64_t p_limb4;
  ModulusConstants p;
  ModulusConstants n;
  Limbs raw_one;  // 1 as it is: multiplying with it leaves Montgomery's form
  Limbs curve_b;  // of y^2 = x^3 - 3x + b, in Montgomery's form
};

extern const Constants kConstants;

}  // namespace stirline::crypto::ifma
