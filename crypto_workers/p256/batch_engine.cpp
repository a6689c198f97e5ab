#include "crypto_workers/p256/batch_engine.hpp"

#include <algorithm>
#include <utility>

#include <openssl/hmac.h>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/p256/batch_context.hpp"
#include "crypto_workers/p256/batch_signer.hpp"
#include "crypto_workers/p256/batch_verifier.hpp"
#include "crypto_workers/p256/openssl_key.hpp"
#include "crypto_workers/p256/self_test.hpp"
#include "crypto_workers/p256/words_octets.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

static_assert(kMaxBatch == kKernelJobs);

PublicPart public_part_of(std::span<const std::uint8_t, kPointBytes> point) {
  PublicPart part;
  std::ranges::copy(point.subspan<1>(), part.octets.begin());
  const std::span<const std::uint8_t, 64> octets(part.octets);
  part.point = {words_from(octets.first<32>()), words_from(octets.last<32>())};
  return part;
}

}  // namespace

struct BatchEngine::Impl {
  Impl(const KernelOperations& kernel, BatchEngineOptions options)
      : context(kernel, std::move(options)), signer(context), verifier(context) {}

  BatchContext context;
  BatchSigner signer;
  BatchVerifier verifier;
};

std::unique_ptr<BatchEngine> BatchEngine::make(const KernelOperations& kernel, BatchEngineOptions options) {
  auto impl = std::make_unique<Impl>(kernel, std::move(options));
  void* const memory = impl->context.kernel_memory.data();
  if (!kernel.start(memory) || !kernel_self_test(kernel, memory)) {
    return nullptr;
  }
  return std::unique_ptr<BatchEngine>(new BatchEngine(std::move(impl)));
}

BatchEngine::BatchEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BatchEngine::~BatchEngine() = default;

std::string_view BatchEngine::name() const {
  return impl_->context.kernel.name;
}

std::expected<std::unique_ptr<SigningKey>, EngineError> BatchEngine::make_signing_key(
    std::span<const std::uint8_t, kScalarBytes> scalar) {
  const auto point = public_point(scalar);
  if (!point) {
    return std::unexpected(point.error());
  }
  auto refuge = impl_->context.refuge->make_signing_key(scalar);
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
  auto refuge = impl_->context.refuge->make_verifying_key(point);
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
    impl_->signer.sign(batch.first(std::min(batch.size(), kKernelJobs)));
  }
}

void BatchEngine::verify(std::span<VerifyRequest> batch) {
  impl_->verifier.verify(batch);
}

void BatchEngine::maintain() {
  BatchContext& context = impl_->context;
  if (!context.trusts_kernel()) {
    return;
  }
  context.kernel.wipe(context.kernel_memory.data());
  if (!kernel_self_test(context.kernel, context.kernel_memory.data())) {
    context.distrust();
  }
}

EngineCounters BatchEngine::counters() const {
  const BatchContext& context = impl_->context;
  const auto value = [](const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  return {.faults = value(context.faults),
          .met_sums = value(context.met_sums),
          .barred = value(context.barred),
          .cold = value(context.cold),
          .tables_built = value(context.tables_built),
          .nonce_failures = value(context.nonce_failures),
          .trusted = context.trusts_kernel(),
          .locked = context.kernel_memory.locked() && impl_->signer.locked()};
}

}  // namespace stirline::crypto
