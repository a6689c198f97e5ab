// A P-256 private key from a PEM file (PKCS #8 or SEC 1, not encrypted).
//
// The scalar lives in a buffer that wipes itself; the caller wipes the PEM text. Off the packet path.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxKeyFileBytes = 16'384;

class PrivateKey {
 public:
  // The error is a sentence that never holds key octets.
  [[nodiscard]] static std::expected<PrivateKey, std::string> from_pem(std::string_view pem);

  [[nodiscard]] std::span<const std::uint8_t, kScalarBytes> scalar() const { return scalar_.span(); }
  [[nodiscard]] const std::array<std::uint8_t, kPointBytes>& point() const { return point_; }

  // Does the key belong to the certificate with this public point?
  [[nodiscard]] bool matches(std::span<const std::uint8_t, kPointBytes> point) const;

 private:
  PrivateKey() = default;

  SecretBytes<kScalarBytes> scalar_;
  std::array<std::uint8_t, kPointBytes> point_{};
};

}  // namespace stirline::crypto
