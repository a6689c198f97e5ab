// The Engine on a batch kernel: keys, messages, nonces, tables and mistrust; the arithmetic is the kernel's.
//
// Signing: hedged nonces (kernel.hpp); each signature is checked by the kernel before release, and of every sixteenth
// batch eight signatures, by turns, are verified. Verification: keys with a table go to the kernel, others to OpenSSL,
// which is also the refuge for whatever the kernel cannot answer. A key gets a small table once it has verified
// something, a large one when it is busy: at most one building per call; it loses it if its signatures make partial
// sums meet again and again. Results are compared with OpenSSL's now and then; a kernel that errs three times, or fails
// its known answers, is not used again.
//
// Threads, ownership and errors: as in engine.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/p256/kernel.hpp"
#include "crypto_workers/p256/nonce_random.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"

namespace stirline::crypto {

struct BatchEngineOptions {
  NonceSource nonces = NonceSource::random;
  EntropySource entropy = system_entropy;
  std::size_t table_budget_bytes = std::size_t{64} << 20;
  std::uint64_t busy_after_uses = 1'000;  // verifications after which a key gets a large table
  std::uint64_t met_sums_allowed = 8;     // after so many a key loses its table
  std::uint64_t batches_barred = 65'536;  // and gets none for so long
};

class BatchEngine final : public Engine {
 public:
  // Nothing if the kernel fails its self-test: an alarm for the caller to raise. The caller knows that the processor
  // can run the kernel. Throws std::runtime_error or std::bad_alloc at start-up.
  [[nodiscard]] static std::unique_ptr<BatchEngine> make(const KernelOperations& kernel,
                                                         BatchEngineOptions options = {});
  ~BatchEngine() override;

  [[nodiscard]] std::string_view name() const override;
  [[nodiscard]] std::expected<std::unique_ptr<SigningKey>, EngineError> make_signing_key(
      std::span<const std::uint8_t, kScalarBytes> scalar) override;
  [[nodiscard]] std::expected<std::unique_ptr<VerifyingKey>, EngineError> make_verifying_key(
      std::span<const std::uint8_t, kPointBytes> point) override;
  void sign(std::span<SignRequest> batch) override;
  void verify(std::span<VerifyRequest> batch) override;
  void maintain() override;
  [[nodiscard]] EngineCounters counters() const override;

 private:
  struct Impl;
  explicit BatchEngine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
