// Nothing here depends on a nonce or a key but the values in vectors and masks: no branch, no address, no division. The
// object file is scanned for it (tests/checks) and the path runs under MemorySanitizer with poisoned secrets.
//
// The nonce k is made odd (n - k has the same r, and turns s into n - s) and written with digits d_j in +-{1, 3, ...,
// 255}: with b = (k >> 1) | 2^255 and B_j its octets, d_j = 2 B_j - 255. No digit is zero, so no point is the one at
// infinity. Two partial sums meet for less than 2^-127 of all nonces; the batch is then refused as a whole.
#include "crypto_workers/p256/ifma/sign.hpp"

#include "crypto_workers/p256/ifma/memory_layout.hpp"
#include "crypto_workers/p256/ifma/projective_sum.hpp"

namespace stirline::crypto::ifma {
namespace {

constexpr std::size_t kWindows = windows_of(kSignWindow);
constexpr std::size_t kEntries = entries_of_window(kSignWindow);
constexpr std::size_t kTableWords = 2 * kWords;
// Up to so many vectors the five inversions of the tree cost more than the dearer additions without them.
constexpr std::size_t kFewVectors = 3;

static_assert(kWindows * 8 == 256 && kEntries == 128);

// Takes the nonces in: odd digits for the point, Montgomery's form for the inverse.
STIRLINE_INLINE void take_nonces(const SignBatch& batch, std::size_t v, Scratch& scratch) {
  const auto given = load_jobs<GroupOrder, kOneModulus>(batch.nonce, v);
  const __mmask8 even = _mm512_testn_epi64_mask(given.limb[0], _mm512_set1_epi64(1));
  const auto odd = negated_if(even, given);
  scratch.signing.even[v] = even;
  Vector words[kWords];
  words_of_element(odd, words);
  Vector(&digits)[kWords] = scratch.signing.digits[v];
  digits[0] = joined<1>(words[0], words[1]);
  digits[1] = joined<1>(words[1], words[2]);
  digits[2] = joined<1>(words[2], words[3]);
  digits[3] = joined<1>(words[3], _mm512_set1_epi64(1));
  scratch.signing.nonce[v] = widened<18>(odd * broadcast<GroupOrder, kOneModulus>(kConstants.n.r2));
}

struct Digit {
  Vector low;       // the entry; vpermi2q reads bits 0..3
  __mmask8 bit[3];  // bits 4..6 of the entry
  __mmask8 negative;
};

STIRLINE_INLINE Digit digit_of(const Scratch& scratch, std::size_t window, std::size_t v) {
  const Vector places = _mm512_set1_epi64(static_cast<long long>(window % 8 * 8));
  const Vector octet = _mm512_maskz_srlv_epi64(0xff, scratch.signing.digits[v][window / 8], places);
  Digit digit;
  digit.negative = _mm512_testn_epi64_mask(octet, _mm512_set1_epi64(0x80));
  digit.low = _mm512_mask_xor_epi64(octet, digit.negative, octet, _mm512_set1_epi64(0x7f));
  digit.bit[0] = _mm512_test_epi64_mask(digit.low, _mm512_set1_epi64(0x10));
  digit.bit[1] = _mm512_test_epi64_mask(digit.low, _mm512_set1_epi64(0x20));
  digit.bit[2] = _mm512_test_epi64_mask(digit.low, _mm512_set1_epi64(0x40));
  return digit;
}

// The entries of `Count` vectors of digits, all of one window: each reads the window whole, and they share the reading.
template <std::size_t Count>
STIRLINE_INLINE void look_up(const std::uint64_t (&window)[kTableWords][kEntries], const Digit (&digit)[Count],
                             Point* points) {
  Vector word[Count][kTableWords];
  unrolled<kTableWords>([&]<std::size_t W> [[gnu::always_inline]] () {
    Vector found[Count][kEntries / 16];
    unrolled<kEntries / 16>([&]<std::size_t G> [[gnu::always_inline]] () {
      const Vector low = load(&window[W][16 * G]);
      const Vector high = load(&window[W][16 * G + 8]);
      unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
        found[J][G] = _mm512_permutex2var_epi64(low, digit[J].low, high);
      });
    });
    unrolled<Count>([&]<std::size_t J> [[gnu::always_inline]] () {
      unrolled<3>([&]<std::size_t B> [[gnu::always_inline]] () {
        unrolled<(4U >> B)>([&]<std::size_t G> [[gnu::always_inline]] () {
          found[J][G] = _mm512_mask_blend_epi64(digit[J].bit[B], found[J][2 * G], found[J][2 * G + 1]);
        });
      });
      word[J][W] = found[J][0];
    });
  });
  unrolled<Count>(
      [&]<std::size_t J> [[gnu::always_inline]] () { points[J] = point_of_words(word[J], digit[J].negative); });
}

void look_up_all(const SignTable& table, std::size_t vectors, Scratch& scratch) {
  for (std::size_t window = 0; window < kWindows; ++window) {
    Point* row = scratch.nodes + window * vectors;
    std::size_t v = 0;
    for (; v + 2 <= vectors; v += 2) {
      const Digit digits[2] = {digit_of(scratch, window, v), digit_of(scratch, window, v + 1)};
      look_up(table.word[window], digits, row + v);
    }
    if (v != vectors) {
      const Digit digits[1] = {digit_of(scratch, window, v)};
      look_up(table.word[window], digits, row + v);
    }
  }
}

// nodes[v] becomes the sum of vector v, for all vectors. False if an addition had no answer.
bool sum_as_tree(std::size_t vectors, Scratch& scratch) {
  for (std::size_t rows = kWindows; rows > 1; rows /= 2) {
    const std::size_t count = rows / 2 * vectors;
    if (!add_level<Secrecy::secret>(scratch.nodes, Following{scratch.nodes + count}, scratch.nodes, count,
                                    scratch.before)) {
      return false;
    }
  }
  return true;
}

// The same, one point after the other: the lower half of the windows in one sum, the upper in another, so that neither
// waits for itself.
bool sum_in_a_row(std::size_t vectors, Scratch& scratch) {
  for (std::size_t v = 0; v < vectors; ++v) {
    const Point* lower = scratch.nodes + v;
    const Point* upper = lower + kWindows / 2 * vectors;
    ProjectivePoint sums[2] = {projective(*lower), projective(*upper)};
    for (std::size_t window = 1; window < kWindows / 2; ++window) {
      const std::size_t i = window * vectors;
      add_points<2>(sums, [&](std::size_t half) -> const Point& { return half == 0 ? lower[i] : upper[i]; });
    }
    add_sum(sums[0], sums[1]);
    scratch.signing.sum[v] = sums[0];
  }
  return make_affine<Secrecy::secret>(scratch.signing.sum, scratch.nodes, vectors, scratch.before);
}

// signing.inverse becomes the inverses of the nonces, in Montgomery's form.
bool invert_nonces(std::size_t vectors, Scratch& scratch) {
  RunningProducts<GroupOrder> running;
  start_products<GroupOrder>(running);
  for (std::size_t v = 0; v < vectors; ++v) {
    scratch.signing.inverse[v] = running[v % kChains];
    running[v % kChains] = widened<kRunningBound>(running[v % kChains] * scratch.signing.nonce[v]);
  }
  if (!invert<Secrecy::secret, GroupOrder>(running)) {
    return false;
  }
  for (std::size_t v = vectors; v-- != 0;) {
    auto& rest = running[v % kChains];
    scratch.signing.inverse[v] = widened<kRunningBound>(rest * scratch.signing.inverse[v]);
    rest = widened<kRunningBound>(rest * scratch.signing.nonce[v]);
  }
  return true;
}

// r and s of one vector, and whether they may be released. A fault in the point shows as a point off the curve, one in
// the inverse as s k != z + r d.
STIRLINE_INLINE void finish(SignBatch& batch, std::size_t v, const Scratch& scratch) {
  const Point& point = scratch.nodes[v];
  const auto to_montgomery = broadcast<GroupOrder, kOneModulus>(kConstants.n.r2);
  const auto x = canonical(point.x * broadcast<FieldPrime, kOneModulus>(kConstants.raw_one));
  OrderElement<17> whole_x;  // p is below 17/16 n
  unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { whole_x.limb[I] = x.limb[I]; });
  const auto r = canonical(whole_x);
  const auto z = load_jobs<GroupOrder, 17>(batch.digest, v);  // 2^256 is below 17/16 n
  const auto d = load_jobs<GroupOrder, kOneModulus>(batch.scalar, v);
  const auto sum = z + (r * to_montgomery) * d;
  const auto s_of_odd = canonical(sum * scratch.signing.inverse[v]);
  const auto s = negated_if(scratch.signing.even[v], s_of_odd);
  const __mmask8 zero = zero_lanes(r) | zero_lanes(s);
  const __mmask8 holds = equal_lanes(canonical(s_of_odd * scratch.signing.nonce[v]), canonical(sum));
  store_jobs(batch.r, v, r);
  store_jobs(batch.s, v, s);
  batch.good[v] = static_cast<std::uint8_t>(holds & lanes_on_curve(point.x, point.y) & static_cast<__mmask8>(~zero));
}

}  // namespace

void cut_sign_table(const TableEntry* entries, SignTable& table) {
  for (std::size_t window = 0; window < kWindows; ++window) {
    for (std::size_t e = 0; e < kEntries; ++e) {
      const TableEntry& entry = entries[window * kEntries + e];
      for (std::size_t i = 0; i < kWords; ++i) {
        table.word[window][i][e] = entry.x[i];
        table.word[window][kWords + i][e] = entry.y[i];
      }
    }
  }
}

bool sign(SignBatch& batch, std::size_t jobs, const SignTable& table, Scratch& scratch) {
  const std::size_t vectors = (jobs + kLanes - 1) / kLanes;
  for (std::size_t v = 0; v < vectors; ++v) {
    take_nonces(batch, v, scratch);
  }
  look_up_all(table, vectors, scratch);
  const bool summed = vectors <= kFewVectors ? sum_in_a_row(vectors, scratch) : sum_as_tree(vectors, scratch);
  if (!summed || !invert_nonces(vectors, scratch)) {
    return false;
  }
  for (std::size_t v = 0; v < vectors; ++v) {
    finish(batch, v, scratch);
  }
  return true;
}

}  // namespace stirline::crypto::ifma
