// ECDSA P-256 signatures as JWS carries them (r||s, RFC 7518 3.4) and as OpenSSL does (DER, RFC 3279 2.2.3). No heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "crypto_workers/p256/engine.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxDerSignatureBytes = 72;  // SEQUENCE of two INTEGERs of at most 33 octets

struct DerSignature {
  std::array<std::uint8_t, kMaxDerSignatureBytes> octets{};
  std::size_t length = 0;
};

// True if 1 <= scalar < n, the order of the group (FIPS 186-5 6.4.2; STIR-VS-07).
[[nodiscard]] bool is_group_scalar(std::span<const std::uint8_t, kScalarBytes> scalar);

// `raw` must hold two scalars in range.
[[nodiscard]] DerSignature der_from_raw(std::span<const std::uint8_t, kSignatureBytes> raw);

// Nothing if `der` is not exactly the DER of a SEQUENCE of two non-negative INTEGERs that fit 32 octets.
[[nodiscard]] std::optional<std::array<std::uint8_t, kSignatureBytes>> raw_from_der(std::span<const std::uint8_t> der);

}  // namespace stirline::crypto
