// The random part of hedged nonces: a generator of its own for each crypto core.
//
// AES-256 in counter mode with fast key erasure: the first octets of every request become the next key, so what was
// given out cannot be computed from what is left. Seeded from the system; seeded anew after every 1,024 requests, and
// after a fork, which finds the key wiped. Errors: without entropy, or with output that repeats, nothing is given out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/locked_memory.hpp"

namespace stirline::crypto {

using EntropySource = std::function<bool(std::span<std::uint8_t>)>;  // false: none to be had

// getrandom(2), mixed with the processor's own generator inside the kernel.
[[nodiscard]] bool system_entropy(std::span<std::uint8_t> out);

class NonceRandom {
 public:
  static constexpr std::size_t kMaxRequest = 8'192;  // octets

  explicit NonceRandom(EntropySource entropy = system_entropy);  // throws std::runtime_error if OpenSSL has no AES

  // At most kMaxRequest octets. False: `out` must not be used.
  [[nodiscard]] bool fill(std::span<std::uint8_t> out);

 private:
  static constexpr std::size_t kKeyBytes = 32;
  struct State {  // in a page that a fork wipes; all zero is "not seeded"
    std::array<std::uint8_t, kKeyBytes> key;
    std::array<std::uint8_t, kKeyBytes> last;  // first octets of the request before
    std::uint64_t requests;
    bool seeded;
  };

  bool seed();

  EntropySource entropy_;
  LockedMemory memory_;
  State& state_;
  std::unique_ptr<EVP_CIPHER, OpensslFree<EVP_CIPHER_free>> cipher_;
  std::unique_ptr<EVP_CIPHER_CTX, OpensslFree<EVP_CIPHER_CTX_free>> context_;
};

}  // namespace stirline::crypto
