// Deterministic ECDSA P-256 with SHA-256 (RFC 6979 3.2): for vectors and golden files. Not constant time, never in the
// field.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {

// The first nonce of RFC 6979 3.2 that lies in range; false if the library fails.
[[nodiscard]] bool rfc6979_nonce(std::span<const std::uint8_t, kScalarBytes> scalar,
                                 std::span<const std::uint8_t, 32> digest, SecretBytes<kScalarBytes>& nonce);

// Signature r||s of `digest` (SHA-256 of the message) under `scalar`; nothing if the library fails.
[[nodiscard]] std::optional<std::array<std::uint8_t, kSignatureBytes>> sign_rfc6979(
    std::span<const std::uint8_t, kScalarBytes> scalar, std::span<const std::uint8_t, 32> digest);

}  // namespace stirline::crypto
