// The verifier of every kernel against OpenSSL: the input chooses keys (also an attacker's own), messages and
// signatures, good ones, broken ones, and ones made to let partial sums meet; all verdicts must be OpenSSL's, cold,
// with small tables and with large ones, and an honest neighbour must never notice.
//
// First octet: bit 0 chooses between whole messages through the engine and plain numbers through the kernel, where the
// attacker chooses digests too. The kernels themselves are built without sanitizers (crypto_workers/meson.build).
#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/sha.h>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/support/p256_adversary.hpp"
#include "tests/support/p256_kernels.hpp"

namespace stirline::fuzz::p256_verify {
namespace {

using namespace stirline::crypto;
namespace test = stirline::test;

using Octets32 = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, kSignatureBytes>;

constexpr std::size_t kMostKeys = 4;
constexpr std::size_t kMostJobs = 40;

// Zeros behind the end.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> input) : rest_(input) {}
  std::uint8_t octet() {
    if (rest_.empty()) {
      return 0;
    }
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  std::size_t below(std::size_t bound) { return octet() % bound; }
  std::vector<std::uint8_t> octets(std::size_t count) {
    std::vector<std::uint8_t> list(count);
    std::ranges::generate(list, [&] { return octet(); });
    return list;
  }
  // Any number of 256 bits, but above all those where arithmetic has its edges.
  Words number();
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
};

Words plus(Words words, std::uint64_t small, bool minus) {
  for (std::uint64_t& word : words.word) {
    const std::uint64_t old = word;
    word = minus ? old - small : old + small;
    small = (minus ? word > old : word < old) ? 1 : 0;
  }
  return words;
}

Words Reader::number() {
  const std::uint8_t kind = octet();
  switch (kind % 8) {
    case 0:
      return {{octet(), 0, 0, 0}};
    case 1:
      return plus(kGroupOrder, octet(), (kind & 8U) != 0);
    case 2:
      return plus(kFieldPrime, octet(), (kind & 8U) != 0);
    case 3: {  // a power of two, or one less
      Words words{};
      const std::uint8_t bit = octet();
      words.word[bit / 64] = std::uint64_t{1} << (bit % 64);
      return plus(words, kind >> 3 & 1U, true);
    }
    case 4: {  // the same digit in every window
      Words words{};
      std::ranges::fill(words.word, std::uint64_t{0x0101010101010101} * octet());
      return words;
    }
    case 5: {  // two halves alike
      Words words{};
      for (std::size_t i = 0; i < 16; ++i) {
        words.word[i / 8] |= std::uint64_t{octet()} << (i % 8 * 8);
      }
      words.word[2] = words.word[0];
      words.word[3] = words.word[1];
      return words;
    }
    default: {
      Words words{};
      for (std::size_t i = 0; i < 32; ++i) {
        words.word[i / 8] |= std::uint64_t{octet()} << (i % 8 * 8);
      }
      return words;
    }
  }
}

Octets32 octets_of(const Words& words) {
  Octets32 octets{};
  to_octets(words, octets);
  return octets;
}

// What OpenSSL says, from the numbers as they are.
class Oracle {
 public:
  explicit Oracle(std::span<const std::uint8_t, kPointBytes> point) : key_(public_evp_key(point).value()) {}

  [[nodiscard]] bool accepts(const Words& r, const Words& s, const Octets32& digest) const {
    const std::unique_ptr<ECDSA_SIG, OpensslFree<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
    check(ECDSA_SIG_set0(signature.get(), number_of(r), number_of(s)) == 1, "OpenSSL takes two numbers");
    std::array<std::uint8_t, 80> der{};
    std::uint8_t* end = der.data();
    const int length = i2d_ECDSA_SIG(signature.get(), &end);
    check(length > 0, "OpenSSL writes a signature");
    const EvpKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    check(EVP_PKEY_verify_init(context.get()) == 1, "OpenSSL verifies");
    const bool good =
        EVP_PKEY_verify(context.get(), der.data(), static_cast<std::size_t>(length), digest.data(), digest.size()) == 1;
    ERR_clear_error();
    return good;
  }

 private:
  static BIGNUM* number_of(const Words& words) {
    return BN_lebin2bn(reinterpret_cast<const unsigned char*>(words.word), sizeof words.word, nullptr);
  }
  EvpKey key_;
};

struct Party {
  Words scalar{};
  std::array<std::uint8_t, kPointBytes> point{};
  AffinePoint affine{};
  Oracle oracle;
};

// An error if the number is no scalar.
std::expected<Party, EngineError> party_of(const Words& scalar) {
  const auto point = public_point(octets_of(scalar));
  if (!point) {
    return std::unexpected(point.error());
  }
  Party party{.scalar = scalar, .point = *point, .affine = {}, .oracle = Oracle(*point)};
  const std::span<const std::uint8_t> coordinates = std::span(party.point).subspan<1>();
  party.affine = {words_from(coordinates.first<32>()), words_from(coordinates.subspan<32, 32>())};
  return party;
}

// One that plays by the rules, among whatever the input brings.
struct Honest {
  Words scalar = {{0x1234567890abcdef, 0xfedcba0987654321, 0x0f1e2d3c4b5a6978, 0x1122334455667788}};
  std::vector<std::uint8_t> message = {'h', 'o', 'n', 'e', 's', 't'};
  Octets32 digest{};
  Signature signature{};
};

const Honest& honest() {
  static const Honest kHonest = [] {
    Honest made;
    SHA256(made.message.data(), made.message.size(), made.digest.data());
    const auto engine = make_openssl_engine(NonceSource::rfc6979);
    const auto key = engine->make_signing_key(octets_of(made.scalar)).value();
    std::array<SignRequest, 1> batch{{{key.get(), made.message, made.signature.data(), false}}};
    engine->sign(batch);
    check(batch[0].done, "OpenSSL signs");
    return made;
  }();
  return kHonest;
}

// Keys of the input; a third kind of key is made for two numbers whose partial sums it lets meet.
std::vector<Party> parties_of(Reader& reader) {
  std::vector<Party> parties;
  const std::size_t count = 1 + reader.below(kMostKeys);
  for (std::size_t i = 0; i < count; ++i) {
    if (auto party = party_of(reader.number())) {
      parties.push_back(*std::move(party));
    }
  }
  if (parties.empty()) {
    parties.push_back(party_of({{1, 0, 0, 0}}).value());
  }
  return parties;
}

std::optional<Words> meeting_scalar(Reader& reader, const Words& u1, const Words& u2, unsigned bits) {
  // One attacker, all kernels: he picks whose windows he has read about.
  const test::Windows windows = {
      test::kP256Kernels[reader.below(std::size(test::kP256Kernels))].operations().base_window, bits};
  const std::size_t addition = reader.below(test::additions_of(windows));
  const auto meeting = (reader.octet() & 1U) != 0 ? test::Meeting::opposite : test::Meeting::equal;
  return test::scalar_that_meets(u1, u2, windows, addition, meeting);
}

void flip_a_bit(Reader& reader, Words& words) {
  const std::uint8_t bit = reader.octet();
  words.word[bit / 64] ^= std::uint64_t{1} << (bit % 64);
}

// ---- through the engine

struct Letter {
  std::size_t party = 0;
  std::vector<std::uint8_t> message;
  Signature signature{};
  bool expected = false;
};

Letter letter_of(Reader& reader, const std::vector<Party>& parties, Engine& openssl) {
  Letter letter;
  letter.party = reader.below(parties.size());
  const Party& party = parties[letter.party];
  letter.message = reader.octets(reader.below(96));
  Octets32 digest{};
  SHA256(letter.message.data(), letter.message.size(), digest.data());
  test::SignaturePair pair;
  switch (reader.below(4)) {
    case 0: {
      const auto key = openssl.make_signing_key(octets_of(party.scalar)).value();
      std::array<SignRequest, 1> batch{{{key.get(), letter.message, letter.signature.data(), false}}};
      openssl.sign(batch);
      check(batch[0].done, "OpenSSL signs");
      const std::span<const std::uint8_t, kSignatureBytes> made(letter.signature);
      pair = {words_from(made.first<32>()), words_from(made.last<32>())};
      break;
    }
    case 1:
      pair = {reader.number(), reader.number()};
      break;
    default:
      pair = test::pair_that_leads_to(words_from(digest), reader.number(), reader.number())
                 .value_or(test::SignaturePair{});
      break;
  }
  if (reader.below(4) == 1) {
    flip_a_bit(reader, (reader.octet() & 1U) != 0 ? pair.r : pair.s);
  }
  const std::span<std::uint8_t, kSignatureBytes> raw(letter.signature);
  to_octets(pair.r, raw.first<32>());
  to_octets(pair.s, raw.last<32>());
  letter.expected = party.oracle.accepts(pair.r, pair.s, digest);
  return letter;
}

void check_engine(Reader& reader) {
  const auto openssl = make_openssl_engine(NonceSource::rfc6979);
  const BatchEngineOptions options = {.table_budget_bytes = std::size_t{1} << (16 + reader.below(8)),
                                      .busy_after_uses = reader.below(8),
                                      .met_sums_allowed = 1 + reader.below(4),
                                      .batches_barred = reader.below(4)};
  const std::vector<Party> parties = parties_of(reader);
  std::vector<Letter> letters;
  while (!reader.done() && letters.size() < kMostJobs) {
    letters.push_back(letter_of(reader, parties, *openssl));
  }
  for (const test::P256Kernel& kernel : test::kP256Kernels) {
    if (!kernel.runs_here()) {
      continue;
    }
    const auto engine = BatchEngine::make(kernel.operations(), options);
    check(engine != nullptr, "a kernel passes its self-test");
    std::vector<std::unique_ptr<VerifyingKey>> keys;
    keys.reserve(parties.size());
    for (const Party& party : parties) {
      keys.push_back(engine->make_verifying_key(party.point).value());
    }
    const auto honest_key = engine->make_verifying_key(public_point(octets_of(honest().scalar)).value()).value();
    for (int round = 0; round < 4; ++round) {
      std::vector<VerifyRequest> batch;
      for (const Letter& letter : letters) {
        batch.push_back({keys[letter.party].get(), letter.message, letter.signature.data(), !letter.expected});
        if (batch.size() % 5 == 3) {
          batch.push_back({honest_key.get(), honest().message, honest().signature.data(), false});
        }
      }
      batch.push_back({honest_key.get(), honest().message, honest().signature.data(), false});
      engine->verify(batch);
      std::size_t next = 0;
      for (const VerifyRequest& request : batch) {
        const bool expected = request.key == honest_key.get() || letters[next++].expected;
        check(request.valid == expected, "the engine says what OpenSSL says");
      }
    }
    check(engine->counters().faults == 0, "nobody brings the kernel into discredit");
  }
}

// ---- through the kernel

struct Claim {
  Party party;
  test::SignaturePair pair;
  Words digest{};
  bool expected = false;
};

std::optional<Claim> claim_of(Reader& reader, unsigned bits) {
  const std::size_t kind = reader.below(4);
  const Words u1 = reader.number();
  const Words u2 = reader.number();
  const Words scalar = kind == 0 ? meeting_scalar(reader, u1, u2, bits).value_or(Words{}) : reader.number();
  auto party = party_of(scalar);
  if (!party) {
    return std::nullopt;
  }
  Claim claim{*std::move(party), {u1, u2}, reader.number()};
  if (kind != 3) {
    if (const auto chosen = test::signature_of(scalar, u1, u2)) {
      claim.pair = {chosen->r, chosen->s};
      claim.digest = chosen->digest;
    }
  } else {
    claim.pair = test::pair_that_leads_to(claim.digest, u1, u2).value_or(claim.pair);
  }
  if (reader.below(4) == 1) {
    flip_a_bit(reader, claim.digest);
  }
  if (!is_group_scalar(octets_of(claim.pair.r)) || !is_group_scalar(octets_of(claim.pair.s))) {
    return std::nullopt;  // never reaches a kernel
  }
  claim.expected = claim.party.oracle.accepts(claim.pair.r, claim.pair.s, octets_of(claim.digest));
  return claim;
}

void put(VerifyBatch& batch, std::size_t job, const test::SignaturePair& pair, const Words& digest,
         const TableEntry* table) {
  for (std::size_t i = 0; i < kWords; ++i) {
    batch.r[i][job] = pair.r.word[i];
    batch.s[i][job] = pair.s.word[i];
    batch.digest[i][job] = digest.word[i];
  }
  batch.table[job] = table;
}

bool bit_of(const JobBits& bits, std::size_t job) {
  return (bits[job / kKernelLanes] >> (job % kKernelLanes) & 1U) != 0;
}

void check_kernel(Reader& reader) {
  const unsigned bits = 5 + static_cast<unsigned>(reader.below(4));
  std::vector<Claim> claims;
  while (!reader.done() && claims.size() < kTablesAtOnce - 1) {
    if (auto claim = claim_of(reader, bits)) {
      claims.push_back(*std::move(claim));
    }
  }
  const std::span<const std::uint8_t, kSignatureBytes> raw(honest().signature);
  claims.push_back({party_of(honest().scalar).value(),
                    {words_from(raw.first<32>()), words_from(raw.last<32>())},
                    words_from(honest().digest),
                    true});
  for (const test::P256Kernel& named : test::kP256Kernels) {
    if (!named.runs_here()) {
      continue;
    }
    const KernelOperations& kernel = named.operations();
    const LockedMemory memory(kernel.memory_bytes);
    check(kernel.start(memory.data()), "a kernel starts");
    std::vector<std::vector<TableEntry>> tables(claims.size(), std::vector<TableEntry>(table_entries(bits)));
    std::array<AffinePoint, kTablesAtOnce> points{};
    std::array<TableEntry*, kTablesAtOnce> entries{};
    for (std::size_t i = 0; i < claims.size(); ++i) {
      points[i] = claims[i].party.affine;
      entries[i] = tables[i].data();
    }
    check(kernel.build_tables(memory.data(), points.data(), claims.size(), bits, entries.data()),
          "points of the curve have tables");
    const auto batch = std::make_unique<VerifyBatch>();
    constexpr std::size_t kJobs = 2 * kKernelLanes;
    for (std::size_t job = 0; job < kJobs; ++job) {
      const Claim& claim = claims[job % claims.size()];
      put(*batch, job, claim.pair, claim.digest, tables[job % claims.size()].data());
    }
    kernel.verify(memory.data(), *batch, kJobs, bits);
    for (std::size_t job = 0; job < kJobs; ++job) {
      const std::size_t i = job % claims.size();
      const bool open = bit_of(batch->recheck, job);
      check(!open || i + 1 != claims.size(), "sums that meet are their maker's affair");
      check(bit_of(batch->valid, job) == (claims[i].expected && !open), "the kernel says what OpenSSL says");
    }
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size > 4'096) {
    return 0;
  }
  Reader reader({data, size});
  if ((reader.octet() & 1U) == 0) {
    check_engine(reader);
  } else {
    check_kernel(reader);
  }
  return 0;
}

const Target kTarget("p256_verify", run);

}  // namespace
}  // namespace stirline::fuzz::p256_verify
