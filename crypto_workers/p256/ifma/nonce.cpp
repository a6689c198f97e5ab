// One block of SHA-512 (FIPS 180-4 6.4) in each lane, and its 512 bits modulo n: a bias of at most 2^-256.
//
// The message is 104 octets: word 0 the domain and the counter, 1..4 the key's prefix, 5..8 fresh random words, 9..12
// the digest; then the padding. Should the random words ever repeat (a cloned machine), nonces still differ for
// different keys and digests; should a digest repeat, they differ by the random words, so that no pair of signatures
// differs by a fault alone.
#include "crypto_workers/p256/ifma/nonce.hpp"

#include "crypto_workers/p256/ifma/memory_layout.hpp"

namespace stirline::crypto::ifma {
namespace {

constexpr std::size_t kRounds = 80;
constexpr std::size_t kBlockWords = 16;
constexpr std::size_t kStateWords = 8;
constexpr std::uint64_t kMessageBits = 104 * 8;
constexpr std::uint64_t kDomain = std::uint64_t{0x53544e} << 40;  // "STN"; the counter takes the 40 bits below

constexpr std::uint64_t kRoundConstants[kRounds] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

constexpr std::uint64_t kInitialState[kStateWords] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                                      0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                                      0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

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
void compress(Vector (&block)[kBlockWords], Vector (&state)[kStateWords]) {
  Vector a = same(kInitialState[0]);
  Vector b = same(kInitialState[1]);
  Vector c = same(kInitialState[2]);
  Vector d = same(kInitialState[3]);
  Vector e = same(kInitialState[4]);
  Vector f = same(kInitialState[5]);
  Vector g = same(kInitialState[6]);
  Vector h = same(kInitialState[7]);
  for (std::size_t round = 0; round < kRounds; ++round) {
    Vector& word = block[round % kBlockWords];
    if (round >= kBlockWords) {
      word = sum(sum(word, small_sigma<1, 8, 7>(block[(round + 1) % kBlockWords])),
                 sum(block[(round + 9) % kBlockWords], small_sigma<19, 61, 6>(block[(round + 14) % kBlockWords])));
    }
    const Vector chosen = _mm512_ternarylogic_epi64(e, f, g, 0xca);
    const Vector majority = _mm512_ternarylogic_epi64(a, b, c, 0xe8);
    const Vector t1 = sum(sum(sum(h, big_sigma<14, 18, 41>(e)), sum(chosen, same(kRoundConstants[round]))), word);
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
  const Vector last[kStateWords] = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < kStateWords; ++i) {
    state[i] = sum(last[i], same(kInitialState[i]));
  }
}

}  // namespace

void derive_nonces(NonceBatch& batch, std::size_t jobs) {
  for (std::size_t job = 0; job < jobs; job += kLanes) {
    Vector block[kBlockWords];
    block[0] = sum(same(kDomain | (batch.counter + job)), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    for (std::size_t i = 0; i < kWords; ++i) {
      block[1 + i] = load(&batch.prefix[i][job]);
      block[5 + i] = load(&batch.random[i][job]);
      block[9 + i] = load(&batch.digest[i][job]);
    }
    block[13] = same(std::uint64_t{1} << 63);
    block[14] = _mm512_setzero_si512();
    block[15] = same(kMessageBits);
    Vector state[kStateWords];
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
