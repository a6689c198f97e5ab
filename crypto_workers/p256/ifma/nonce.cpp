// One block of SHA-512 (FIPS 180-4 6.4) in each lane, and its 512 bits modulo n. See nonce_hash.hpp.
#include "crypto_workers/p256/ifma/nonce.hpp"

#include "crypto_workers/p256/ifma/memory_layout.hpp"
#include "crypto_workers/p256/nonce_hash.hpp"

namespace stirline::crypto::ifma {
namespace {

STIRLINE_INLINE Vector same(std::uint64_t value) {
  return _mm512_set1_epi64(static_cast<long long>(value));
}

STIRLINE_INLINE Vector xor3(Vector a, Vector b, Vector c) {
  return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

template <int A, int B, int C>
STIRLINE_INLINE Vector big_sigma(Vector x) {
  return xor3(_mm512_maskz_ror_epi64(0xff, x, A), _mm512_maskz_ror_epi64(0xff, x, B),
              _mm512_maskz_ror_epi64(0xff, x, C));
}

template <int A, int B, unsigned Shift>
STIRLINE_INLINE Vector small_sigma(Vector x) {
  return xor3(_mm512_maskz_ror_epi64(0xff, x, A), _mm512_maskz_ror_epi64(0xff, x, B), shifted_right<Shift>(x));
}

STIRLINE_INLINE Vector sum(Vector a, Vector b) {
  return _mm512_add_epi64(a, b);
}

// `block` is used up.
void compress(Vector (&block)[kSha512BlockWords], Vector (&state)[kSha512StateWords]) {
  Vector a = same(kSha512InitialState[0]);
  Vector b = same(kSha512InitialState[1]);
  Vector c = same(kSha512InitialState[2]);
  Vector d = same(kSha512InitialState[3]);
  Vector e = same(kSha512InitialState[4]);
  Vector f = same(kSha512InitialState[5]);
  Vector g = same(kSha512InitialState[6]);
  Vector h = same(kSha512InitialState[7]);
  for (std::size_t round = 0; round < kSha512Rounds; ++round) {
    Vector& word = block[round % kSha512BlockWords];
    if (round >= kSha512BlockWords) {
      word = sum(
          sum(word, small_sigma<1, 8, 7>(block[(round + 1) % kSha512BlockWords])),
          sum(block[(round + 9) % kSha512BlockWords], small_sigma<19, 61, 6>(block[(round + 14) % kSha512BlockWords])));
    }
    const Vector chosen = _mm512_ternarylogic_epi64(e, f, g, 0xca);
    const Vector majority = _mm512_ternarylogic_epi64(a, b, c, 0xe8);
    const Vector t1 = sum(sum(sum(h, big_sigma<14, 18, 41>(e)), sum(chosen, same(kSha512Constants[round]))), word);
    const Vector t2 = sum(big_sigma<28, 34, 39>(a), majority);
    h = g;
    g = f;
    f = e;
    e = sum(d, t1);
    d = c;
    c = b;
    b = a;
    a = sum(t1, t2);
  }
  const Vector last[kSha512StateWords] = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < kSha512StateWords; ++i) {
    state[i] = sum(last[i], same(kSha512InitialState[i]));
  }
}

}  // namespace

void derive_nonces(NonceBatch& batch, std::size_t jobs) {
  for (std::size_t job = 0; job < jobs; job += kLanes) {
    Vector block[kSha512BlockWords];
    block[0] = sum(same(kNonceDomain | (batch.counter + job)), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    for (std::size_t i = 0; i < kWords; ++i) {
      block[1 + i] = load(&batch.prefix[i][job]);
      block[5 + i] = load(&batch.random[i][job]);
      block[9 + i] = load(&batch.digest[i][job]);
    }
    block[13] = same(std::uint64_t{1} << 63);
    block[14] = _mm512_setzero_si512();
    block[15] = same(kNonceMessageBits);
    Vector state[kSha512StateWords];
    compress(block, state);
    const auto upper = element_of_words<GroupOrder, 17>(state[3], state[2], state[1], state[0]);
    const auto lower = element_of_words<GroupOrder, 17>(state[7], state[6], state[5], state[4]);
    const auto montgomery = upper * broadcast<GroupOrder, kOneModulus>(kConstants.n.upper_half) +
                            lower * broadcast<GroupOrder, kOneModulus>(kConstants.n.r2);
    const auto nonce = canonical(montgomery * broadcast<GroupOrder, kOneModulus>(kConstants.raw_one));
    store_jobs(batch.nonce, job / kLanes, nonce);
  }
}

}  // namespace stirline::crypto::ifma
