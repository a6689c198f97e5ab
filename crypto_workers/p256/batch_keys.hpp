// What the batch engine keeps of a key.
#pragma once

#include <memory>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/p256/key_tables.hpp"
#include "crypto_workers/p256/locked_memory.hpp"
#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto {

struct PublicPart {
  PointOctets octets{};
  AffinePoint point{};
  KeyTableHint hint;  // the crypto core's
};

class BatchSigningKey final : public SigningKey {
 public:
  struct Secrets {
    Words scalar;
    Words prefix;  // hedges the nonces: derived from the scalar, tells nothing about it
  };

  BatchSigningKey() : memory_(sizeof(Secrets)) {}
  [[nodiscard]] Secrets& secrets() const { return *static_cast<Secrets*>(memory_.data()); }
  [[nodiscard]] bool locked() const { return memory_.locked(); }

  PublicPart public_part;
  std::unique_ptr<SigningKey> refuge;  // the same key for OpenSSL

 private:
  LockedMemory memory_;
};

class BatchVerifyingKey final : public VerifyingKey {
 public:
  PublicPart public_part;
  std::unique_ptr<VerifyingKey> refuge;
};

}  // namespace stirline::crypto
