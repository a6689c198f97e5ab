#include "crypto_workers/p256/kernel.hpp"

#include <cstring>
#include <random>
#include <vector>

#include <openssl/sha.h>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/self_test.hpp"
#include "tests/unit/crypto_workers/p256/kernel_fixture.hpp"

namespace stirline::crypto::kernel_test {
namespace {

using test::KernelTest;
using test::words_of;

INSTANTIATE_TEST_SUITE_P(Kernels, KernelTest, testing::ValuesIn(test::kP256Kernels), test::name_of);

nlohmann::json cavp(const std::string& name) {
  const auto path = test::test_data("vectors/" + name);
  return path ? nlohmann::json::parse(test::read_file(*path)) : nlohmann::json();
}

TEST_P(KernelTest, PassesItsOwnTest) {
  EXPECT_TRUE(kernel_self_test(kernel, memory->data()));
}

// FIPS 186-5 6.4.1; NIST CAVP ECDSA2VS SigGen with given nonces, each through all lanes, among other vectors.
TEST_P(KernelTest, CavpSigGen) {
  const auto file = cavp("nist_cavp_p256_sign.json");
  if (file.is_null()) {
    GTEST_SKIP() << "the NIST CAVP vectors are not here (meson option test_data)";
  }
  const auto& tests = file["tests"];
  ASSERT_EQ(tests.size(), 62U);
  const auto batch = std::make_unique<SignBatch>();
  for (std::size_t turn = 0; turn < kKernelLanes; ++turn) {
    for (std::size_t job = 0; job < 64; ++job) {
      const auto& vector = tests[(job + turn) % tests.size()];
      test::put(batch->nonce, job, words_of(vector["K"]));
      test::put(batch->digest, job, words_of(vector["Digest"]));
      test::put(batch->scalar, job, words_of(vector["Private"]));
    }
    ASSERT_TRUE(kernel.sign(memory->data(), *batch, 64));
    for (std::size_t job = 0; job < 64; ++job) {
      const auto& vector = tests[(job + turn) % tests.size()];
      EXPECT_TRUE(test::bit(batch->good, job));
      EXPECT_TRUE(test::holds(batch->r, job, words_of(vector["R"]))) << turn << " " << job;
      EXPECT_TRUE(test::holds(batch->s, job, words_of(vector["S"]))) << turn << " " << job;
    }
  }
}

// FIPS 186-5 6.4.2; NIST CAVP ECDSA2VS SigVer. Points off the curve never reach a kernel.
TEST_P(KernelTest, CavpSigVer) {
  const auto file = cavp("nist_cavp_p256_verify.json");
  if (file.is_null()) {
    GTEST_SKIP() << "the NIST CAVP vectors are not here (meson option test_data)";
  }
  const auto batch = std::make_unique<VerifyBatch>();
  std::vector<AffinePoint> points;
  std::vector<bool> expected;
  for (const auto& vector : file["tests"]) {
    std::array<std::uint8_t, kPointBytes> octets{};
    std::ranges::copy(test::from_hex("04" + vector["X"].get<std::string>() + vector["Y"].get<std::string>()),
                      octets.begin());
    if (!public_evp_key(octets)) {
      EXPECT_TRUE(vector.contains("Invalid"));
      continue;
    }
    const std::size_t job = points.size();
    test::put(batch->r, job, words_of(vector["R"]));
    test::put(batch->s, job, words_of(vector["S"]));
    test::put(batch->digest, job, words_of(vector["Digest"]));
    points.push_back({words_of(vector["X"]), words_of(vector["Y"])});
    expected.push_back(!vector.contains("Invalid"));
  }
  ASSERT_EQ(file["tests"].size(), 85U);
  for (const unsigned bits : {5U, 6U, 7U, 8U}) {
    std::vector<std::unique_ptr<TableEntry[]>> tables;
    for (std::size_t first = 0; first < points.size(); first += kTablesAtOnce) {
      const std::size_t count = std::min(points.size() - first, kTablesAtOnce);
      std::array<TableEntry*, kTablesAtOnce> building{};
      for (std::size_t i = 0; i < count; ++i) {
        tables.push_back(std::make_unique<TableEntry[]>(table_entries(bits)));
        building[i] = tables.back().get();
        batch->table[first + i] = building[i];
      }
      ASSERT_TRUE(kernel.build_tables(memory->data(), &points[first], count, bits, building.data()));
    }
    // Whole lanes only: the last ones are there twice.
    std::size_t jobs = points.size();
    for (; jobs % kKernelLanes != 0; ++jobs) {
      for (JobWords* const words : {&batch->r, &batch->s, &batch->digest}) {
        for (auto& word : *words) {
          word[jobs] = word[points.size() - 1];
        }
      }
      batch->table[jobs] = batch->table[points.size() - 1];
    }
    kernel.verify(memory->data(), *batch, jobs, bits);
    for (std::size_t job = 0; job < points.size(); ++job) {
      EXPECT_EQ(test::bit(batch->valid, job), expected[job]) << bits << " " << job;
      EXPECT_FALSE(test::bit(batch->recheck, job));
    }
  }
}

TEST_P(KernelTest, TablesOfPointsOffTheCurveAreRefused) {
  const AffinePoint off = {words_of("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
                           words_of("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f6")};
  const auto table = std::make_unique<TableEntry[]>(table_entries(5));
  TableEntry* const tables[] = {table.get()};
  EXPECT_FALSE(kernel.build_tables(memory->data(), &off, 1, 5, tables));
}

// SHA-512 of 104 octets modulo n, octet for octet as kernel.hpp describes it.
TEST_P(KernelTest, NoncesAreWhatTheyClaimToBe) {
  const auto batch = std::make_unique<NonceBatch>();
  std::mt19937_64 random(3);
  batch->counter = 0x12'3456'7890;
  for (JobWords* const words : {&batch->prefix, &batch->random, &batch->digest}) {
    for (auto& word : *words) {
      std::ranges::generate(word, [&] { return random(); });
    }
  }
  kernel.derive_nonces(*batch, kKernelJobs);
  const BigNumberContext context(BN_CTX_new());
  const BigNumber order(BN_lebin2bn(reinterpret_cast<const unsigned char*>(kGroupOrder.word), 32, nullptr));
  for (std::size_t job = 0; job < kKernelJobs; ++job) {
    std::array<std::uint64_t, 13> message{std::uint64_t{0x53544e} << 40 | (batch->counter + job)};
    for (std::size_t i = 0; i < kWords; ++i) {
      message[1 + i] = batch->prefix[i][job];
      message[5 + i] = batch->random[i][job];
      message[9 + i] = batch->digest[i][job];
    }
    for (std::uint64_t& word : message) {
      word = __builtin_bswap64(word);
    }
    std::array<std::uint8_t, SHA512_DIGEST_LENGTH> hash{};
    SHA512(reinterpret_cast<const std::uint8_t*>(message.data()), sizeof message, hash.data());
    const BigNumber wanted(BN_bin2bn(hash.data(), static_cast<int>(hash.size()), nullptr));
    BN_mod(wanted.get(), wanted.get(), order.get(), context.get());
    Words words{};
    BN_bn2lebinpad(wanted.get(), reinterpret_cast<unsigned char*>(words.word), 32);
    EXPECT_TRUE(test::holds(batch->nonce, job, words)) << job;
  }
}

// With the base point as key and z = -r, u1 G + u2 Q is the point at infinity, whatever the windows: some addition has
// no answer. That job is flagged, its neighbours are judged as ever.
TEST_P(KernelTest, SumsThatMeetAreFlagged) {
  const std::array<std::uint8_t, kScalarBytes> scalar = {0x12, 0x34};
  const auto point = public_point(scalar).value();
  const std::span<const std::uint8_t, kPointBytes> octets(point);
  const AffinePoint points[] = {{words_from(octets.subspan<1, 32>()), words_from(octets.subspan<33, 32>())},
                                kBasePoint};
  const auto table = std::make_unique<TableEntry[]>(2 * table_entries(6));
  TableEntry* const tables[] = {table.get(), table.get() + table_entries(6)};
  ASSERT_TRUE(kernel.build_tables(memory->data(), points, 2, 6, tables));
  std::mt19937_64 random(9);
  const auto sign = std::make_unique<SignBatch>();
  for (JobWords* const words : {&sign->nonce, &sign->digest}) {
    for (auto& word : *words) {
      std::ranges::generate(word, [&] { return random() >> 1; });
    }
  }
  for (std::size_t job = 0; job < kKernelJobs; ++job) {
    test::put(sign->scalar, job, words_from(scalar));
  }
  ASSERT_TRUE(kernel.sign(memory->data(), *sign, kKernelJobs));
  const BigNumber order(BN_lebin2bn(reinterpret_cast<const unsigned char*>(kGroupOrder.word), 32, nullptr));
  for (std::size_t meeting = 0; meeting < kKernelJobs; meeting += 5) {
    const auto batch = std::make_unique<VerifyBatch>();
    std::memcpy(batch->r, sign->r, sizeof batch->r);
    std::memcpy(batch->s, sign->s, sizeof batch->s);
    std::memcpy(batch->digest, sign->digest, sizeof batch->digest);
    std::ranges::fill(batch->table, tables[0]);
    batch->table[meeting] = tables[1];
    Words r{{batch->r[0][meeting], batch->r[1][meeting], batch->r[2][meeting], batch->r[3][meeting]}};
    const BigNumber opposite(BN_lebin2bn(reinterpret_cast<const unsigned char*>(r.word), 32, nullptr));
    BN_sub(opposite.get(), order.get(), opposite.get());
    BN_bn2lebinpad(opposite.get(), reinterpret_cast<unsigned char*>(r.word), 32);
    test::put(batch->digest, meeting, r);
    kernel.verify(memory->data(), *batch, kKernelJobs, 6);
    for (std::size_t job = 0; job < kKernelJobs; ++job) {
      EXPECT_EQ(test::bit(batch->valid, job), job != meeting) << meeting << " " << job;
      EXPECT_EQ(test::bit(batch->recheck, job), job == meeting) << meeting << " " << job;
    }
  }
}

// A nonce of n (or 0, which is the same) has no point: the whole batch is refused, and says so.
TEST_P(KernelTest, SumsThatMeetRefuseTheBatch) {
  const auto batch = std::make_unique<SignBatch>();
  std::mt19937_64 random(5);
  for (JobWords* const words : {&batch->nonce, &batch->digest, &batch->scalar}) {
    for (auto& word : *words) {
      std::ranges::generate(word, [&] { return random() >> 1; });
    }
  }
  EXPECT_TRUE(kernel.sign(memory->data(), *batch, kKernelJobs));
  test::put(batch->nonce, 77, Words{});
  EXPECT_FALSE(kernel.sign(memory->data(), *batch, kKernelJobs));
}

}  // namespace
}  // namespace stirline::crypto::kernel_test
