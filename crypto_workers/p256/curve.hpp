// The curve P-256, y^2 = x^3 - 3x + b over the field of p elements, with n points (SP 800-186 3.2.1.3).
//
// Plain structs only: see words.hpp.
#pragma once

#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto {

struct AffinePoint {  // plain numbers below p
  Words x;
  Words y;
};

inline constexpr Words kFieldPrime = {{0xffffffffffffffff, 0x00000000ffffffff, 0, 0xffffffff00000001}};
inline constexpr Words kGroupOrder = {{0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000}};
inline constexpr Words kCurveB = {{0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7}};
inline constexpr AffinePoint kBasePoint = {
    {{0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247}},
    {{0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b}}};

}  // namespace stirline::crypto
