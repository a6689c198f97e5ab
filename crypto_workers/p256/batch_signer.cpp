#include "crypto_workers/p256/batch_signer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <openssl/crypto.h>

#include "crypto_workers/p256/rfc6979.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

constexpr std::uint64_t kBatchesOfSample = 16;

BatchSigningKey& key_of(const SignRequest& request) {
  return static_cast<BatchSigningKey&>(*request.key);
}

}  // namespace

BatchSigner::BatchSigner(BatchContext& context)
    : context_(context),
      memory_(sizeof(Secrets)),
      secrets_(*static_cast<Secrets*>(memory_.data())),
      random_(context.options.entropy) {}

void BatchSigner::sign(std::span<SignRequest> piece) {
  std::array<SignRequest*, kKernelJobs> list{};
  std::size_t count = 0;
  for (SignRequest& request : piece) {
    request.done = false;
    if (request.key != nullptr && request.signature != nullptr) {
      context_.hash_jobs[count].message = request.message;
      list[count++] = &request;
    }
  }
  const std::span<SignRequest* const> jobs = std::span(list).first(count);
  if (count == 0) {
    return;
  }
  context_.next_batch();
  if (!context_.trusts_kernel() || !context_.hash.hash(std::span(context_.hash_jobs).first(count))) {
    std::ranges::for_each(jobs, [this](SignRequest* request) { sign_in_refuge(*request); });
    return;
  }
  SignBatch& batch = secrets_.sign;
  for (std::size_t job = 0; job < count; ++job) {
    set(batch.digest, job, words_from(context_.hash_jobs[job].digest));
    set(batch.scalar, job, key_of(*jobs[job]).secrets().scalar);
  }
  if (!make_nonces(jobs)) {
    context_.nonce_failures.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  std::memcpy(batch.nonce, secrets_.nonces.nonce, sizeof batch.nonce);
  // The lanes behind the last job repeat it whole: the same signature once more, never a nonce with another digest.
  for (std::size_t job = count; job < whole_lanes(count); ++job) {
    set(batch.nonce, job, get(batch.nonce, count - 1));
    set(batch.digest, job, get(batch.digest, count - 1));
    set(batch.scalar, job, get(batch.scalar, count - 1));
  }
  const bool answered = context_.kernel.sign(context_.kernel_memory.data(), batch, count);
  OPENSSL_cleanse(batch.nonce, sizeof batch.nonce);
  OPENSSL_cleanse(batch.scalar, sizeof batch.scalar);
  OPENSSL_cleanse(&secrets_.nonces, sizeof secrets_.nonces);
  const bool sound = answered && sample_holds(jobs);
  if (!sound) {
    context_.fault();
  }
  for (std::size_t job = 0; job < count; ++job) {
    if (sound && bit_of(batch.good, job)) {
      release(*jobs[job], job);
      continue;
    }
    if (sound) {
      context_.fault();
    }
    sign_in_refuge(*jobs[job]);  // with a nonce of its own
  }
}

bool BatchSigner::make_nonces(std::span<SignRequest* const> jobs) {
  if (context_.options.nonces == NonceSource::rfc6979) {
    return make_rfc6979_nonces(jobs);
  }
  const std::span<std::uint8_t> drawn = std::span(secrets_.random).first(jobs.size() * kScalarBytes);
  if (!random_.fill(drawn)) {
    return false;
  }
  NonceBatch& nonces = secrets_.nonces;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    Words words{};
    std::memcpy(words.word, drawn.data() + job * kScalarBytes, kScalarBytes);
    set(nonces.random, job, words);
    set(nonces.prefix, job, key_of(*jobs[job]).secrets().prefix);
    set(nonces.digest, job, get(secrets_.sign.digest, job));
  }
  OPENSSL_cleanse(drawn.data(), drawn.size());
  constexpr std::uint64_t kCounterMask = (std::uint64_t{1} << 39) - 1;  // room for the jobs of the batch below 2^40
  nonces.counter = nonces_drawn_ & kCounterMask;
  nonces_drawn_ += jobs.size();
  context_.kernel.derive_nonces(nonces, whole_lanes(jobs.size()));
  return true;
}

bool BatchSigner::make_rfc6979_nonces(std::span<SignRequest* const> jobs) {
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    SecretBytes<kScalarBytes> scalar;
    SecretBytes<kScalarBytes> nonce;
    to_octets(key_of(*jobs[job]).secrets().scalar, scalar.span());
    if (!rfc6979_nonce(scalar.span(), context_.hash_jobs[job].digest, nonce)) {
      return false;
    }
    set(secrets_.nonces.nonce, job, words_from(nonce.span()));
  }
  return true;
}

// Of every sixteenth batch eight neighbours, by turns, are verified with the public key. Keys without a table get one.
bool BatchSigner::sample_holds(std::span<SignRequest* const> jobs) {
  if (context_.batch_number % kBatchesOfSample != 0) {
    return true;
  }
  const std::size_t groups = whole_lanes(jobs.size()) / kKernelLanes;
  const std::size_t first = context_.batch_number / kBatchesOfSample % groups * kKernelLanes;
  const std::size_t end = std::min(first + kKernelLanes, jobs.size());
  const SignBatch& batch = secrets_.sign;
  std::size_t count = 0;
  unsigned bits = kSmallTable;  // of the first key that has a table; others wait for their turn
  Candidates wanted;
  for (std::size_t job = first; job < end; ++job) {
    PublicPart& key = key_of(*jobs[job]).public_part;
    const SignatureClaim claim = {get(batch.r, job), get(batch.s, job), get(batch.digest, job)};
    KeyTable* const table = context_.tables.find(key.octets, key.hint);
    if (table == nullptr) {
      wanted.add({&key, claim}, kTablesAtOnce);
    } else if (count == 0 || table->bits == bits) {
      bits = table->bits;
      table->last_use = context_.batch_number;
      context_.set_claim(count++, claim, table->entries.get());
    }
  }
  if (count != 0) {
    context_.judge_claims(count, bits);
    for (std::size_t job = 0; job < count; ++job) {
      // Sums that met leave the verdict open: the key's doing, no fault of the kernel.
      if (!bit_of(context_.claims.valid, job) && !bit_of(context_.claims.recheck, job)) {
        return false;
      }
    }
  }
  return context_.build_tables(wanted, kSmallTable);  // checks the signature with the new table
}

void BatchSigner::release(SignRequest& request, std::size_t job) {
  const std::span<std::uint8_t, kSignatureBytes> signature(request.signature, kSignatureBytes);
  to_octets(get(secrets_.sign.r, job), signature.first<32>());
  to_octets(get(secrets_.sign.s, job), signature.last<32>());
  request.done = true;
}

void BatchSigner::sign_in_refuge(SignRequest& request) {
  SignRequest same = request;
  same.key = key_of(request).refuge.get();
  context_.refuge->sign(std::span(&same, 1));
  request.done = same.done;
}

}  // namespace stirline::crypto
