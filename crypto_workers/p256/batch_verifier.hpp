// The verifying half of the batch engine: which key has a table and goes to the kernel, which goes to OpenSSL, which
// should get a table, and which has lost the right to one. One crypto core owns it.
#pragma once

#include <span>

#include "crypto_workers/p256/batch_context.hpp"

namespace stirline::crypto {

class BatchVerifier {
 public:
  explicit BatchVerifier(BatchContext& context) : context_(context) {}

  void verify(std::span<VerifyRequest> batch);  // any size

 private:
  // Requests whose keys have tables of one size.
  struct Tier {
    unsigned bits;
    std::array<VerifyRequest*, kKernelJobs> jobs{};
    std::array<SignatureClaim, kKernelJobs> claims{};
    std::size_t count = 0;

    void add(VerifyRequest* request, const SignatureClaim& claim) {
      jobs[count] = request;
      claims[count++] = claim;
    }
  };

  void verify_piece(std::span<VerifyRequest> piece);
  void verify_cold(VerifyRequest& request, const SignatureClaim& claim);
  void verify_tier(const Tier& tier);
  void note_met_sums(PublicPart& key);
  void want_large_tables();
  [[nodiscard]] bool verify_in_refuge(const VerifyRequest& request);

  BatchContext& context_;
  // Of one piece; kept, as clearing them would cost a small batch more than filling them.
  std::array<SignatureClaim, kKernelJobs> claims_{};
  Tier small_{.bits = kSmallTable};
  Tier large_{.bits = kLargeTable};
  Candidates small_tables_;
  Candidates large_tables_;
};

}  // namespace stirline::crypto
