// One block of SHA-512 (FIPS 180-4 6.4) for each job, and its 512 bits modulo n. See nonce_hash.hpp.
#include "crypto_workers/p256/scalar/nonce.hpp"

#include <bit>

#include "crypto_workers/p256/nonce_hash.hpp"
#include "crypto_workers/p256/overwrite.hpp"
#include "crypto_workers/p256/scalar/jobs.hpp"
#include "crypto_workers/p256/scalar/multiply.hpp"

namespace stirline::crypto::scalar {
namespace {

template <int A, int B, int C>
STIRLINE_INLINE std::uint64_t big_sigma(std::uint64_t x) {
  return std::rotr(x, A) ^ std::rotr(x, B) ^ std::rotr(x, C);
}

template <int A, int B, int Shift>
STIRLINE_INLINE std::uint64_t small_sigma(std::uint64_t x) {
  return std::rotr(x, A) ^ std::rotr(x, B) ^ x >> Shift;
}

struct Hashing {
  std::uint64_t block[kSha512BlockWords];  // used up
  std::uint64_t state[kSha512StateWords];
};

void compress(Hashing& work) {
  auto& block = work.block;
  std::uint64_t a = kSha512InitialState[0];
  std::uint64_t b = kSha512InitialState[1];
  std::uint64_t c = kSha512InitialState[2];
  std::uint64_t d = kSha512InitialState[3];
  std::uint64_t e = kSha512InitialState[4];
  std::uint64_t f = kSha512InitialState[5];
  std::uint64_t g = kSha512InitialState[6];
  std::uint64_t h = kSha512InitialState[7];
  for (std::size_t round = 0; round != kSha512Rounds; ++round) {
    std::uint64_t& word = block[round % kSha512BlockWords];
    if (round >= kSha512BlockWords) {
      word += small_sigma<1, 8, 7>(block[(round + 1) % kSha512BlockWords]) + block[(round + 9) % kSha512BlockWords] +
              small_sigma<19, 61, 6>(block[(round + 14) % kSha512BlockWords]);
    }
    const std::uint64_t chosen = (e & f) ^ (~e & g);
    const std::uint64_t majority = (a & b) ^ (a & c) ^ (b & c);
    const std::uint64_t t1 = h + big_sigma<14, 18, 41>(e) + chosen + kSha512Constants[round] + word;
    const std::uint64_t t2 = big_sigma<28, 34, 39>(a) + majority;
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::uint64_t last[] = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i != kSha512StateWords; ++i) {
    work.state[i] = last[i] + kSha512InitialState[i];
  }
}

}  // namespace

void derive_nonces(NonceBatch& batch, std::size_t jobs) {
  Hashing work;
  for (std::size_t job = 0; job != jobs; ++job) {
    work.block[0] = kNonceDomain | (batch.counter + job);
    for (std::size_t i = 0; i != kWords; ++i) {
      work.block[1 + i] = batch.prefix[i][job];
      work.block[5 + i] = batch.random[i][job];
      work.block[9 + i] = batch.digest[i][job];
    }
    work.block[13] = std::uint64_t{1} << 63;
    work.block[14] = 0;
    work.block[15] = kNonceMessageBits;
    compress(work);
    const auto& s = work.state;
    const Loose<GroupOrder> upper = {{s[3], s[2], s[1], s[0]}};
    const Loose<GroupOrder> lower = {{s[7], s[6], s[5], s[4]}};
    // Montgomery's form of the upper half is the upper half times 2^256.
    static_assert(kRadixBits == 256);
    store_job(batch.nonce, job, to_montgomery(upper) + reduced(lower));
  }
  overwrite(&work, sizeof work);
}

}  // namespace stirline::crypto::scalar
