#include "crypto_workers/job/processor.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto_workers/job/verification_batch.hpp"
#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/builder.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kMaxSigningInputBytes = 2'048;

bool within(std::int64_t time, std::int64_t not_before, std::int64_t not_after) {
  return time >= not_before && time <= not_after;
}

}  // namespace

struct Processor::Impl {
  struct PendingSign {
    SignJob* job = nullptr;
    const Credential* credential = nullptr;
    std::size_t length = 0;  // of the signing input
    std::array<char, kMaxSigningInputBytes> input;
    std::array<std::uint8_t, kSignatureBytes> signature;
  };

  explicit Impl(Engine& the_engine) : engine(the_engine), signing(kMaxBatch), verification(the_engine) {}

  void prepare(const Keyring* keyring, SignJob& job);
  void finish_signing();

  Engine& engine;
  MediaKeyClaim media_keys;  // of the job that is being prepared
  std::vector<PendingSign> signing;
  std::array<SignRequest, kMaxBatch> sign_requests;
  std::size_t signing_count = 0;
  VerificationBatch verification;
};

void Processor::Impl::prepare(const Keyring* keyring, SignJob& job) {
  job.line_length = 0;
  const Credential* credential = keyring == nullptr ? nullptr : keyring->credential(job.credential);
  if (credential == nullptr || credential->key == nullptr) {
    job.outcome = SignOutcome::no_credential;
    return;
  }
  if (!within(job.iat, credential->not_before, credential->not_after) ||
      !within(job.now, credential->not_before, credential->not_after)) {
    job.outcome = SignOutcome::outside_credential_validity;
    return;
  }
  PendingSign& pending = signing[signing_count];
  if (!media_keys.assign(job.message, job.media_keys.fingerprints.view())) {
    job.outcome = SignOutcome::build_failed;
    return;
  }
  const ShakenClaims claims{
      job.attest, job.dest.view(), job.iat, job.orig.view(), std::string_view(job.origid.data(), job.origid.size()),
      &media_keys};
  const auto length = build_shaken_signing_input(claims, credential->x5u, pending.input);
  if (!length) {
    job.outcome = SignOutcome::build_failed;
    return;
  }
  pending.job = &job;
  pending.credential = credential;
  pending.length = *length;
  sign_requests[signing_count] = {credential->key.get(), octets_of({pending.input.data(), *length}),
                                  pending.signature.data(), false};
  ++signing_count;
}

void Processor::Impl::finish_signing() {
  engine.sign(std::span(sign_requests).first(signing_count));
  for (std::size_t i = 0; i < signing_count; ++i) {
    PendingSign& pending = signing[i];
    SignJob& job = *pending.job;
    if (!sign_requests[i].done) {
      job.outcome = SignOutcome::engine_failed;
      continue;
    }
    const auto length = build_identity_line({pending.input.data(), pending.length}, pending.signature,
                                            pending.credential->x5u, kShaken, job.line);
    job.outcome = length ? SignOutcome::signed_ : SignOutcome::build_failed;
    job.line_length = static_cast<std::uint16_t>(length.value_or(0));
  }
  signing_count = 0;
}

Processor::Processor(Engine& engine) : impl_(std::make_unique<Impl>(engine)) {}
Processor::~Processor() = default;

void Processor::process(std::span<Job* const> jobs) {
  for (Job* job : jobs) {
    if (job->kind == JobKind::verify) {
      impl_->verification.add(job->keyring, job->verify);
      continue;
    }
    if (impl_->signing_count == kMaxBatch) {
      impl_->finish_signing();
    }
    impl_->prepare(job->keyring, job->sign);
  }
  if (impl_->signing_count > 0) {
    impl_->finish_signing();
  }
  impl_->verification.finish();
}

}  // namespace stirline::crypto
