// P-256 keys between octets and OpenSSL: shared by the engine and by the reading of key files.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/engine.hpp"

namespace stirline::crypto {

// scalar x base point, uncompressed. bad_scalar if the scalar is out of range.
[[nodiscard]] std::expected<std::array<std::uint8_t, kPointBytes>, EngineError> public_point(
    std::span<const std::uint8_t, kScalarBytes> scalar);

// A key that can sign (scalar in range) or verify (point on the curve).
[[nodiscard]] std::expected<EvpKey, EngineError> private_evp_key(std::span<const std::uint8_t, kScalarBytes> scalar);
[[nodiscard]] std::expected<EvpKey, EngineError> public_evp_key(std::span<const std::uint8_t, kPointBytes> point);

// The uncompressed point of an OpenSSL key, or bad_point if it is not a P-256 key.
[[nodiscard]] std::expected<std::array<std::uint8_t, kPointBytes>, EngineError> point_of(const EVP_PKEY* key);

}  // namespace stirline::crypto
