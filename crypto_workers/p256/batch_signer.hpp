// The signing half of the batch engine: hashes, hedged nonces, the kernel's signatures, and what is checked before one
// is released. One crypto core owns it.
#pragma once

#include <cstdint>
#include <span>

#include "crypto_workers/p256/batch_context.hpp"
#include "crypto_workers/p256/nonce_random.hpp"

namespace stirline::crypto {

class BatchSigner {
 public:
  explicit BatchSigner(BatchContext& context);

  void sign(std::span<SignRequest> piece);  // at most kKernelJobs
  [[nodiscard]] bool locked() const { return memory_.locked(); }

 private:
  struct Secrets {
    SignBatch sign;
    NonceBatch nonces;
    std::array<std::uint8_t, kKernelJobs * kScalarBytes> random;
  };

  bool make_nonces(std::span<SignRequest* const> jobs);
  bool make_rfc6979_nonces(std::span<SignRequest* const> jobs);
  bool sample_holds(std::span<SignRequest* const> jobs);
  void release(SignRequest& request, std::size_t job);
  void sign_in_refuge(SignRequest& request);

  BatchContext& context_;
  LockedMemory memory_;
  Secrets& secrets_;
  NonceRandom random_;
  std::uint64_t nonces_drawn_ = 0;
};

}  // namespace stirline::crypto
