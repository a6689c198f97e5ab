#include "crypto_workers/job/processor.hpp"

#include "crypto_workers/job/signing_batch.hpp"
#include "crypto_workers/job/verification_batch.hpp"

namespace stirline::crypto {

struct Processor::Impl {
  explicit Impl(Engine& engine) : signing(engine), verification(engine) {}

  SigningBatch signing;
  VerificationBatch verification;
};

Processor::Processor(Engine& engine) : impl_(std::make_unique<Impl>(engine)) {}
Processor::~Processor() = default;

void Processor::process(std::span<Job* const> jobs) {
  for (Job* job : jobs) {
    if (job->kind == JobKind::verify) {
      impl_->verification.add(job->keyring, job->verify);
    } else {
      impl_->signing.add(job->keyring, job->sign);
    }
  }
  impl_->signing.finish();
  impl_->verification.finish();
}

}  // namespace stirline::crypto
