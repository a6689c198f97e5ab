#include "crypto_workers/p256/batch_verifier.hpp"

#include <algorithm>

#include "crypto_workers/p256/signature_format.hpp"
#include "crypto_workers/p256/words_octets.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kLargeTablesAtOnce = 2;  // 0.2 ms that other calls wait
constexpr std::uint64_t kBatchesOfRecheck = 64;

PublicPart& key_of(const VerifyRequest& request) {
  return static_cast<BatchVerifyingKey&>(*request.key).public_part;
}

}  // namespace

void BatchVerifier::verify(std::span<VerifyRequest> batch) {
  small_tables_ = {};
  large_tables_ = {};
  for (; !batch.empty(); batch = batch.subspan(std::min(batch.size(), kKernelJobs))) {
    verify_piece(batch.first(std::min(batch.size(), kKernelJobs)));
  }
  const bool small = !small_tables_.all().empty();
  if (!context_.build_tables(small ? small_tables_ : large_tables_, small ? kSmallTable : kLargeTable)) {
    context_.fault();
  }
}

void BatchVerifier::verify_piece(std::span<VerifyRequest> piece) {
  std::array<VerifyRequest*, kKernelJobs> list{};
  std::size_t count = 0;
  for (VerifyRequest& request : piece) {
    request.valid = false;
    if (request.key == nullptr || request.signature == nullptr) {
      continue;
    }
    const std::span<const std::uint8_t, kSignatureBytes> raw(request.signature, kSignatureBytes);
    if (is_group_scalar(raw.first<kScalarBytes>()) && is_group_scalar(raw.last<kScalarBytes>())) {
      context_.hash_jobs[count].message = request.message;
      claims_[count] = {words_from(raw.first<kScalarBytes>()), words_from(raw.last<kScalarBytes>()), {}};
      list[count++] = &request;
    }
  }
  if (count == 0) {
    return;
  }
  context_.next_batch();
  if (!context_.trusts_kernel() || !context_.hash.hash(std::span(context_.hash_jobs).first(count))) {
    for (VerifyRequest* const request : std::span(list).first(count)) {
      request->valid = verify_in_refuge(*request);
    }
    return;
  }
  small_.count = 0;
  large_.count = 0;
  for (std::size_t job = 0; job < count; ++job) {
    claims_[job].digest = words_from(context_.hash_jobs[job].digest);
    PublicPart& key = key_of(*list[job]);
    KeyTable* const table = context_.tables.find(key.octets, key.hint);
    if (table == nullptr) {
      verify_cold(*list[job], claims_[job]);
      continue;
    }
    ++table->uses;
    table->last_use = context_.batch_number;
    (table->bits == kLargeTable ? large_ : small_).add(list[job], claims_[job]);
  }
  verify_tier(small_);
  verify_tier(large_);
  want_large_tables();
}

void BatchVerifier::verify_cold(VerifyRequest& request, const SignatureClaim& claim) {
  context_.cold.fetch_add(1, std::memory_order_relaxed);
  request.valid = verify_in_refuge(request);
  PublicPart& key = key_of(request);
  if (request.valid && !context_.tables.barred(key.octets, context_.batch_number)) {
    small_tables_.add({&key, claim}, kTablesAtOnce);
  }
}

void BatchVerifier::verify_tier(const Tier& tier) {
  if (tier.count == 0) {
    return;
  }
  for (std::size_t job = 0; job < tier.count; ++job) {
    PublicPart& key = key_of(*tier.jobs[job]);
    context_.set_claim(job, tier.claims[job], context_.tables.find(key.octets, key.hint)->entries.get());
  }
  context_.judge_claims(tier.count, tier.bits);
  const bool recheck = context_.batch_number % kBatchesOfRecheck == 0;
  const std::size_t rechecked = context_.batch_number / kBatchesOfRecheck % tier.count;
  for (std::size_t job = 0; job < tier.count; ++job) {
    VerifyRequest& request = *tier.jobs[job];
    request.valid = bit_of(context_.claims.valid, job);
    if (bit_of(context_.claims.recheck, job)) {
      request.valid = verify_in_refuge(request);
      note_met_sums(key_of(request));
    } else if (recheck && job == rechecked && verify_in_refuge(request) != request.valid) {
      context_.fault();
      request.valid = !request.valid;
      context_.tables.drop(key_of(request).octets);
    }
  }
}

// Only on purpose do sums meet. Each costs a verification by OpenSSL and its whole batch a level of additions; a key
// that does it again and again is verified by OpenSSL alone for a while.
void BatchVerifier::note_met_sums(PublicPart& key) {
  context_.met_sums.fetch_add(1, std::memory_order_relaxed);
  KeyTable* const table = context_.tables.find(key.octets, key.hint);
  if (table != nullptr && ++table->met_sums >= context_.options.met_sums_allowed) {
    context_.tables.bar(key.octets, context_.batch_number + context_.options.batches_barred);
    context_.barred.fetch_add(1, std::memory_order_relaxed);
  }
}

void BatchVerifier::want_large_tables() {
  for (std::size_t job = 0; job < small_.count; ++job) {
    PublicPart& key = key_of(*small_.jobs[job]);
    const KeyTable* const table = context_.tables.find(key.octets, key.hint);
    if (small_.jobs[job]->valid && table != nullptr && table->uses >= context_.options.busy_after_uses) {
      large_tables_.add({&key, small_.claims[job]}, kLargeTablesAtOnce);
    }
  }
}

bool BatchVerifier::verify_in_refuge(const VerifyRequest& request) {
  VerifyRequest same = request;
  same.key = static_cast<BatchVerifyingKey&>(*request.key).refuge.get();
  context_.refuge->verify(std::span(&same, 1));
  return same.valid;
}

}  // namespace stirline::crypto
