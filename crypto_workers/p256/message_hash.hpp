// SHA-256 of many messages at once: sixteen at a time with intel-ipsec-mb from kManyMessages on, one by one with
// OpenSSL below. On a processor without AVX-512 OpenSSL does them all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "crypto_workers/message_digest.hpp"

namespace stirline::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

struct HashJob {
  std::span<const std::uint8_t> message;
  Sha256Digest digest{};  // out
};

class MessageHash {
 public:
  // Where sixteen lanes begin to win: 400 octets cost 546 cycles each at eight messages, 728 with OpenSSL.
  static constexpr std::size_t kManyMessages = 8;
  static constexpr std::size_t kMaxMessages = 128;

  MessageHash();  // throws std::runtime_error if there is no SHA-256
  ~MessageHash();
  MessageHash(const MessageHash&) = delete;
  MessageHash& operator=(const MessageHash&) = delete;

  // At most kMaxMessages. False if a library failed: no digest may be used then.
  [[nodiscard]] bool hash(std::span<HashJob> jobs);

 private:
  struct ManyLanes;  // the library's manager

  bool hash_many(std::span<HashJob> jobs);

  MessageDigest sha256_{"SHA256"};
  std::unique_ptr<ManyLanes> many_;  // nothing without AVX-512
};

}  // namespace stirline::crypto
