#include "crypto_workers/job/processor.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/builder.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kMaxSigningInputBytes = 2'048;

bool within(std::int64_t time, std::int64_t not_before, std::int64_t not_after) {
  return time >= not_before && time <= not_after;
}

Expectation expectation_of(const VerifyJob& job, const MediaKeyClaim& media_keys) {
  Expectation expectation;
  expectation.media_keys = &media_keys;
  expectation.media_keys_readable = job.media_keys_readable;
  expectation.orig = job.has_orig ? &job.orig : nullptr;
  expectation.dest = job.has_dest ? &job.dest : nullptr;
  expectation.orig_uri = job.orig_uri.view();
  expectation.dest_uri = job.dest_uri.view();
  expectation.date = job.date;
  expectation.date_malformed = job.date_malformed;
  expectation.now = job.now;
  expectation.fresh_seconds = job.policy.fresh_seconds;
  expectation.future_seconds = job.policy.future_seconds;
  expectation.profile = job.policy.profile;
  return expectation;
}

// Freshness has been judged; here the certificate's own time counts (STIR-VS-06).
Reason judge_certificate(const Certificate* certificate, std::int64_t now, std::int64_t iat) {
  if (certificate == nullptr) {
    return Reason::certificate_unknown;
  }
  if (certificate->standing != Reason::verified) {
    return certificate->standing;
  }
  if (certificate->key == nullptr) {
    return Reason::certificate_malformed;
  }
  if (!within(now, certificate->not_before, certificate->not_after)) {
    return Reason::certificate_expired;
  }
  if (!within(iat, certificate->not_before, certificate->not_after)) {
    return Reason::outside_certificate_validity;
  }
  return Reason::verified;
}

// One valid identity suffices; what is unsupported counts for nothing (RFC 8224 6.2.1; STIR-VS-01, -10).
void conclude(VerifyJob& job) {
  job.verdict = Verdict::none;
  job.reason = Reason::no_identity;
  job.decisive = 0;
  for (std::uint8_t i = 0; i < job.identity_count; ++i) {
    const IdentityVerdict& identity = job.verdicts[i];
    const bool better = identity.verdict == Verdict::valid ||
                        (identity.verdict == Verdict::invalid && job.verdict == Verdict::none) ||
                        job.reason == Reason::no_identity;
    if (better) {
      job.verdict = identity.verdict;
      job.reason = identity.reason;
      job.decisive = i;
    }
    if (identity.verdict == Verdict::valid) {
      return;
    }
  }
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
  struct PendingVerify {
    VerifyJob* job = nullptr;
    IdentityVerdict* out = nullptr;
    const Certificate* certificate = nullptr;
    OpenedToken token;
  };

  explicit Impl(Engine& the_engine) : engine(the_engine), opener(kMaxBatch), signing(kMaxBatch), verifying(kMaxBatch) {}

  void prepare(const Keyring* keyring, SignJob& job);
  void finish_signing();
  void prepare(const Keyring* keyring, VerifyJob& job);
  void prepare(const Keyring* keyring, VerifyJob& job, std::size_t index);
  void finish_verifying();
  [[nodiscard]] Reason judge(const PendingVerify& pending);

  Engine& engine;
  Opener opener;
  MediaKeyClaim media_keys;  // of the job that is being prepared
  std::vector<PendingSign> signing;
  std::vector<PendingVerify> verifying;
  std::array<SignRequest, kMaxBatch> sign_requests;
  std::array<VerifyRequest, kMaxBatch> verify_requests;
  std::size_t signing_count = 0;
  std::size_t verifying_count = 0;
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

void Processor::Impl::prepare(const Keyring* keyring, VerifyJob& job) {
  job.media_keys_readable =
      media_keys.assign(job.message, job.media_keys.fingerprints.view()) && job.media_keys_readable;
  job.identity_count = static_cast<std::uint8_t>(std::min<std::size_t>(job.identity_count, job.identities.size()));
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    if (verifying_count == kMaxBatch) {
      finish_verifying();
    }
    prepare(keyring, job, i);
  }
}

void Processor::Impl::prepare(const Keyring* keyring, VerifyJob& job, std::size_t index) {
  PendingVerify& pending = verifying[verifying_count];
  const sip::IdentityHeader& identity = job.identities[index];
  OpenedToken& token = pending.token;
  opener.open(job.message, identity, expectation_of(job, media_keys), verifying_count, token);

  IdentityVerdict& out = job.verdicts[index];
  out.verdict = token.reason == Reason::unsupported_ppt ? Verdict::none : Verdict::invalid;
  out.reason = token.reason;
  out.ppt = token.ppt;
  out.attest = token.attest;
  out.origid = token.origid;
  out.x5u = identity.info;
  if (token.reason != Reason::verified) {
    return;
  }
  const Certificate* certificate = keyring == nullptr ? nullptr : keyring->certificate(job.policy.regime, token.x5u);
  out.reason = judge_certificate(certificate, job.now, token.iat);
  if (out.reason != Reason::verified) {
    return;
  }
  pending.job = &job;
  pending.out = &out;
  pending.certificate = certificate;
  verify_requests[verifying_count] = {certificate->key.get(), octets_of(token.signing_input), token.signature.data(),
                                      false};
  ++verifying_count;
}

// What only a good signature makes worth asking: scope and constraints of the signer.
Reason Processor::Impl::judge(const PendingVerify& pending) {
  const Certificate& certificate = *pending.certificate;
  if (pending.token.orig_is_uri || !certificate.scope.covers(pending.job->orig.view())) {
    return Reason::certificate_scope;
  }
  if (!certificate.constraints.empty() && !opener.satisfies(certificate.constraints, pending.token.signing_input)) {
    return Reason::claim_constraint;
  }
  return Reason::verified;
}

void Processor::Impl::finish_verifying() {
  engine.verify(std::span(verify_requests).first(verifying_count));
  for (std::size_t i = 0; i < verifying_count; ++i) {
    const PendingVerify& pending = verifying[i];
    pending.out->reason = verify_requests[i].valid ? judge(pending) : Reason::signature_wrong;
    pending.out->verdict = pending.out->reason == Reason::verified ? Verdict::valid : Verdict::invalid;
  }
  verifying_count = 0;
}

Processor::Processor(Engine& engine) : impl_(std::make_unique<Impl>(engine)) {}
Processor::~Processor() = default;

void Processor::process(std::span<Job* const> jobs) {
  for (Job* job : jobs) {
    if (job->kind == JobKind::verify) {
      impl_->prepare(job->keyring, job->verify);
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
  if (impl_->verifying_count > 0) {
    impl_->finish_verifying();
  }
  for (Job* job : jobs) {
    if (job->kind == JobKind::verify) {
      conclude(job->verify);
    }
  }
}

}  // namespace stirline::crypto
