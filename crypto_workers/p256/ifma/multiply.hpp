// Montgomery's product of eight numbers at once, and of K times eight with their instructions interleaved: one product
// alone waits for itself about half of the time.
//
// Rows of the left factor are added column by column; after each row the lowest column is made zero modulo 2^52 by a
// multiple of the modulus and dropped. A column gathers at most five times four halves of products, 52 bits each, and
// carries below 2^8: it stays below 2^58.
#pragma once

#include "crypto_workers/p256/ifma/element.hpp"

namespace stirline::crypto::ifma {

STIRLINE_INLINE Vector add_low(Vector sum, Vector a, Vector b) {
  return _mm512_madd52lo_epu64(sum, a, b);
}
STIRLINE_INLINE Vector add_high(Vector sum, Vector a, Vector b) {
  return _mm512_madd52hi_epu64(sum, a, b);
}

struct Row {
  Vector column[kLimbs + 1];
};

// Drops the lowest column: adds m p with m = column 0 mod 2^52, as -1/p = 1 modulo 2^52. What m p adds to column 0 is
// -m + m 2^52..., hence just the carry of column 0 remains of it.
STIRLINE_INLINE void drop_lowest(FieldPrime, Row& t) {
  const Vector m = t.column[0];  // vpmadd52 reads the low 52 bits by itself
  const Vector limb1 = broadcast(kConstants.p_limb1);
  const Vector limb3 = broadcast(kConstants.p_limb3);
  const Vector limb4 = broadcast(kConstants.p_limb4);
  const Vector over = shifted_right<kLimbBits>(t.column[0]);
  t.column[0] = _mm512_add_epi64(add_low(t.column[1], m, limb1), over);
  t.column[1] = add_high(t.column[2], m, limb1);
  t.column[2] = add_low(t.column[3], m, limb3);
  t.column[3] = add_low(add_high(t.column[4], m, limb3), m, limb4);
  t.column[4] = add_high(t.column[5], m, limb4);
  t.column[5] = _mm512_setzero_si512();
}

STIRLINE_INLINE void drop_lowest(GroupOrder, Row& t) {
  const Limbs& n = kConstants.n.multiple[1];
  const Vector m = add_low(_mm512_setzero_si512(), t.column[0], broadcast(kConstants.n.inverse));
  t.column[0] = add_low(t.column[0], m, broadcast(n.limb[0]));
  const Vector over = shifted_right<kLimbBits>(t.column[0]);
  t.column[0] =
      _mm512_add_epi64(add_high(add_low(t.column[1], m, broadcast(n.limb[1])), m, broadcast(n.limb[0])), over);
  t.column[1] = add_high(add_low(t.column[2], m, broadcast(n.limb[2])), m, broadcast(n.limb[1]));
  t.column[2] = add_high(add_low(t.column[3], m, broadcast(n.limb[3])), m, broadcast(n.limb[2]));
  t.column[3] = add_high(add_low(t.column[4], m, broadcast(n.limb[4])), m, broadcast(n.limb[3]));
  t.column[4] = add_high(t.column[5], m, broadcast(n.limb[4]));
  t.column[5] = _mm512_setzero_si512();
}

template <std::size_t K, typename Modulus, unsigned A, unsigned B>
STIRLINE_INLINE void product_columns(Columns (&out)[K], const Element<Modulus, A> (&a)[K],
                                     const Element<Modulus, B> (&b)[K]) {
  static_assert(product_bound(A, B) <= kLargestBound);
  Row t[K];
  unrolled<K>([&]<std::size_t J> [[gnu::always_inline]] () {
    unrolled<kLimbs + 1>([&]<std::size_t I> [[gnu::always_inline]] () { t[J].column[I] = _mm512_setzero_si512(); });
  });
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
    unrolled<K>([&]<std::size_t J> [[gnu::always_inline]] () {
      unrolled<kLimbs>([&]<std::size_t C> [[gnu::always_inline]] () {
        t[J].column[C] = add_low(t[J].column[C], b[J].limb[I], a[J].limb[C]);
      });
      unrolled<kLimbs>([&]<std::size_t C> [[gnu::always_inline]] () {
        t[J].column[C + 1] = add_high(t[J].column[C + 1], b[J].limb[I], a[J].limb[C]);
      });
      drop_lowest(Modulus{}, t[J]);
    });
  });
  unrolled<K>([&]<std::size_t J> [[gnu::always_inline]] () {
    unrolled<kLimbs>([&]<std::size_t C> [[gnu::always_inline]] () { out[J].column[C] = t[J].column[C]; });
  });
}

// The same for a b = a a. The ten mixed products count twice; they are added once and doubled.
template <std::size_t K, typename Modulus, unsigned A>
STIRLINE_INLINE void square_columns(Columns (&out)[K], const Element<Modulus, A> (&a)[K]) {
  static_assert(product_bound(A, A) <= kLargestBound);
  constexpr std::size_t kAll = 2 * kLimbs;
  unrolled<K>([&]<std::size_t J> [[gnu::always_inline]] () {
    Vector all[kAll];
    unrolled<kAll>([&]<std::size_t I> [[gnu::always_inline]] () { all[I] = _mm512_setzero_si512(); });
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      unrolled<kLimbs>([&]<std::size_t C> [[gnu::always_inline]] () {
        if constexpr (C > I) {
          all[I + C] = add_low(all[I + C], a[J].limb[I], a[J].limb[C]);
          all[I + C + 1] = add_high(all[I + C + 1], a[J].limb[I], a[J].limb[C]);
        }
      });
    });
    unrolled<kAll>([&]<std::size_t I> [[gnu::always_inline]] () { all[I] = _mm512_add_epi64(all[I], all[I]); });
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      all[2 * I] = add_low(all[2 * I], a[J].limb[I], a[J].limb[I]);
      all[2 * I + 1] = add_high(all[2 * I + 1], a[J].limb[I], a[J].limb[I]);
    });
    Row t;
    unrolled<kLimbs + 1>([&]<std::size_t I> [[gnu::always_inline]] () { t.column[I] = all[I]; });
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () {
      drop_lowest(Modulus{}, t);
      if constexpr (I + kLimbs + 1 < kAll) {
        t.column[kLimbs] = all[I + kLimbs + 1];
      }
    });
    unrolled<kLimbs>([&]<std::size_t C> [[gnu::always_inline]] () { out[J].column[C] = t.column[C]; });
  });
}

template <std::size_t K, typename Modulus, unsigned Out, unsigned A, unsigned B>
STIRLINE_INLINE void multiply(Element<Modulus, Out> (&out)[K], const Element<Modulus, A> (&a)[K],
                              const Element<Modulus, B> (&b)[K]) {
  static_assert(product_bound(A, B) <= Out);
  Columns columns[K];
  product_columns(columns, a, b);
  unrolled<K>([&]<std::size_t J> [[gnu::always_inline]] () {
    carry(columns[J]);
    out[J] = element_of<Modulus, Out>(columns[J]);
  });
}

template <std::size_t K, typename Modulus, unsigned Out, unsigned A>
STIRLINE_INLINE void square(Element<Modulus, Out> (&out)[K], const Element<Modulus, A> (&a)[K]) {
  static_assert(product_bound(A, A) <= Out);
  Columns columns[K];
  square_columns(columns, a);
  unrolled<K>([&]<std::size_t J> [[gnu::always_inline]] () {
    carry(columns[J]);
    out[J] = element_of<Modulus, Out>(columns[J]);
  });
}

template <typename Modulus, unsigned A, unsigned B>
STIRLINE_INLINE Element<Modulus, product_bound(A, B)> operator*(const Element<Modulus, A>& a,
                                                                const Element<Modulus, B>& b) {
  const Element<Modulus, A> left[1] = {a};
  const Element<Modulus, B> right[1] = {b};
  Element<Modulus, product_bound(A, B)> product[1];
  multiply(product, left, right);
  return product[0];
}

}  // namespace stirline::crypto::ifma
