// SHA-256 of many messages at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

struct HashJob {
  std::span<const std::uint8_t> message;
  Sha256Digest digest{};  // out
};

class MessageHash {
 public:
  MessageHash();  // throws std::runtime_error if there is no SHA-256

  // False if the library failed: no digest may be used then.
  [[nodiscard]] bool hash(std::span<HashJob> jobs);

 private:
  EvpDigest sha256_;
  EvpDigestContext context_;
};

}  // namespace stirline::crypto
