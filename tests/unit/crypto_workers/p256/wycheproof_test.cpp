// Wycheproof ES256 in both encodings through the batch engine on every kernel: each vector among good signatures, which
// must stay good, with a cold key, a small table and a large one.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "tests/support/p256_kernels.hpp"
#include "tests/unit/crypto_workers/p256/full_size.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::wycheproof_test {
namespace {

using Signature = std::array<std::uint8_t, kSignatureBytes>;

enum class Encoding : std::uint8_t { raw, der };

struct Vector {
  int id = 0;
  std::vector<std::uint8_t> message;
  Signature signature{};
  bool valid = false;
};

// Nothing if it is no signature by its form.
std::optional<Signature> decoded(const std::vector<std::uint8_t>& octets, Encoding encoding) {
  if (encoding == Encoding::der) {
    return raw_from_der(octets);
  }
  if (octets.size() != kSignatureBytes) {
    return std::nullopt;
  }
  Signature signature{};
  std::ranges::copy(octets, signature.begin());
  return signature;
}

class Wycheproof : public testing::TestWithParam<std::tuple<test::P256Kernel, Encoding>> {
 protected:
  static constexpr std::size_t kBatch = 16;  // one vector and its neighbours

  void SetUp() override {
    const test::P256Kernel& kernel = std::get<0>(GetParam());
    if (!kernel.runs_here()) {
      GTEST_SKIP() << "this processor does not run " << kernel.name;
    }
    const bool der = std::get<1>(GetParam()) == Encoding::der;
    const auto path = test::test_data(der ? "vectors/ecdsa_secp256r1_sha256_test.json"
                                          : "vectors/ecdsa_secp256r1_sha256_p1363_test.json");
    if (!path) {
      GTEST_SKIP() << "the Wycheproof vectors are not here (meson option test_data)";
    }
    file = nlohmann::json::parse(test::read_file(*path));
    engine = BatchEngine::make(kernel.operations(), {.busy_after_uses = 1});
    sign_neighbours();
  }

  void sign_neighbours() {
    std::array<std::uint8_t, kScalarBytes> scalar{};
    scalar.fill(0x35);
    const auto key = engine->make_signing_key(scalar).value();
    neighbour = engine->make_verifying_key(public_point(scalar).value()).value();
    std::vector<SignRequest> batch(kBatch);
    for (std::size_t i = 0; i < kBatch; ++i) {
      messages[i] = "neighbour " + std::to_string(i);
      batch[i] = {key.get(), test::octets(messages[i]), signatures[i].data(), false};
    }
    engine->sign(batch);
    ASSERT_TRUE(std::ranges::all_of(batch, &SignRequest::done));
  }

  void judge_among_neighbours(VerifyingKey* key, const Vector& vector, std::size_t place) {
    std::array<VerifyRequest, kBatch> batch;
    for (std::size_t i = 0; i < kBatch; ++i) {
      batch[i] = {neighbour.get(), test::octets(messages[i]), signatures[i].data(), false};
    }
    batch[place] = {key, vector.message, vector.signature.data(), !vector.valid};
    engine->verify(batch);
    EXPECT_EQ(batch[place].valid, vector.valid) << "vector " << vector.id;
    EXPECT_EQ(std::ranges::count(batch, false, &VerifyRequest::valid), vector.valid ? 0 : 1) << "vector " << vector.id;
  }

  nlohmann::json file;
  std::unique_ptr<BatchEngine> engine;
  std::unique_ptr<VerifyingKey> neighbour;
  std::array<std::string, kBatch> messages;
  std::array<Signature, kBatch> signatures{};
};

INSTANTIATE_TEST_SUITE_P(Kernels, Wycheproof,
                         testing::Combine(testing::ValuesIn(test::kP256Kernels),
                                          testing::Values(Encoding::raw, Encoding::der)),
                         [](const auto& suite) {
                           return std::get<0>(suite.param).name +
                                  std::string(std::get<1>(suite.param) == Encoding::der ? "_der" : "_raw");
                         });

// STIR-VS-07
TEST_P(Wycheproof, EveryVerdictIsRightAndNeighboursAreUndisturbed) {
  std::size_t judged = 0;
  std::size_t reached = 0;
  for (const auto& group : file["testGroups"]) {
    std::array<std::uint8_t, kPointBytes> point{};
    std::ranges::copy(test::from_hex(group["publicKey"]["uncompressed"].get<std::string>()), point.begin());
    const auto key = engine->make_verifying_key(point).value();
    std::vector<Vector> vectors;
    for (const auto& entry : group["tests"]) {
      ++judged;
      const bool valid = entry["result"] == "valid";
      if (const auto signature = decoded(test::from_hex(entry["sig"].get<std::string>()), std::get<1>(GetParam()))) {
        vectors.push_back({entry["tcId"], test::from_hex(entry["msg"].get<std::string>()), *signature, valid});
      } else {
        EXPECT_FALSE(valid) << "vector " << entry["tcId"];
      }
    }
    reached += vectors.size();
    for (int round = 0; round < 3; ++round) {  // cold, with the small table, with the large one
      for (std::size_t i = 0; i < vectors.size(); ++i) {
        for (std::size_t turn = 0; turn < test::times(1, kBatch); ++turn) {
          judge_among_neighbours(key.get(), vectors[i], (i + turn) % kBatch);
        }
      }
    }
  }
  EXPECT_EQ(judged, file["numberOfTests"].get<std::size_t>());
  EXPECT_GT(reached, judged / 2);
  EXPECT_EQ(engine->counters().faults, 0U);
}

}  // namespace
}  // namespace stirline::crypto::wycheproof_test
