// ES256 (ECDSA P-256 with SHA-256, RFC 7518 3.4) in batches: the one interface behind which every implementation
// stands.
//
// Purpose: sign and verify many messages in one call; keys and contexts are made once, never per call.
// Ownership: an Engine and every key made by it belong to one crypto core: make_*_key may run on another thread before
// the key is handed over, sign() and verify() run on the owner alone. Keys must not outlive their engine. Errors: a
// request that fails says so in its own status; it never disturbs its neighbours in the batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string_view>

namespace stirline::crypto {

inline constexpr std::size_t kScalarBytes = 32;
inline constexpr std::size_t kPointBytes = 65;      // uncompressed: 04, x, y (SEC 1 2.3.3)
inline constexpr std::size_t kSignatureBytes = 64;  // r, s, big-endian (RFC 7518 3.4)
inline constexpr std::size_t kMaxBatch = 128;       // larger spans are legal and worked off in pieces

enum class EngineError : std::uint8_t {
  bad_scalar,  // zero, or not below the group order
  bad_point,   // not 65 octets of an uncompressed point on the curve
  internal,    // the library failed
};

// Opaque; each engine derives its own. Destruction wipes secrets.
class SigningKey {
 public:
  SigningKey() = default;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  virtual ~SigningKey() = default;
};

class VerifyingKey {
 public:
  VerifyingKey() = default;
  VerifyingKey(const VerifyingKey&) = delete;
  VerifyingKey& operator=(const VerifyingKey&) = delete;
  virtual ~VerifyingKey() = default;
};

struct SignRequest {
  SigningKey* key = nullptr;              // made by the same engine
  std::span<const std::uint8_t> message;  // what is hashed: the JWS signing input (RFC 7515 5.1)
  std::uint8_t* signature = nullptr;      // kSignatureBytes, written only if `done`
  bool done = false;                      // out
};

struct VerifyRequest {
  VerifyingKey* key = nullptr;
  std::span<const std::uint8_t> message;
  const std::uint8_t* signature = nullptr;  // kSignatureBytes
  bool valid = false;                       // out: r and s in 1..n-1 and the equation holds (STIR-VS-07)
};

// What an engine has met since it was made.
struct EngineCounters {
  std::uint64_t faults = 0;    // results of the kernel that were found wrong; none of them left the engine
  std::uint64_t met_sums = 0;  // verifications that had to be repeated, as their partial sums met
  std::uint64_t barred = 0;    // keys that made sums meet too often and lost their table for a while
  std::uint64_t cold = 0;      // verifications of keys without a table
  std::uint64_t tables_built = 0;
  std::uint64_t nonce_failures = 0;  // batches not signed for want of good random numbers
  bool trusted = true;               // false: the kernel has erred, OpenSSL does everything now; raise an alarm
  bool locked = true;                // false: the system refused to lock the memory of secrets
};

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // "openssl"
  [[nodiscard]] virtual std::expected<std::unique_ptr<SigningKey>, EngineError> make_signing_key(
      std::span<const std::uint8_t, kScalarBytes> scalar) = 0;
  [[nodiscard]] virtual std::expected<std::unique_ptr<VerifyingKey>, EngineError> make_verifying_key(
      std::span<const std::uint8_t, kPointBytes> point) = 0;
  virtual void sign(std::span<SignRequest> batch) = 0;
  virtual void verify(std::span<VerifyRequest> batch) = 0;

  // Known answers once more, and what old nonces left behind overwritten: the owner calls it every minute or so, best
  // when nothing waits. Below a millisecond.
  virtual void maintain() {}
  [[nodiscard]] virtual EngineCounters counters() const { return {}; }  // any thread
};

}  // namespace stirline::crypto
