// A hash algorithm of OpenSSL, fetched once: SHA1() and its like fetch it for each message. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

class MessageDigest {
 public:
  // `algorithm`: OpenSSL's name of it. Throws std::runtime_error if there is none.
  explicit MessageDigest(const char* algorithm);

  // False if the library fails, or if `digest` has not as many octets as the algorithm gives.
  [[nodiscard]] bool make(std::span<const std::uint8_t> message, std::span<std::uint8_t> digest);

 private:
  EvpDigest algorithm_;
  EvpDigestContext context_;
};

}  // namespace stirline::crypto
