#include "crypto_workers/p256/batch_engine.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <vector>

#include <openssl/sha.h>

#include "crypto_workers/p256/engine_select.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "tests/unit/crypto_workers/p256/big_number.hpp"
#include "tests/unit/crypto_workers/p256/full_size.hpp"
#include "tests/unit/crypto_workers/p256/kernel_fixture.hpp"

namespace stirline::crypto::batch_engine_test {
namespace {

using Scalar = std::array<std::uint8_t, kScalarBytes>;
using Signature = std::array<std::uint8_t, kSignatureBytes>;

using test::times;

struct Party {
  std::unique_ptr<SigningKey> signing;
  std::unique_ptr<VerifyingKey> verifying;
};

Scalar random_scalar(std::mt19937_64& random) {
  Scalar scalar{};
  std::ranges::generate(scalar, [&] { return static_cast<std::uint8_t>(random()); });
  scalar[0] &= 0x7fU;
  return scalar;
}

class BatchEngineTest : public testing::TestWithParam<test::P256Kernel> {
 protected:
  void SetUp() override {
    if (!GetParam().runs_here()) {
      GTEST_SKIP() << "this processor cannot run " << GetParam().name;
    }
    engine = make({});
  }

  [[nodiscard]] std::unique_ptr<BatchEngine> make(BatchEngineOptions options) const {
    return BatchEngine::make(GetParam().operations(), std::move(options));
  }

  Party party(Engine& owner, const Scalar& scalar) const {
    return {owner.make_signing_key(scalar).value(), owner.make_verifying_key(public_point(scalar).value()).value()};
  }

  // `count` messages signed by `signer` with keys in turn; all must be signed.
  void sign(Engine& signer, const std::vector<Party>& parties, std::size_t count) {
    messages.resize(count);
    signatures.assign(count, {});
    std::vector<SignRequest> batch(count);
    for (std::size_t i = 0; i < count; ++i) {
      messages[i] = "message " + std::to_string(serial++) + std::string(i % 200, 'x');
      batch[i] = {parties[i % parties.size()].signing.get(), test::octets(messages[i]), signatures[i].data(), false};
    }
    signer.sign(batch);
    EXPECT_TRUE(std::ranges::all_of(batch, &SignRequest::done));
  }

  std::vector<bool> verify(Engine& verifier, const std::vector<Party>& parties) {
    std::vector<VerifyRequest> batch(messages.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i] = {parties[i % parties.size()].verifying.get(), test::octets(messages[i]), signatures[i].data(), false};
    }
    verifier.verify(batch);
    std::vector<bool> verdicts;
    std::ranges::transform(batch, std::back_inserter(verdicts), &VerifyRequest::valid);
    return verdicts;
  }

  // With r = -z and the key 1, u1 G + u2 Q is the point at infinity: some addition of the kernel's has no answer.
  void make_sums_meet(std::size_t i) {
    const test::Number opposite = test::from_words(kGroupOrder);
    Scalar digest{};
    SHA256(reinterpret_cast<const std::uint8_t*>(messages[i].data()), messages[i].size(), digest.data());
    BN_sub(opposite.get(), opposite.get(), test::from_words(words_from(digest)).get());
    BN_bn2binpad(opposite.get(), signatures[i].data(), kScalarBytes);
  }

  std::size_t invalid(Engine& verifier, const std::vector<Party>& parties) {
    return static_cast<std::size_t>(std::ranges::count(verify(verifier, parties), false));
  }

  std::unique_ptr<BatchEngine> engine;
  std::unique_ptr<Engine> openssl = make_openssl_engine();
  std::mt19937_64 random{11};
  std::vector<std::string> messages;
  std::vector<Signature> signatures;
  std::size_t serial = 0;
};
INSTANTIATE_TEST_SUITE_P(Kernels, BatchEngineTest, testing::ValuesIn(test::kP256Kernels), test::name_of);

// Both ways, mixed keys, at batch sizes from 1 to 257.
TEST_P(BatchEngineTest, AgreesWithOpensslAtEverySize) {
  std::vector<Party> ours;
  std::vector<Party> theirs;
  for (int i = 0; i < 11; ++i) {
    const Scalar scalar = random_scalar(random);
    ours.push_back(party(*engine, scalar));
    theirs.push_back(party(*openssl, scalar));
  }
  const std::size_t step = times(19, 1);
  for (std::size_t count = 1; count <= 257; count += count < 18 ? 1 : step) {
    sign(*engine, ours, count);
    EXPECT_EQ(invalid(*openssl, theirs), 0U) << count;
    EXPECT_EQ(invalid(*engine, ours), 0U) << count;
    sign(*openssl, theirs, count);
    EXPECT_EQ(invalid(*engine, ours), 0U) << count;
  }
  EXPECT_EQ(engine->counters().faults, 0U);
  EXPECT_EQ(engine->counters().met_sums, 0U);
  EXPECT_GE(engine->counters().tables_built, 11U);
}

TEST_P(BatchEngineTest, AgreesWithOpensslAtRandom) {
  for (std::size_t round = 0; round < times(6, 800); ++round) {
    std::vector<Party> ours;
    std::vector<Party> theirs;
    for (int i = 0; i < 5; ++i) {
      const Scalar scalar = random_scalar(random);
      ours.push_back(party(*engine, scalar));
      theirs.push_back(party(*openssl, scalar));
    }
    sign(*engine, ours, kMaxBatch);
    EXPECT_EQ(invalid(*openssl, theirs), 0U);
    EXPECT_EQ(invalid(*engine, ours), 0U);  // without tables
    EXPECT_EQ(invalid(*engine, ours), 0U);  // with tables
    for (std::size_t i = 0; i < signatures.size(); ++i) {
      signatures[i][random() % kSignatureBytes] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    }
    EXPECT_EQ(verify(*engine, ours), verify(*openssl, theirs));
    sign(*openssl, theirs, kMaxBatch);
    EXPECT_EQ(invalid(*engine, ours), 0U);
  }
  EXPECT_EQ(engine->counters().faults, 0U);
}

TEST_P(BatchEngineTest, OneBadLaneAtEachPosition) {
  const std::vector<Party> parties = [&] {
    std::vector<Party> list;
    list.push_back(party(*engine, random_scalar(random)));
    return list;
  }();
  sign(*engine, parties, kMaxBatch);
  EXPECT_EQ(invalid(*engine, parties), 0U);
  for (std::size_t bad = 0; bad < kMaxBatch; ++bad) {
    signatures[bad][40] ^= 1U;
    const std::vector<bool> verdicts = verify(*engine, parties);
    EXPECT_FALSE(verdicts[bad]);
    EXPECT_EQ(std::ranges::count(verdicts, false), 1);
    signatures[bad][40] ^= 1U;
  }
}

TEST_P(BatchEngineTest, NoncesNeverRepeat) {
  std::vector<Party> parties;
  parties.push_back(party(*engine, random_scalar(random)));
  parties.push_back(party(*engine, random_scalar(random)));
  std::set<Scalar> seen;
  const std::size_t rounds = times(80, 7'813);
  for (std::size_t round = 0; round < rounds; ++round) {
    serial = 0;  // the same messages again and again
    sign(*engine, parties, kMaxBatch);
    for (const Signature& signature : signatures) {
      Scalar r{};
      std::ranges::copy(std::span(signature).first<32>(), r.begin());
      EXPECT_TRUE(seen.insert(r).second);
    }
  }
  EXPECT_EQ(seen.size(), rounds * kMaxBatch);
}

TEST_P(BatchEngineTest, WithoutEntropyNothingIsSigned) {
  bool working = true;
  engine = make({.entropy = [&](std::span<std::uint8_t> out) { return working && system_entropy(out); }});
  std::vector<Party> parties;
  parties.push_back(party(*engine, random_scalar(random)));
  sign(*engine, parties, 8);
  working = false;
  std::size_t refused = 0;
  for (std::size_t round = 0; round < 1'030; ++round) {  // the generator is seeded anew after 1,024 batches
    Signature signature{};
    std::array<SignRequest, 1> batch{{{parties[0].signing.get(), test::octets("sample"), signature.data(), true}}};
    engine->sign(batch);
    if (!batch[0].done) {
      ++refused;
      EXPECT_EQ(signature, Signature{});
    }
  }
  EXPECT_EQ(refused, 7U);
  EXPECT_EQ(engine->counters().nonce_failures, 7U);
  const auto starved = make({.entropy = [](std::span<std::uint8_t>) { return false; }});
  const auto key = starved->make_signing_key(random_scalar(random)).value();
  Signature signature{};
  std::array<SignRequest, 1> batch{{{key.get(), test::octets("sample"), signature.data(), true}}};
  starved->sign(batch);
  EXPECT_FALSE(batch[0].done);
  EXPECT_EQ(signature, Signature{});
}

// Kernels that go wrong after their self-test.
struct Broken {
  enum class How { none, refuses, marks, lies } how = How::none;
  std::size_t lane = 0;
  const KernelOperations* kernel = nullptr;
  std::size_t wipes = 0;
};
Broken broken;

bool broken_sign(void* memory, SignBatch& batch, std::size_t jobs) {
  const bool good = broken.kernel->sign(memory, batch, jobs);
  switch (broken.how) {
    case Broken::How::none:
      return good;
    case Broken::How::refuses:
      return false;
    case Broken::How::marks:
      batch.good[broken.lane / 8] = static_cast<std::uint8_t>(batch.good[broken.lane / 8] & ~(1U << broken.lane % 8));
      batch.s[2][broken.lane] ^= 16;
      return good;
    case Broken::How::lies:
      for (auto& word : batch.s[1]) {
        word ^= 16;
      }
      return good;
  }
  return false;
}

void counting_wipe(void* memory) {
  ++broken.wipes;
  broken.kernel->wipe(memory);
}

class BrokenKernelTest : public BatchEngineTest {
 protected:
  void SetUp() override {
    BatchEngineTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    broken = {.kernel = &GetParam().operations()};
    operations = *broken.kernel;
    operations.sign = broken_sign;
    operations.wipe = counting_wipe;
    engine = BatchEngine::make(operations);
    const Scalar scalar = random_scalar(random);
    ours.push_back(party(*engine, scalar));
    theirs.push_back(party(*openssl, scalar));
  }

  KernelOperations operations{};
  std::vector<Party> ours;
  std::vector<Party> theirs;
};
INSTANTIATE_TEST_SUITE_P(Kernels, BrokenKernelTest, testing::ValuesIn(test::kP256Kernels), test::name_of);

TEST_P(BrokenKernelTest, ARefusedBatchIsSignedByOpenssl) {
  broken.how = Broken::How::refuses;
  sign(*engine, ours, 20);
  EXPECT_EQ(invalid(*openssl, theirs), 0U);
  EXPECT_EQ(engine->counters().faults, 1U);
}

TEST_P(BrokenKernelTest, AFaultyLaneIsNotReleased) {
  broken.how = Broken::How::marks;
  for (std::size_t lane = 0; lane < 8; ++lane) {
    broken.lane = lane;
    sign(*engine, ours, 8);
    EXPECT_EQ(invalid(*openssl, theirs), 0U);
  }
  EXPECT_EQ(engine->counters().faults, 3U);  // then it is not used any more
  EXPECT_FALSE(engine->counters().trusted);
}

TEST_P(BrokenKernelTest, AKernelThatLiesIsFoundOut) {
  broken.how = Broken::How::lies;
  std::size_t released = 0;
  for (std::size_t round = 0; round < 64; ++round) {
    sign(*engine, ours, 8);
    released += invalid(*openssl, theirs) != 0 ? 1U : 0U;
  }
  EXPECT_EQ(released, 45U);  // every sixteenth batch is sampled; the third wrong sample ends it
  EXPECT_FALSE(engine->counters().trusted);
}

TEST_P(BrokenKernelTest, FailsItsSelfTestAtStart) {
  broken.how = Broken::How::lies;
  EXPECT_EQ(BatchEngine::make(operations), nullptr);
}

TEST_P(BrokenKernelTest, MaintenanceWipesAndFindsAProcessorThatWentBad) {
  engine->maintain();
  EXPECT_EQ(broken.wipes, 1U);
  EXPECT_TRUE(engine->counters().trusted);
  sign(*engine, ours, 8);
  EXPECT_EQ(invalid(*openssl, theirs), 0U);
  broken.how = Broken::How::lies;
  engine->maintain();
  EXPECT_FALSE(engine->counters().trusted);
  sign(*engine, ours, 40);
  EXPECT_EQ(invalid(*openssl, theirs), 0U);
  EXPECT_EQ(invalid(*engine, ours), 0U);
}

// Who holds the key 1 (its point is the base point) or n - 1 makes partial sums equal or opposite: with 8 bits in both
// windows in every fifth signature, and with r = -z in every table, as the whole sum is the point at infinity then.
// Verdicts stay right, good and bad, and nobody else's lane is disturbed.
TEST_P(BatchEngineTest, SumsThatMeetDisturbNobody) {
  Scalar one{};
  one[31] = 1;
  Scalar minus_one{};
  std::ranges::copy(test::from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"),
                    minus_one.begin());
  engine = make({.met_sums_allowed = ~std::uint64_t{0}});
  std::vector<Party> parties;
  parties.push_back(party(*engine, random_scalar(random)));
  parties.push_back(party(*engine, one));
  parties.push_back(party(*engine, random_scalar(random)));
  parties.push_back(party(*engine, minus_one));
  constexpr std::size_t kMeeting = 5;  // signed with the key 1
  const std::size_t rounds = times(20, 400);
  for (std::size_t round = 0; round < rounds; ++round) {
    sign(*engine, parties, kMaxBatch);
    EXPECT_EQ(invalid(*engine, parties), 0U);
    for (std::size_t i = 0; i < signatures.size(); i += 3) {
      signatures[i][50] ^= 4U;
    }
    make_sums_meet(kMeeting);
    EXPECT_EQ(invalid(*engine, parties), (kMaxBatch + 2) / 3 + 1);
  }
  EXPECT_GE(engine->counters().met_sums, rounds);
  EXPECT_EQ(engine->counters().faults, 0U);
}

// The engine samples what it signs. With such a key of one's own the verdict on a sample stays open; that is no fault.
TEST_P(BatchEngineTest, SamplesWhoseSumsMeetAreNoFault) {
  if (GetParam().operations().base_window != kLargestKeyWindow) {
    GTEST_SKIP() << "digits of the base point and of a key never stand for the same multiple here";
  }
  engine = make({.busy_after_uses = 1, .met_sums_allowed = ~std::uint64_t{0}});
  Scalar one{};
  one[31] = 1;
  std::vector<Party> parties;
  parties.push_back(party(*engine, one));
  for (std::size_t round = 0; round < 20; ++round) {  // until the key has its large table
    sign(*engine, parties, 8);
    EXPECT_EQ(invalid(*engine, parties), 0U);
  }
  EXPECT_GT(engine->counters().met_sums, 0U);
  for (std::size_t round = 0; round < 400; ++round) {
    sign(*engine, parties, 8);
  }
  EXPECT_EQ(engine->counters().faults, 0U);
}

// Made to meet by their signatures (ifma: in large tables also by equal digits, as the base point's window is as wide).
TEST_P(BatchEngineTest, KeysThatMakeSumsMeetLoseTheirTableForAWhile) {
  engine = make({.busy_after_uses = 1, .met_sums_allowed = 4, .batches_barred = 10});
  Scalar one{};
  one[31] = 1;
  std::vector<Party> parties;
  parties.push_back(party(*engine, one));
  constexpr std::size_t kMeeting = 5;
  // The signature that a new table is tried on may make sums meet by itself: then there is none yet.
  for (int attempt = 0; attempt < 100 && engine->counters().barred == 0; ++attempt) {
    sign(*engine, parties, kMaxBatch);
    for (std::size_t i = 0; i < kMeeting; ++i) {
      make_sums_meet(i);
    }
    EXPECT_EQ(invalid(*engine, parties), kMeeting);
  }
  EXPECT_EQ(engine->counters().barred, 1U);
  const std::uint64_t met = engine->counters().met_sums;
  EXPECT_GE(met, 4U);
  const std::uint64_t cold = engine->counters().cold;
  const std::uint64_t built = engine->counters().tables_built;
  for (std::size_t batch = 1; batch < 10; ++batch) {
    EXPECT_EQ(invalid(*engine, parties), kMeeting);
    EXPECT_EQ(engine->counters().cold, cold + batch * kMaxBatch);
  }
  EXPECT_EQ(engine->counters().tables_built, built);
  EXPECT_EQ(engine->counters().met_sums, met);
  for (int attempt = 0; attempt < 100 && engine->counters().tables_built == built; ++attempt) {  // let off
    sign(*engine, parties, kMaxBatch);
    EXPECT_EQ(invalid(*engine, parties), 0U);
  }
  EXPECT_GT(engine->counters().tables_built, built);
}

TEST_P(BatchEngineTest, TablesStayWithinTheirBudget) {
  constexpr std::size_t kRoom = 4;
  const std::size_t small = table_entries(5) * sizeof(TableEntry);
  engine = make({.table_budget_bytes = kRoom * small});
  for (int i = 0; i < 10; ++i) {
    const Scalar scalar = random_scalar(random);
    std::vector<Party> theirs;
    theirs.push_back(party(*openssl, scalar));
    sign(*openssl, theirs, 8);
    std::vector<Party> one;
    one.push_back(party(*engine, scalar));
    EXPECT_EQ(invalid(*engine, one), 0U);
    EXPECT_EQ(invalid(*engine, one), 0U);
  }
  EXPECT_EQ(engine->counters().tables_built, 10U);
  EXPECT_EQ(engine->counters().cold, 80U);
}

TEST_P(BatchEngineTest, BusyKeysGetLargeTables) {
  engine = make({.busy_after_uses = 100});
  std::vector<Party> parties;
  parties.reserve(3);
  for (int i = 0; i < 3; ++i) {
    parties.push_back(party(*engine, random_scalar(random)));
  }
  sign(*engine, parties, kMaxBatch);
  for (int round = 0; round < 12; ++round) {
    EXPECT_EQ(invalid(*engine, parties), 0U);
  }
  EXPECT_EQ(engine->counters().tables_built, 6U);
  EXPECT_EQ(engine->counters().cold, kMaxBatch);
}

TEST(EngineSelect, NamesAndRefuge) {
  EXPECT_EQ(engine_kind("auto"), EngineKind::automatic);
  EXPECT_EQ(engine_kind("ifma"), EngineKind::ifma);
  EXPECT_EQ(engine_kind("scalar"), EngineKind::scalar);
  EXPECT_EQ(engine_kind("openssl"), EngineKind::openssl);
  EXPECT_EQ(engine_kind("IFMA"), std::nullopt);
  EXPECT_EQ(select_engine(EngineKind::openssl)->engine->name(), "openssl");
  EXPECT_EQ(select_engine(EngineKind::automatic)->engine->name(), has_ifma() ? "ifma" : "scalar");
  EXPECT_EQ(select_engine(EngineKind::scalar)->engine->name(), "scalar");
  EXPECT_EQ(select_engine(EngineKind::ifma).has_value(), has_ifma());
}

template <EngineKind kind>
const KernelOperations& kernel_that_fails() {
  static const KernelOperations kOperations = [] {
    KernelOperations copy = scalar::kernel();
    copy.name = kind == EngineKind::ifma ? "ifma" : "scalar";
    copy.start = [](void*) { return false; };
    return copy;
  }();
  return kOperations;
}

// A tier that fails its self-test is not used, the next one is, and the alarm names those that failed.
TEST(EngineSelect, FailedTiersAreNamedAndPassedOver) {
  constexpr auto kRuns = [] { return true; };
  const EngineTier failing = {EngineKind::ifma, kernel_that_fails<EngineKind::ifma>, kRuns, ""};
  const EngineTier absent = {EngineKind::ifma, kernel_that_fails<EngineKind::ifma>, [] { return false; }, "vectors"};
  const EngineTier failing_too = {EngineKind::scalar, kernel_that_fails<EngineKind::scalar>, kRuns, ""};
  const EngineTier working = {EngineKind::scalar, scalar::kernel, kRuns, ""};
  const auto select = [](EngineKind kind, std::array<EngineTier, 2> tiers) {
    return select_engine(kind, NonceSource::random, tiers);
  };
  const auto next = select(EngineKind::automatic, {failing, working}).value();
  EXPECT_EQ(next.engine->name(), "scalar");
  EXPECT_TRUE(next.alarm.contains("ifma"));
  EXPECT_FALSE(next.alarm.contains("scalar"));
  const auto none = select(EngineKind::automatic, {failing, failing_too}).value();
  EXPECT_EQ(none.engine->name(), "openssl");
  EXPECT_TRUE(none.alarm.contains("ifma"));
  EXPECT_TRUE(none.alarm.contains("scalar"));
  const auto quiet = select(EngineKind::automatic, {absent, working}).value();
  EXPECT_EQ(quiet.engine->name(), "scalar");
  EXPECT_EQ(quiet.alarm, "");
  EXPECT_TRUE(select(EngineKind::ifma, {failing, working}).error().contains("ifma"));
  EXPECT_TRUE(select(EngineKind::ifma, {absent, working}).error().contains("vectors"));
  EXPECT_EQ(select(EngineKind::scalar, {failing, working})->alarm, "");
  EXPECT_FALSE(select(EngineKind::scalar, {failing, failing_too}));
}

}  // namespace
}  // namespace stirline::crypto::batch_engine_test
