// Builds the tokens of many messages and signs them with one call to the engine. Part of the processor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/job/keyring.hpp"
#include "crypto_workers/job/token_hashes.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/passport/builder.hpp"
#include "crypto_workers/passport/diversion_chain.hpp"
#include "crypto_workers/passport/integrity_digest.hpp"
#include "crypto_workers/passport/open.hpp"

namespace stirline::crypto {

class SigningBatch {
 public:
  explicit SigningBatch(Engine& engine);  // the engine must outlive it

  // Builds what `job` orders; job and keyring must stay until finish(). Finishes what came before if there is no room
  // left.
  void add(const Keyring* keyring, SignJob& job);

  // Signs, and writes the header lines of every job that was added.
  void finish();

 private:
  static constexpr std::size_t kMaxSigningInputBytes = 2'048;

  struct Token {
    SignJob* job = nullptr;
    TokenOrder* order = nullptr;
    const Credential* credential = nullptr;
    std::size_t length = 0;  // of the signing input
    std::array<char, kMaxSigningInputBytes> input;
    std::array<std::uint8_t, kSignatureBytes> signature;
  };

  [[nodiscard]] SignOutcome build(const Keyring* keyring, SignJob& job, TokenOrder& order);
  [[nodiscard]] std::optional<TokenContent> content_of(const SignJob& job, const TokenOrder& order,
                                                       const Credential& credential);
  // A token of the message that says who calls whom.
  struct Diverted {
    std::int64_t iat = 0;
    bool same_caller = false;
  };
  void read_diversions(const SignJob& job);
  [[nodiscard]] std::optional<Diverted> find_diverted(const SignJob& job, const sip::TelephoneNumber& diverter) const;

  Engine& engine_;
  IntegrityDigest digests_;
  TokenHashes hashes_;
  Opener opener_;
  DiversionReader diversions_;
  std::array<Diverted, kMaxTokens> diverted_;
  MediaKeyClaim media_keys_;  // of the job whose tokens are being built
  std::array<char, kMaxIntegrityDigestBytes> msgi_;
  std::array<std::string_view, sip::kMaxResourcePriorities> priorities_;
  std::vector<SignJob*> jobs_;
  std::vector<Token> tokens_;
  std::array<SignRequest, kMaxBatch> requests_;
  std::size_t token_count_ = 0;
};

}  // namespace stirline::crypto
