#include "crypto_workers/p256/engine.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/p256/engine_select.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/rfc6979.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::engine_test {
namespace {

using Scalar = std::array<std::uint8_t, kScalarBytes>;
using Point = std::array<std::uint8_t, kPointBytes>;
using Signature = std::array<std::uint8_t, kSignatureBytes>;

template <std::size_t N>
std::array<std::uint8_t, N> fixed(std::span<const std::uint8_t> octets) {
  std::array<std::uint8_t, N> result{};
  if (octets.size() != N) {
    throw std::runtime_error("wrong size");
  }
  std::ranges::copy(octets, result.begin());
  return result;
}

constexpr std::string_view kRfc6979Key = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

class EveryEngine : public testing::TestWithParam<std::tuple<EngineKind, NonceSource>> {
 protected:
  void SetUp() override {
    auto selected = select_engine(std::get<EngineKind>(GetParam()), std::get<NonceSource>(GetParam()));
    if (!selected) {
      GTEST_SKIP() << selected.error();
    }
    engine = std::move(selected->engine);
  }
  std::unique_ptr<Engine> engine;
};
INSTANTIATE_TEST_SUITE_P(Kinds, EveryEngine,
                         testing::Combine(testing::Values(EngineKind::openssl, EngineKind::ifma, EngineKind::scalar),
                                          testing::Values(NonceSource::random, NonceSource::rfc6979)));

// RFC 6979 A.2.5, SHA-256
TEST_P(EveryEngine, Rfc6979AppendixA25) {
  if (std::get<NonceSource>(GetParam()) != NonceSource::rfc6979) {
    GTEST_SKIP() << "these nonces are random";
  }
  const auto key = engine->make_signing_key(fixed<kScalarBytes>(test::from_hex(kRfc6979Key))).value();
  const std::pair<std::string, std::string> kVectors[] = {
      {"sample",
       "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
       "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
      {"test",
       "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
       "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"}};
  for (const auto& [message, expected] : kVectors) {
    Signature signature{};
    std::array<SignRequest, 1> batch{{{key.get(), test::octets(message), signature.data(), false}}};
    engine->sign(batch);
    EXPECT_TRUE(batch[0].done);
    EXPECT_TRUE(std::ranges::equal(signature, test::from_hex(expected)));
  }
}

TEST_P(EveryEngine, SignsWhatItVerifies) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    Scalar scalar{};
    std::ranges::generate(scalar, [&] { return static_cast<std::uint8_t>(random()); });
    scalar[0] &= 0x7fU;
    const auto signing = engine->make_signing_key(scalar).value();
    const auto verifying = engine->make_verifying_key(public_point(scalar).value()).value();
    const std::string message(static_cast<std::size_t>(round) * 37, 'x');
    Signature signature{};
    std::array<SignRequest, 1> sign{{{signing.get(), test::octets(message), signature.data(), false}}};
    engine->sign(sign);
    ASSERT_TRUE(sign[0].done);
    std::array<VerifyRequest, 1> good{{{verifying.get(), test::octets(message), signature.data(), false}}};
    engine->verify(good);
    EXPECT_TRUE(good[0].valid);
    for (std::size_t bit = 0; bit < 512; bit += 73) {
      Signature flipped = signature;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      std::array<VerifyRequest, 1> bad{{{verifying.get(), test::octets(message), flipped.data(), true}}};
      engine->verify(bad);
      EXPECT_FALSE(bad[0].valid);
    }
  }
}

// A bad request in a batch larger than kMaxBatch says so itself and disturbs no neighbour.
TEST_P(EveryEngine, NeighboursInABatchAreUndisturbed) {
  const Scalar scalar = fixed<kScalarBytes>(test::from_hex(kRfc6979Key));
  const auto signing = engine->make_signing_key(scalar).value();
  const auto verifying = engine->make_verifying_key(public_point(scalar).value()).value();
  constexpr std::size_t kCount = kMaxBatch + 3;
  std::vector<std::string> messages(kCount);
  std::vector<Signature> signatures(kCount);
  std::vector<SignRequest> sign(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    messages[i] = "message " + std::to_string(i);
    sign[i] = {i % 7 == 3 ? nullptr : signing.get(), test::octets(messages[i]), signatures[i].data(), false};
  }
  engine->sign(sign);
  std::vector<VerifyRequest> verify(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(sign[i].done, i % 7 != 3) << i;
    if (i % 5 == 1) {
      signatures[i][10] ^= 1U;
    }
    verify[i] = {verifying.get(), test::octets(messages[i]), signatures[i].data(), false};
  }
  engine->verify(verify);
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(verify[i].valid, i % 7 != 3 && i % 5 != 1) << i;
  }
}

TEST_P(EveryEngine, RefusesBadKeys) {
  const std::string_view kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  EXPECT_EQ(engine->make_signing_key(Scalar{}).error(), EngineError::bad_scalar);
  EXPECT_EQ(engine->make_signing_key(fixed<kScalarBytes>(test::from_hex(kOrder))).error(), EngineError::bad_scalar);
  Point point = public_point(fixed<kScalarBytes>(test::from_hex(kRfc6979Key))).value();
  EXPECT_TRUE(engine->make_verifying_key(point));
  point[64] ^= 1U;
  EXPECT_EQ(engine->make_verifying_key(point).error(), EngineError::bad_point);
  point[64] ^= 1U;
  point[0] = 0x06;  // hybrid form
  EXPECT_EQ(engine->make_verifying_key(point).error(), EngineError::bad_point);
}

TEST_P(EveryEngine, RandomNoncesDifferForOneMessage) {
  if (std::get<NonceSource>(GetParam()) != NonceSource::random) {
    GTEST_SKIP() << "these nonces are not random";
  }
  const auto key = engine->make_signing_key(fixed<kScalarBytes>(test::from_hex(kRfc6979Key))).value();
  std::array<Signature, 2> signatures{};
  for (Signature& signature : signatures) {
    std::array<SignRequest, 1> batch{{{key.get(), test::octets("sample"), signature.data(), false}}};
    engine->sign(batch);
    ASSERT_TRUE(batch[0].done);
  }
  EXPECT_FALSE(std::ranges::equal(std::span(signatures[0]).first<32>(), std::span(signatures[1]).first<32>()));
}

// STIR-VS-07: r and s in 1..n-1
TEST(SignatureFormat, RangeOfScalars) {
  Scalar scalar{};
  EXPECT_FALSE(is_group_scalar(scalar));
  scalar[31] = 1;
  EXPECT_TRUE(is_group_scalar(scalar));
  Scalar order =
      fixed<kScalarBytes>(test::from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"));
  EXPECT_FALSE(is_group_scalar(order));
  order[31] -= 1;
  EXPECT_TRUE(is_group_scalar(order));
  order.fill(0xff);
  EXPECT_FALSE(is_group_scalar(order));
}

TEST(SignatureFormat, DerRoundTripsAndRefusesRubbish) {
  for (const std::uint8_t lead : std::array<std::uint8_t, 5>{0x00, 0x01, 0x7f, 0x80, 0xff}) {
    Signature raw{};
    raw[0] = lead;
    raw[31] = 5;
    raw[32] = lead;
    raw[63] = 9;
    const DerSignature der = der_from_raw(raw);
    const auto octets = std::span(der.octets).first(der.length);
    EXPECT_EQ(raw_from_der(octets), raw);
    for (std::size_t length = 0; length < der.length; ++length) {
      EXPECT_FALSE(raw_from_der(octets.first(length)));
    }
  }
  for (const std::string_view hex :
       {"", "30", "3000", "3006020100020100ff", "300602018002010a", "30050201010201", "310602010102010a",
        "30070202000102010a", "30260221010000000000000000000000000000000000000000000000000000000000000000020101"}) {
    EXPECT_FALSE(raw_from_der(test::from_hex(hex))) << hex;
  }
}

TEST(Wycheproof, P1363Es256) {
  const auto path = test::test_data("vectors/ecdsa_secp256r1_sha256_p1363_test.json");
  if (!path) {
    GTEST_SKIP() << "the Wycheproof vectors are not here (meson option test_data)";
  }
  const auto engine = make_openssl_engine();
  const auto file = nlohmann::json::parse(test::read_file(*path));
  std::size_t judged = 0;
  for (const auto& group : file["testGroups"]) {
    const auto point = test::from_hex(group["publicKey"]["uncompressed"].get<std::string>());
    const auto key = engine->make_verifying_key(fixed<kPointBytes>(point)).value();
    for (const auto& test : group["tests"]) {
      const auto signature = test::from_hex(test["sig"].get<std::string>());
      const auto message = test::from_hex(test["msg"].get<std::string>());
      ++judged;
      if (signature.size() != kSignatureBytes) {  // refused by the opener: never reaches an engine
        EXPECT_EQ(test["result"], "invalid");
        continue;
      }
      std::array<VerifyRequest, 1> batch{{{key.get(), message, signature.data(), false}}};
      engine->verify(batch);
      EXPECT_EQ(batch[0].valid, test["result"] == "valid") << test["tcId"] << " " << test["comment"];
    }
  }
  EXPECT_EQ(judged, file["numberOfTests"].get<std::size_t>());
}

// The vectors give digests of several hashes, so this goes through the key type of the engine below its hashing.
TEST(Cavp, P256SigVer) {
  const auto path = test::test_data("vectors/nist_cavp_p256_verify.json");
  if (!path) {
    GTEST_SKIP() << "the NIST CAVP vectors are not here (meson option test_data)";
  }
  const auto file = nlohmann::json::parse(test::read_file(*path));
  std::size_t valid = 0;
  std::size_t judged = 0;
  for (const auto& test : file["tests"]) {
    ++judged;
    const auto point = test::from_hex("04" + test["X"].get<std::string>() + test["Y"].get<std::string>());
    const auto raw = test::from_hex(test["R"].get<std::string>() + test["S"].get<std::string>());
    const bool expected = !test.contains("Invalid");
    const auto key = public_evp_key(fixed<kPointBytes>(point));
    bool good = false;
    if (key) {
      const Signature signature = fixed<kSignatureBytes>(raw);
      const std::span<const std::uint8_t, kSignatureBytes> octets(signature);
      if (is_group_scalar(octets.first<kScalarBytes>()) && is_group_scalar(octets.last<kScalarBytes>())) {
        const DerSignature der = der_from_raw(signature);
        const auto digest = test::from_hex(test["Digest"].get<std::string>());
        const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key->get(), nullptr));
        good = EVP_PKEY_verify_init(context.get()) == 1 &&
               EVP_PKEY_verify(context.get(), der.octets.data(), der.length, digest.data(), digest.size()) == 1;
      }
    }
    valid += good ? 1U : 0U;
    EXPECT_EQ(good, expected) << judged;
  }
  EXPECT_EQ(judged, 85U);
  EXPECT_EQ(valid, 21U);
}

}  // namespace
}  // namespace stirline::crypto::engine_test
