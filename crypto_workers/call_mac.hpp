// HMAC-SHA-256 over what two requests of a caller have in common: challenges are made again from the request that
// answers them, and nothing is kept (SPIT-MK-05). One per thread; no heap of our own per call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "crypto_workers/hmac_sha256.hpp"

namespace stirline::crypto {

class CallMac {
 public:
  static constexpr std::size_t kKeyBytes = 32;

  // `purpose` keeps what is made for one thing from being taken for another. Throws std::runtime_error if OpenSSL has
  // no HMAC.
  CallMac(std::span<const std::uint8_t, kKeyBytes> key, std::string_view purpose);

  // Nothing if the library fails.
  [[nodiscard]] std::optional<HmacSha256::Octets> of(std::initializer_list<std::string_view> texts,
                                                     std::uint32_t number);

 private:
  HmacSha256 hmac_;
};

}  // namespace stirline::crypto
