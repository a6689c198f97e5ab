// HMAC-SHA-256 (RFC 2104, FIPS 198-1) under one key, many times: nothing is fetched for a MAC, and the key is hashed
// once. OpenSSL 3.0 itself takes and returns memory twice for each. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "crypto_workers/mac_input.hpp"
#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

class HmacSha256 {
 public:
  using Octets = std::array<std::uint8_t, 32>;

  // Throws std::runtime_error if OpenSSL has no HMAC.
  explicit HmacSha256(std::span<const std::uint8_t> key);

  // Another key from here on. False: the library fails.
  [[nodiscard]] bool use(std::span<const std::uint8_t> key);

  // `fill` adds to the MacInput that it is given, and says whether that succeeded. Nothing if it, or the library,
  // fails.
  template <typename Fill>
  [[nodiscard]] std::optional<Octets> make(Fill&& fill) {
    MacInput input(context_.get());
    return begin() && fill(input) && input.flush() ? end() : std::nullopt;
  }

 private:
  [[nodiscard]] bool begin();
  [[nodiscard]] std::optional<Octets> end();

  EvpMac hmac_;
  EvpMacContext context_;
};

}  // namespace stirline::crypto
