#include "crypto_workers/p256/modular_inverse.hpp"

#include <array>
#include <bit>

#include "crypto_workers/p256/curve.hpp"
#include "crypto_workers/p256/modular_constants.hpp"
#include "crypto_workers/p256/value_barrier.hpp"

namespace stirline::crypto {
namespace {

__extension__ using Int128 = __int128;

constexpr int kLimbBits = 62;
constexpr std::int64_t kLimbMask = (std::int64_t{1} << kLimbBits) - 1;
constexpr int kRounds = 10;  // of 59 steps each: 590
constexpr int kStepsOfRound = 59;

// A signed number: sum of limb[i] * 2^(62 i). All limbs but the highest lie in 0..2^62-1 once carried.
using Signed = std::array<std::int64_t, 5>;

constexpr Signed signed_limbs(const Words& x) {
  const auto& w = x.word;
  return {static_cast<std::int64_t>(w[0] & kLimbMask), static_cast<std::int64_t>((w[0] >> 62 | w[1] << 2) & kLimbMask),
          static_cast<std::int64_t>((w[1] >> 60 | w[2] << 4) & kLimbMask),
          static_cast<std::int64_t>((w[2] >> 58 | w[3] << 6) & kLimbMask), static_cast<std::int64_t>(w[3] >> 56)};
}

Words words_of(const Signed& x) {
  std::array<std::uint64_t, 5> u{};
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = static_cast<std::uint64_t>(x[i]);
  }
  return {{u[0] | u[1] << 62, u[1] >> 2 | u[2] << 60, u[2] >> 4 | u[3] << 58, u[3] >> 6 | u[4] << 56}};
}

struct ModulusFacts {
  Signed limbs;
  std::uint64_t inverse;  // of the modulus, modulo 2^62
};

consteval ModulusFacts facts_of(const Words& modulus) {
  return {signed_limbs(modulus), inverse_modulo_word(modulus) & kLimbMask};
}

constexpr ModulusFacts kPrimeFacts = facts_of(kFieldPrime);
constexpr ModulusFacts kOrderFacts = facts_of(kGroupOrder);

// What the steps of a round do to (f, g), times 2^62: (f, g) <- (u f + v g, q f + r g) / 2^62.
struct Transition {
  std::int64_t u;
  std::int64_t v;
  std::int64_t q;
  std::int64_t r;
};

struct LowWords {
  std::uint64_t f;
  std::uint64_t g;
};

// 59 division steps on the low words. The matrix begins at 2^3, so that it always ends up scaled by 2^62.
std::int64_t divide_steps(std::int64_t zeta, LowWords low, Transition& t) {
  std::uint64_t u = 8;
  std::uint64_t v = 0;
  std::uint64_t q = 0;
  std::uint64_t r = 8;
  auto [f, g] = low;
  for (int i = 0; i < kStepsOfRound; ++i) {
    const auto negative = static_cast<std::uint64_t>(zeta >> 63);
    const std::uint64_t odd = 0 - (g & 1);
    g += ((f ^ negative) - negative) & odd;
    q += ((u ^ negative) - negative) & odd;
    r += ((v ^ negative) - negative) & odd;
    const std::uint64_t swap = negative & odd;
    zeta = (zeta ^ static_cast<std::int64_t>(swap)) - 1;
    f += g & swap;
    u += q & swap;
    v += r & swap;
    g >>= 1;
    u <<= 1;
    v <<= 1;
  }
  t = {static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
       static_cast<std::int64_t>(r)};
  return zeta;
}

// 62 steps, skipping over runs of zero bits. Here eta = -delta, with delta starting at 1.
std::int64_t divide_steps_of_public(std::int64_t eta, LowWords low, Transition& t) {
  std::uint64_t u = 1;
  std::uint64_t v = 0;
  std::uint64_t q = 0;
  std::uint64_t r = 1;
  auto [f, g] = low;
  int left = kLimbBits;
  while (true) {
    const int zeros = std::countr_zero(g | (~std::uint64_t{0} << left));
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) {
      break;
    }
    std::uint64_t clearing = 0;  // the multiple of f that clears the low bits of g
    int bits = 0;
    if (eta < 0) {
      eta = -eta;
      std::uint64_t old = f;
      f = g;
      g = 0 - old;
      old = u;
      u = q;
      q = 0 - old;
      old = v;
      v = r;
      r = 0 - old;
      bits = static_cast<int>(eta + 1 < left ? eta + 1 : left);
      bits = bits < 6 ? bits : 6;
      clearing = f * g * (f * f - 2);  // -g / f, right in six bits
    } else {
      bits = static_cast<int>(eta + 1 < left ? eta + 1 : left);
      bits = bits < 4 ? bits : 4;
      const std::uint64_t inverse = f + (((f + 1) & 4) << 1);  // of f, right in four bits
      clearing = (0 - inverse) * g;
    }
    clearing &= (std::uint64_t{1} << bits) - 1;
    g += f * clearing;
    q += u * clearing;
    r += v * clearing;
  }
  t = {static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
       static_cast<std::int64_t>(r)};
  return eta;
}

// (d, e) <- (u d + v e, q d + r e) / 2^62 modulo the modulus. Both stay in -2M..M.
void update_cofactors(Signed& d, Signed& e, const Transition& t, const ModulusFacts& modulus) {
  const std::int64_t d_negative = hidden(d[4] >> 63);
  const std::int64_t e_negative = hidden(e[4] >> 63);
  std::int64_t d_multiple = (t.u & d_negative) + (t.v & e_negative);
  std::int64_t e_multiple = (t.q & d_negative) + (t.r & e_negative);
  Int128 d_carry = Int128{t.u} * d[0] + Int128{t.v} * e[0];
  Int128 e_carry = Int128{t.q} * d[0] + Int128{t.r} * e[0];
  // Multiples of the modulus that make the low 62 bits zero, so that the division is exact.
  d_multiple -= static_cast<std::int64_t>(
      (modulus.inverse * static_cast<std::uint64_t>(d_carry) + static_cast<std::uint64_t>(d_multiple)) & kLimbMask);
  e_multiple -= static_cast<std::int64_t>(
      (modulus.inverse * static_cast<std::uint64_t>(e_carry) + static_cast<std::uint64_t>(e_multiple)) & kLimbMask);
  d_carry = (d_carry + Int128{modulus.limbs[0]} * d_multiple) >> kLimbBits;
  e_carry = (e_carry + Int128{modulus.limbs[0]} * e_multiple) >> kLimbBits;
  for (std::size_t i = 1; i < d.size(); ++i) {
    d_carry += Int128{t.u} * d[i] + Int128{t.v} * e[i] + Int128{modulus.limbs[i]} * d_multiple;
    e_carry += Int128{t.q} * d[i] + Int128{t.r} * e[i] + Int128{modulus.limbs[i]} * e_multiple;
    d[i - 1] = static_cast<std::int64_t>(d_carry) & kLimbMask;
    e[i - 1] = static_cast<std::int64_t>(e_carry) & kLimbMask;
    d_carry >>= kLimbBits;
    e_carry >>= kLimbBits;
  }
  d[4] = static_cast<std::int64_t>(d_carry);
  e[4] = static_cast<std::int64_t>(e_carry);
}

void update_pair(Signed& f, Signed& g, const Transition& t) {
  Int128 f_carry = (Int128{t.u} * f[0] + Int128{t.v} * g[0]) >> kLimbBits;
  Int128 g_carry = (Int128{t.q} * f[0] + Int128{t.r} * g[0]) >> kLimbBits;
  for (std::size_t i = 1; i < f.size(); ++i) {
    f_carry += Int128{t.u} * f[i] + Int128{t.v} * g[i];
    g_carry += Int128{t.q} * f[i] + Int128{t.r} * g[i];
    f[i - 1] = static_cast<std::int64_t>(f_carry) & kLimbMask;
    g[i - 1] = static_cast<std::int64_t>(g_carry) & kLimbMask;
    f_carry >>= kLimbBits;
    g_carry >>= kLimbBits;
  }
  f[4] = static_cast<std::int64_t>(f_carry);
  g[4] = static_cast<std::int64_t>(g_carry);
}

void carry(Signed& x) {
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    x[i + 1] += x[i] >> kLimbBits;
    x[i] &= kLimbMask;
  }
}

// x, or -x if `sign` is negative, brought from -2M..M to 0..M-1.
void normalize(Signed& x, std::int64_t sign, const ModulusFacts& modulus) {
  const auto add_if = [&](std::int64_t mask) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] += modulus.limbs[i] & mask;
    }
  };
  add_if(hidden(x[4] >> 63));
  const std::int64_t negate = hidden(sign >> 63);
  for (std::int64_t& limb : x) {
    limb = (limb ^ negate) - negate;
  }
  carry(x);
  add_if(hidden(x[4] >> 63));
  carry(x);
}

const ModulusFacts& facts_of(Modulus modulus) {
  return modulus == Modulus::field_prime ? kPrimeFacts : kOrderFacts;
}

LowWords low_words(const Signed& f, const Signed& g) {
  const auto word = [](const Signed& x) {
    return static_cast<std::uint64_t>(x[0]) | static_cast<std::uint64_t>(x[1]) << kLimbBits;
  };
  return {word(f), word(g)};
}

}  // namespace

Words modular_inverse(const Words& x, Modulus which) {
  const ModulusFacts& modulus = facts_of(which);
  Signed f = modulus.limbs;
  Signed g = signed_limbs(x);
  Signed d{};
  Signed e = {1};
  std::int64_t zeta = -1;  // -(delta + 1/2)
  for (int round = 0; round < kRounds; ++round) {
    Transition t{};
    zeta = divide_steps(zeta, low_words(f, g), t);
    update_cofactors(d, e, t, modulus);
    update_pair(f, g, t);
  }
  normalize(d, f[4], modulus);
  return words_of(d);
}

Words modular_inverse_of_public(const Words& x, Modulus which) {
  const ModulusFacts& modulus = facts_of(which);
  Signed f = modulus.limbs;
  Signed g = signed_limbs(x);
  Signed d{};
  Signed e = {1};
  std::int64_t eta = -1;  // -delta
  while ((g[0] | g[1] | g[2] | g[3] | g[4]) != 0) {
    Transition t{};
    eta = divide_steps_of_public(eta, low_words(f, g), t);
    update_cofactors(d, e, t, modulus);
    update_pair(f, g, t);
  }
  normalize(d, f[4], modulus);
  return words_of(d);
}

}  // namespace stirline::crypto
