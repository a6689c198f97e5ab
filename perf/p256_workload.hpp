// Distinct inputs for the P-256 benchmarks: keys, messages, signatures, in the forms of every layer.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/p256/kernel.hpp"

namespace stirline::perf {

inline constexpr std::size_t kMessageOctets = 400;

struct P256Workload {
  static constexpr std::size_t kKeys = 8;
  static constexpr std::size_t kInputs = 1'024;  // a multiple of every batch

  P256Workload();  // throws std::runtime_error if OpenSSL refuses

  std::array<std::array<std::uint8_t, crypto::kScalarBytes>, kKeys> scalars{};
  std::array<std::array<std::uint8_t, crypto::kPointBytes>, kKeys> points{};
  std::vector<std::vector<std::uint8_t>> messages;
  std::vector<std::array<std::uint8_t, 32>> digests;
  std::vector<std::array<std::uint8_t, crypto::kSignatureBytes>> signatures;  // of message i by key i % kKeys
  std::vector<std::array<std::uint8_t, 32>> nonces;
};

// The rival on the same inputs: EVP with contexts made once.
class EvpRival {
 public:
  explicit EvpRival(const P256Workload& workload);
  void sign(std::size_t input);    // digest given
  void verify(std::size_t input);  // digest given; throws std::runtime_error if the signature is refused
  void sign_message(std::size_t input);
  void verify_message(std::size_t input);
  void hash(std::size_t input);  // low-level SHA256_*, faster than EVP

 private:
  std::array<std::uint8_t, 32> digest_of(std::size_t input);

  const P256Workload& workload_;
  std::vector<crypto::EvpKeyContext> signers_;
  std::vector<crypto::EvpKeyContext> verifiers_;
  crypto::EvpDigest sha256_;
  crypto::EvpDigestContext digest_context_;
  std::vector<std::vector<std::uint8_t>> der_;
};

}  // namespace stirline::perf
