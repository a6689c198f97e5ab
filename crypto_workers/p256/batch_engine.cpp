#include "crypto_workers/p256/batch_engine.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/p256/batch_keys.hpp"
#include "crypto_workers/p256/message_hash.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/rfc6979.hpp"
#include "crypto_workers/p256/self_test.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "crypto_workers/p256/words_octets.hpp"

namespace stirline::crypto {
namespace {

static_assert(kMaxBatch == kKernelJobs);

constexpr unsigned kSmallTable = 5;  // bits of the window
constexpr unsigned kLargeTable = 8;
constexpr std::size_t kLargeTablesAtOnce = 2;  // 0.2 ms that other calls wait
constexpr std::uint64_t kBatchesOfSample = 16;
constexpr std::uint64_t kBatchesOfRecheck = 64;
constexpr std::uint64_t kBatchesOfSelfTest = std::uint64_t{1} << 20;  // some minutes under load
constexpr std::uint64_t kMaxFaults = 3;

void set(JobWords& words, std::size_t job, const Words& value) {
  for (std::size_t i = 0; i < kWords; ++i) {
    words[i][job] = value.word[i];
  }
}

Words get(const JobWords& words, std::size_t job) {
  return {{words[0][job], words[1][job], words[2][job], words[3][job]}};
}

bool bit_of(const JobBits& bits, std::size_t job) {
  return (bits[job / kKernelLanes] >> (job % kKernelLanes) & 1U) != 0;
}

std::size_t whole_lanes(std::size_t jobs) {
  return (jobs + kKernelLanes - 1) / kKernelLanes * kKernelLanes;
}

PublicPart public_part_of(std::span<const std::uint8_t, kPointBytes> point) {
  PublicPart part;
  std::ranges::copy(point.subspan<1>(), part.octets.begin());
  const std::span<const std::uint8_t, 64> octets(part.octets);
  part.point = {words_from(octets.first<32>()), words_from(octets.last<32>())};
  return part;
}

// A signature known to be good, its key, and the table that the key should get.
struct Candidate {
  PublicPart* key = nullptr;
  Words r{};
  Words s{};
  Words digest{};
};

// At most kTablesAtOnce different keys.
class Candidates {
 public:
  void add(const Candidate& candidate, std::size_t limit) {
    const auto known = std::span(list_).first(count_);
    const bool there =
        std::ranges::any_of(known, [&](const Candidate& other) { return other.key->octets == candidate.key->octets; });
    if (!there && count_ < limit) {
      list_[count_++] = candidate;
    }
  }
  [[nodiscard]] std::span<const Candidate> all() const { return std::span(list_).first(count_); }

 private:
  std::array<Candidate, kTablesAtOnce> list_{};
  std::size_t count_ = 0;
};

}  // namespace

struct BatchEngine::Impl {
  Impl(const KernelOperations& the_kernel, BatchEngineOptions the_options)
      : kernel(the_kernel),
        options(std::move(the_options)),
        kernel_memory(kernel.memory_bytes),
        batch_memory(sizeof(Batches)),
        batches(*static_cast<Batches*>(batch_memory.data())),
        random(options.entropy),
        tables(options.table_budget_bytes),
        refuge(make_openssl_engine(options.nonces)) {
    counters.locked = kernel_memory.locked() && batch_memory.locked();
  }

  struct Batches {  // with secrets
    SignBatch sign;
    NonceBatch nonces;
    VerifyBatch verify;
    std::array<std::uint8_t, kKernelJobs * kScalarBytes> random;
  };

  void sign_piece(std::span<SignRequest> piece);
  bool make_nonces(std::span<SignRequest* const> jobs);
  bool sample_holds(std::span<SignRequest* const> jobs);
  void release(SignRequest& request, std::size_t job);
  void sign_in_refuge(SignRequest& request) {
    SignRequest same = request;
    same.key = static_cast<BatchSigningKey&>(*request.key).refuge.get();
    refuge->sign(std::span(&same, 1));
    request.done = same.done;
  }

  void verify_piece(std::span<VerifyRequest> piece);
  void verify_tier(std::span<VerifyRequest* const> jobs, std::span<const Words> digests, unsigned bits);
  void set_verify_job(std::size_t job, std::span<const std::uint8_t, kSignatureBytes> signature, const Words& digest,
                      const TableEntry* table);
  void pad_verify(std::size_t jobs);
  [[nodiscard]] bool verify_in_refuge(const VerifyRequest& request) {
    VerifyRequest same = request;
    same.key = static_cast<BatchVerifyingKey&>(*request.key).refuge.get();
    refuge->verify(std::span(&same, 1));
    return same.valid;
  }
  [[nodiscard]] bool build_tables(const Candidates& candidates, unsigned bits);
  void fault() {
    if (++counters.faults >= kMaxFaults) {
      counters.trusted = false;
    }
  }
  void next_batch() {
    if (++batch_number % kBatchesOfSelfTest == 0 && !kernel_self_test(kernel, kernel_memory.data())) {
      counters.trusted = false;
    }
  }

  const KernelOperations& kernel;
  BatchEngineOptions options;
  LockedMemory kernel_memory;
  LockedMemory batch_memory;
  Batches& batches;
  NonceRandom random;
  KeyTables tables;
  MessageHash hash;
  std::unique_ptr<Engine> refuge;
  std::array<HashJob, kKernelJobs> hash_jobs{};
  Candidates small_tables;
  Candidates large_tables;
  std::uint64_t nonces_drawn = 0;
  std::uint64_t batch_number = 0;
  BatchEngineCounters counters;
};

// ---- signing

bool BatchEngine::Impl::make_nonces(std::span<SignRequest* const> jobs) {
  if (options.nonces == NonceSource::rfc6979) {
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      SecretBytes<kScalarBytes> scalar;
      SecretBytes<kScalarBytes> nonce;
      to_octets(static_cast<BatchSigningKey&>(*jobs[job]->key).secrets().scalar, scalar.span());
      if (!rfc6979_nonce(scalar.span(), hash_jobs[job].digest, nonce)) {
        return false;
      }
      set(batches.nonces.nonce, job, words_from(nonce.span()));
    }
    return true;
  }
  const std::span<std::uint8_t> drawn = std::span(batches.random).first(jobs.size() * kScalarBytes);
  if (!random.fill(drawn)) {
    return false;
  }
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    Words words{};
    std::memcpy(words.word, drawn.data() + job * kScalarBytes, kScalarBytes);
    set(batches.nonces.random, job, words);
    set(batches.nonces.prefix, job, static_cast<BatchSigningKey&>(*jobs[job]->key).secrets().prefix);
    set(batches.nonces.digest, job, get(batches.sign.digest, job));
  }
  OPENSSL_cleanse(drawn.data(), drawn.size());
  constexpr std::uint64_t kCounterMask = (std::uint64_t{1} << 39) - 1;  // room for the jobs of the batch below 2^40
  batches.nonces.counter = nonces_drawn & kCounterMask;
  nonces_drawn += jobs.size();
  kernel.derive_nonces(batches.nonces, whole_lanes(jobs.size()));
  return true;
}

void BatchEngine::Impl::sign_piece(std::span<SignRequest> piece) {
  std::array<SignRequest*, kKernelJobs> list{};
  std::size_t count = 0;
  for (SignRequest& request : piece) {
    request.done = false;
    if (request.key != nullptr && request.signature != nullptr) {
      hash_jobs[count].message = request.message;
      list[count++] = &request;
    }
  }
  const std::span<SignRequest* const> jobs = std::span(list).first(count);
  if (count == 0) {
    return;
  }
  next_batch();
  if (!counters.trusted) {
    for (SignRequest* const request : jobs) {
      sign_in_refuge(*request);
    }
    return;
  }
  if (!hash.hash(std::span(hash_jobs).first(count))) {
    return;
  }
  for (std::size_t job = 0; job < count; ++job) {
    set(batches.sign.digest, job, words_from(hash_jobs[job].digest));
    set(batches.sign.scalar, job, static_cast<BatchSigningKey&>(*jobs[job]->key).secrets().scalar);
  }
  if (!make_nonces(jobs)) {
    ++counters.nonce_failures;
    return;
  }
  std::memcpy(batches.sign.nonce, batches.nonces.nonce, sizeof batches.sign.nonce);
  // The lanes behind the last job repeat it whole: the same signature once more, never a nonce with another digest.
  for (std::size_t job = count; job < whole_lanes(count); ++job) {
    set(batches.sign.nonce, job, get(batches.sign.nonce, count - 1));
    set(batches.sign.digest, job, get(batches.sign.digest, count - 1));
    set(batches.sign.scalar, job, get(batches.sign.scalar, count - 1));
  }
  const bool answered = kernel.sign(kernel_memory.data(), batches.sign, count);
  OPENSSL_cleanse(batches.sign.nonce, sizeof batches.sign.nonce);
  OPENSSL_cleanse(batches.sign.scalar, sizeof batches.sign.scalar);
  OPENSSL_cleanse(&batches.nonces, sizeof batches.nonces);
  const bool sound = answered && sample_holds(jobs);
  if (!sound) {
    fault();
  }
  for (std::size_t job = 0; job < count; ++job) {
    if (sound && bit_of(batches.sign.good, job)) {
      release(*jobs[job], job);
      continue;
    }
    if (sound) {
      fault();
    }
    sign_in_refuge(*jobs[job]);  // with a nonce of its own
  }
}

void BatchEngine::Impl::release(SignRequest& request, std::size_t job) {
  const std::span<std::uint8_t, kSignatureBytes> signature(request.signature, kSignatureBytes);
  to_octets(get(batches.sign.r, job), signature.first<32>());
  to_octets(get(batches.sign.s, job), signature.last<32>());
  request.done = true;
}

// Of every sixteenth batch eight neighbours, by turns, are verified with the public key. Keys without a table get one.
bool BatchEngine::Impl::sample_holds(std::span<SignRequest* const> jobs) {
  if (batch_number % kBatchesOfSample != 0) {
    return true;
  }
  const std::size_t groups = whole_lanes(jobs.size()) / kKernelLanes;
  const std::size_t first = batch_number / kBatchesOfSample % groups * kKernelLanes;
  const std::size_t end = std::min(first + kKernelLanes, jobs.size());
  std::size_t count = 0;
  unsigned bits = kSmallTable;  // of the first key that has a table; others wait for their turn
  Candidates wanted;
  for (std::size_t job = first; job < end; ++job) {
    PublicPart& key = static_cast<BatchSigningKey&>(*jobs[job]->key).public_part;
    KeyTable* const table = tables.find(key.octets, key.hint);
    if (table == nullptr) {
      wanted.add({&key, get(batches.sign.r, job), get(batches.sign.s, job), get(batches.sign.digest, job)},
                 kTablesAtOnce);
    } else if (count == 0 || table->bits == bits) {
      bits = table->bits;
      table->last_use = batch_number;
      set(batches.verify.r, count, get(batches.sign.r, job));
      set(batches.verify.s, count, get(batches.sign.s, job));
      set(batches.verify.digest, count, get(batches.sign.digest, job));
      batches.verify.table[count++] = table->entries.get();
    }
  }
  if (count != 0) {
    pad_verify(count);
    kernel.verify(kernel_memory.data(), batches.verify, count, bits);
    for (std::size_t job = 0; job < count; ++job) {
      if (!bit_of(batches.verify.valid, job)) {
        return false;
      }
    }
  }
  return build_tables(wanted, kSmallTable);  // checks the signature with the new table
}

// ---- verifying

void BatchEngine::Impl::set_verify_job(std::size_t job, std::span<const std::uint8_t, kSignatureBytes> signature,
                                       const Words& digest, const TableEntry* table) {
  set(batches.verify.r, job, words_from(signature.first<32>()));
  set(batches.verify.s, job, words_from(signature.last<32>()));
  set(batches.verify.digest, job, digest);
  batches.verify.table[job] = table;
}

void BatchEngine::Impl::pad_verify(std::size_t jobs) {
  for (std::size_t job = jobs; job < whole_lanes(jobs); ++job) {
    set(batches.verify.r, job, get(batches.verify.r, jobs - 1));
    set(batches.verify.s, job, get(batches.verify.s, jobs - 1));
    set(batches.verify.digest, job, get(batches.verify.digest, jobs - 1));
    batches.verify.table[job] = batches.verify.table[jobs - 1];
  }
}

void BatchEngine::Impl::verify_tier(std::span<VerifyRequest* const> jobs, std::span<const Words> digests,
                                    unsigned bits) {
  if (jobs.empty()) {
    return;
  }
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    PublicPart& key = static_cast<BatchVerifyingKey&>(*jobs[job]->key).public_part;
    set_verify_job(job, std::span<const std::uint8_t, kSignatureBytes>(jobs[job]->signature, kSignatureBytes),
                   digests[job], tables.find(key.octets, key.hint)->entries.get());
  }
  pad_verify(jobs.size());
  kernel.verify(kernel_memory.data(), batches.verify, jobs.size(), bits);
  const bool recheck = batch_number % kBatchesOfRecheck == 0;
  const std::size_t rechecked = batch_number / kBatchesOfRecheck % jobs.size();
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    VerifyRequest& request = *jobs[job];
    request.valid = bit_of(batches.verify.valid, job);
    if (bit_of(batches.verify.recheck, job)) {
      ++counters.met_sums;
      request.valid = verify_in_refuge(request);
    } else if (recheck && job == rechecked && verify_in_refuge(request) != request.valid) {
      fault();
      request.valid = !request.valid;
      tables.drop(static_cast<BatchVerifyingKey&>(*request.key).public_part.octets);
    }
  }
}

void BatchEngine::Impl::verify_piece(std::span<VerifyRequest> piece) {
  std::array<VerifyRequest*, kKernelJobs> list{};
  std::size_t count = 0;
  for (VerifyRequest& request : piece) {
    request.valid = false;
    if (request.key == nullptr || request.signature == nullptr) {
      continue;
    }
    const std::span<const std::uint8_t, kSignatureBytes> raw(request.signature, kSignatureBytes);
    if (is_group_scalar(raw.first<kScalarBytes>()) && is_group_scalar(raw.last<kScalarBytes>())) {
      hash_jobs[count].message = request.message;
      list[count++] = &request;
    }
  }
  if (count == 0) {
    return;
  }
  next_batch();
  if (counters.trusted && !hash.hash(std::span(hash_jobs).first(count))) {
    return;
  }
  struct Tier {
    std::array<VerifyRequest*, kKernelJobs> jobs{};
    std::array<Words, kKernelJobs> digests{};
    std::size_t count = 0;
    void add(VerifyRequest* request, const Words& digest) {
      jobs[count] = request;
      digests[count++] = digest;
    }
  };
  Tier small;
  Tier large;
  for (std::size_t job = 0; job < count; ++job) {
    VerifyRequest* const request = list[job];
    PublicPart& key = static_cast<BatchVerifyingKey&>(*request->key).public_part;
    KeyTable* const table = counters.trusted ? tables.find(key.octets, key.hint) : nullptr;
    const Words digest = words_from(hash_jobs[job].digest);
    if (table != nullptr) {
      ++table->uses;
      table->last_use = batch_number;
      (table->bits == kLargeTable ? large : small).add(request, digest);
      continue;
    }
    ++counters.cold;
    request->valid = verify_in_refuge(*request);
    if (request->valid && counters.trusted) {
      const std::span<const std::uint8_t, kSignatureBytes> raw(request->signature, kSignatureBytes);
      small_tables.add({&key, words_from(raw.first<32>()), words_from(raw.last<32>()), digest}, kTablesAtOnce);
    }
  }
  for (const auto& [tier, bits] : {std::pair(&small, kSmallTable), std::pair(&large, kLargeTable)}) {
    verify_tier(std::span(tier->jobs).first(tier->count), std::span(tier->digests).first(tier->count), bits);
  }
  for (std::size_t job = 0; job < small.count; ++job) {
    PublicPart& key = static_cast<BatchVerifyingKey&>(*small.jobs[job]->key).public_part;
    const KeyTable* const table = tables.find(key.octets, key.hint);
    if (small.jobs[job]->valid && table != nullptr && table->uses >= options.busy_after_uses) {
      const std::span<const std::uint8_t, kSignatureBytes> raw(small.jobs[job]->signature, kSignatureBytes);
      large_tables.add({&key, words_from(raw.first<32>()), words_from(raw.last<32>()), small.digests[job]},
                       kLargeTablesAtOnce);
    }
  }
}

// A table is published only if it finds the candidate's signature good. False: the kernel has erred.
bool BatchEngine::Impl::build_tables(const Candidates& candidates, unsigned bits) {
  const std::span<const Candidate> all = candidates.all();
  std::array<std::unique_ptr<TableEntry[]>, kTablesAtOnce> built;
  std::array<TableEntry*, kTablesAtOnce> entries{};
  std::array<AffinePoint, kTablesAtOnce> points{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    built[i] = tables.allocate(bits);
    if (!built[i]) {
      return true;
    }
    entries[i] = built[i].get();
    points[i] = all[i].key->point;
  }
  if (all.empty()) {
    return true;
  }
  if (!kernel.build_tables(kernel_memory.data(), points.data(), all.size(), bits, entries.data())) {
    return false;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    set(batches.verify.r, i, all[i].r);
    set(batches.verify.s, i, all[i].s);
    set(batches.verify.digest, i, all[i].digest);
    batches.verify.table[i] = entries[i];
  }
  pad_verify(all.size());
  kernel.verify(kernel_memory.data(), batches.verify, all.size(), bits);
  bool good = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (bit_of(batches.verify.valid, i)) {
      tables.publish(all[i].key->octets, bits, std::move(built[i]), batch_number);
      ++counters.tables_built;
    } else if (!bit_of(batches.verify.recheck, i)) {
      good = false;
    }
  }
  return good;
}

// ---- the engine

std::unique_ptr<BatchEngine> BatchEngine::make(const KernelOperations& kernel, BatchEngineOptions options) {
  auto impl = std::make_unique<Impl>(kernel, std::move(options));
  if (!kernel.start(impl->kernel_memory.data()) || !kernel_self_test(kernel, impl->kernel_memory.data())) {
    return nullptr;
  }
  return std::unique_ptr<BatchEngine>(new BatchEngine(std::move(impl)));
}

BatchEngine::BatchEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BatchEngine::~BatchEngine() = default;

std::string_view BatchEngine::name() const {
  return impl_->kernel.name;
}

BatchEngineCounters BatchEngine::counters() const {
  return impl_->counters;
}

std::expected<std::unique_ptr<SigningKey>, EngineError> BatchEngine::make_signing_key(
    std::span<const std::uint8_t, kScalarBytes> scalar) {
  const auto point = public_point(scalar);
  if (!point) {
    return std::unexpected(point.error());
  }
  auto refuge = impl_->refuge->make_signing_key(scalar);
  if (!refuge) {
    return std::unexpected(refuge.error());
  }
  auto key = std::make_unique<BatchSigningKey>();
  key->refuge = *std::move(refuge);
  key->public_part = public_part_of(*point);
  key->secrets().scalar = words_from(scalar);
  const auto label = octets_of("stirline P-256 nonce prefix");
  SecretBytes<kScalarBytes> prefix;
  if (HMAC(EVP_sha256(), scalar.data(), static_cast<int>(scalar.size()), label.data(), label.size(), prefix.data(),
           nullptr) == nullptr) {
    return std::unexpected(EngineError::internal);
  }
  key->secrets().prefix = words_from(prefix.span());
  return key;
}

std::expected<std::unique_ptr<VerifyingKey>, EngineError> BatchEngine::make_verifying_key(
    std::span<const std::uint8_t, kPointBytes> point) {
  auto refuge = impl_->refuge->make_verifying_key(point);
  if (!refuge) {
    return std::unexpected(refuge.error());
  }
  auto key = std::make_unique<BatchVerifyingKey>();
  key->refuge = *std::move(refuge);
  key->public_part = public_part_of(point);
  return key;
}

void BatchEngine::sign(std::span<SignRequest> batch) {
  for (; !batch.empty(); batch = batch.subspan(std::min(batch.size(), kKernelJobs))) {
    impl_->sign_piece(batch.first(std::min(batch.size(), kKernelJobs)));
  }
}

void BatchEngine::verify(std::span<VerifyRequest> batch) {
  impl_->small_tables = {};
  impl_->large_tables = {};
  for (; !batch.empty(); batch = batch.subspan(std::min(batch.size(), kKernelJobs))) {
    impl_->verify_piece(batch.first(std::min(batch.size(), kKernelJobs)));
  }
  const bool small = !impl_->small_tables.all().empty();
  if (!impl_->build_tables(small ? impl_->small_tables : impl_->large_tables, small ? kSmallTable : kLargeTable)) {
    impl_->fault();
  }
}

}  // namespace stirline::crypto
