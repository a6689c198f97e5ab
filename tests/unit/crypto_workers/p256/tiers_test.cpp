// The three tiers give the same numbers for the same inputs: both kernels and OpenSSL.
#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "tests/unit/crypto_workers/p256/big_number.hpp"
#include "tests/unit/crypto_workers/p256/kernel_fixture.hpp"

namespace stirline::crypto::tiers_test {
namespace {

using Scalar = std::array<std::uint8_t, kScalarBytes>;
using Signature = std::array<std::uint8_t, kSignatureBytes>;

std::vector<test::P256Kernel> running_kernels() {
  std::vector<test::P256Kernel> all;
  std::ranges::copy_if(test::kP256Kernels, std::back_inserter(all),
                       [](const auto& kernel) { return kernel.runs_here(); });
  return all;
}

bool all_equal(const JobWords& a, const JobWords& b, std::size_t jobs) {
  bool same = true;
  for (std::size_t i = 0; i < kWords; ++i) {
    same = same && std::equal(a[i], a[i] + jobs, b[i]);
  }
  return same;
}

// Numbers below n, of which every other one is of an edge: 1, 2, n - 1, n - 2, powers of two, runs of bits.
Words scalar_for(std::size_t i, std::mt19937_64& random) {
  const test::Number number;
  const test::Number order = test::from_words(kGroupOrder);
  switch (i % 8) {
    case 0:
      BN_set_word(number.get(), 1 + i / 8 % 2);
      break;
    case 2:
      BN_copy(number.get(), order.get());
      BN_sub_word(number.get(), 1 + i / 8 % 2);
      break;
    case 4:
      BN_set_bit(number.get(), static_cast<int>(i / 8 * 37 % 256));
      break;
    case 6:
      BN_set_bit(number.get(), static_cast<int>(200 + i / 8 % 55));
      BN_sub_word(number.get(), 1);
      break;
    default: {
      Words words{};
      std::ranges::generate(words.word, [&] { return random(); });
      words.word[3] >>= 1;
      return words;
    }
  }
  return test::to_words(number);
}

// r = x(k G) mod n and s = (z + r d) / k, with OpenSSL's numbers and points.
void sign_with_openssl(const Words& nonce, const Words& digest, const Words& scalar, Words& r, Words& s) {
  const BigNumberContext context(BN_CTX_new());
  const std::unique_ptr<EC_GROUP, OpensslFree<EC_GROUP_free>> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const std::unique_ptr<EC_POINT, OpensslFree<EC_POINT_free>> point(EC_POINT_new(group.get()));
  const test::Number order = test::from_words(kGroupOrder);
  const test::Number k = test::from_words(nonce);
  const test::Number x;
  EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr, context.get());
  EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), nullptr, context.get());
  BN_nnmod(x.get(), x.get(), order.get(), context.get());
  const test::Number sum;
  const test::Number inverse;
  BN_mod_mul(sum.get(), x.get(), test::from_words(scalar).get(), order.get(), context.get());
  BN_mod_add(sum.get(), sum.get(), test::from_words(digest).get(), order.get(), context.get());
  BN_mod_inverse(inverse.get(), k.get(), order.get(), context.get());
  BN_mod_mul(sum.get(), sum.get(), inverse.get(), order.get(), context.get());
  r = test::to_words(x);
  s = test::to_words(sum);
}

TEST(Tiers, EqualSignatures) {
  std::mt19937_64 random(21);
  SignBatch inputs{};
  for (std::size_t job = 0; job < kKernelJobs; ++job) {
    Words digest{};
    std::ranges::generate(digest.word, [&] { return job % 5 == 0 ? ~std::uint64_t{0} : random(); });
    test::put(inputs.nonce, job, scalar_for(job, random));
    test::put(inputs.scalar, job, scalar_for(job * 3 + 1, random));
    test::put(inputs.digest, job, digest);
  }
  for (std::size_t job = 0; job < kKernelJobs; ++job) {
    Words r{};
    Words s{};
    const auto get = [&](const JobWords& words) {
      return Words{{words[0][job], words[1][job], words[2][job], words[3][job]}};
    };
    sign_with_openssl(get(inputs.nonce), get(inputs.digest), get(inputs.scalar), r, s);
    test::put(inputs.r, job, r);
    test::put(inputs.s, job, s);
  }
  for (const test::P256Kernel& tested : running_kernels()) {
    const KernelOperations& kernel = tested.operations();
    const LockedMemory memory(kernel.memory_bytes);
    ASSERT_TRUE(kernel.start(memory.data()));
    for (const std::size_t jobs : {1UZ, 8UZ, 9UZ, 17UZ, 24UZ, 25UZ, 64UZ, 127UZ, kKernelJobs}) {
      auto batch = std::make_unique<SignBatch>(inputs);
      // Jobs behind the last one repeat it.
      for (JobWords* const words : {&batch->nonce, &batch->digest, &batch->scalar}) {
        for (auto& word : *words) {
          std::fill(word + jobs, word + kKernelJobs, word[jobs - 1]);
        }
      }
      std::ranges::fill(batch->r[0], 0U);
      ASSERT_TRUE(kernel.sign(memory.data(), *batch, jobs)) << tested.name;
      EXPECT_TRUE(all_equal(batch->r, inputs.r, jobs)) << tested.name << " " << jobs;
      EXPECT_TRUE(all_equal(batch->s, inputs.s, jobs)) << tested.name << " " << jobs;
      for (std::size_t job = 0; job < jobs; ++job) {
        EXPECT_TRUE(test::bit(batch->good, job)) << tested.name << " " << job;
      }
    }
  }
}

TEST(Tiers, EqualNonces) {
  std::mt19937_64 random(22);
  const auto wanted = std::make_unique<NonceBatch>();
  for (JobWords* const words : {&wanted->prefix, &wanted->random, &wanted->digest}) {
    for (auto& word : *words) {
      std::ranges::generate(word, [&] { return random(); });
    }
  }
  wanted->counter = random() >> 25;
  test::kP256Kernels[1].operations().derive_nonces(*wanted, kKernelJobs);
  for (const test::P256Kernel& tested : running_kernels()) {
    const auto batch = std::make_unique<NonceBatch>(*wanted);
    std::ranges::fill(batch->nonce[0], 0U);
    tested.operations().derive_nonces(*batch, kKernelJobs);
    EXPECT_TRUE(all_equal(batch->nonce, wanted->nonce, kKernelJobs)) << tested.name;
  }
}

// With the nonces of RFC 6979, which know no randomness, all engines give the same octets; and the same verdicts on
// them, whole and spoilt.
TEST(Tiers, EqualEngines) {
  std::mt19937_64 random(23);
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(make_openssl_engine(NonceSource::rfc6979));
  for (const test::P256Kernel& tested : running_kernels()) {
    engines.push_back(BatchEngine::make(tested.operations(), {.nonces = NonceSource::rfc6979}));
  }
  constexpr std::size_t kCount = 200;
  constexpr std::size_t kKeys = 5;
  std::array<Scalar, kKeys> scalars{};
  for (Scalar& scalar : scalars) {
    std::ranges::generate(scalar, [&] { return static_cast<std::uint8_t>(random()); });
    scalar[0] &= 0x7fU;
  }
  std::vector<std::string> messages(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    messages[i] = "message " + std::to_string(i) + std::string(i, 'y');
  }
  std::vector<std::vector<Signature>> signatures;
  std::vector<std::vector<bool>> verdicts;
  for (const auto& engine : engines) {
    std::vector<std::unique_ptr<SigningKey>> signing;
    std::vector<std::unique_ptr<VerifyingKey>> verifying;
    for (const Scalar& scalar : scalars) {
      signing.push_back(engine->make_signing_key(scalar).value());
      verifying.push_back(engine->make_verifying_key(public_point(scalar).value()).value());
    }
    std::vector<Signature>& out = signatures.emplace_back(kCount);
    std::vector<SignRequest> sign(kCount);
    std::vector<VerifyRequest> verify(kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
      sign[i] = {signing[i % kKeys].get(), test::octets(messages[i]), out[i].data(), false};
      verify[i] = {verifying[i % kKeys].get(), test::octets(messages[i]), out[i].data(), false};
    }
    engine->sign(sign);
    EXPECT_TRUE(std::ranges::all_of(sign, &SignRequest::done)) << engine->name();
    std::vector<bool>& found = verdicts.emplace_back();
    for (int round = 0; round < 3; ++round) {  // whole and cold, whole with tables, spoilt
      engine->verify(verify);
      std::ranges::transform(verify, std::back_inserter(found), &VerifyRequest::valid);
      for (std::size_t i = 0; round == 1 && i < kCount; i += 3) {
        out[i][(i * 7) % kSignatureBytes] ^= static_cast<std::uint8_t>(1U << i % 8);
      }
    }
    EXPECT_EQ(out, signatures.front()) << engine->name();
    EXPECT_EQ(found, verdicts.front()) << engine->name();
  }
  EXPECT_EQ(std::ranges::count(verdicts.front(), false), (kCount + 2) / 3);
}

}  // namespace
}  // namespace stirline::crypto::tiers_test
