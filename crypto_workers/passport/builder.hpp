// Builds PASSporTs: deterministic JSON (RFC 8225 9; STIR-PT-01, -04), signing input (STIR-PT-02), Identity header line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/media_key_claim.hpp"

namespace stirline::crypto {

enum class BuildError : std::uint8_t {
  too_long,   // the output does not fit
  bad_claim,  // attest not A, B, C; origid not a UUID; a number with other than digits, '#', '*'; x5u with a character
              // not allowed
};

struct ShakenClaims {                         // RFC 8588 4-5; STIR-SH-01
  char attest = 'C';                          // 'A', 'B', 'C'
  std::string_view dest_tn;                   // canonical
  std::int64_t iat = 0;                       // seconds since 1970
  std::string_view orig_tn;                   // canonical
  std::string_view origid;                    // UUID text, 36 characters
  const MediaKeyClaim* media_keys = nullptr;  // nullptr or empty: no mky (STIR-AS-07)
};

// Writes base64url(header) "." base64url(payload) of a `shaken` PASSporT to `out`; returns its length.
[[nodiscard]] std::expected<std::size_t, BuildError> build_shaken_signing_input(const ShakenClaims& claims,
                                                                                std::string_view x5u,
                                                                                std::span<char> out);

struct BaselineClaims {  // RFC 8225 5: no ppt
  ClaimedIdentity dest;
  std::int64_t iat = 0;
  ClaimedIdentity orig;
  const MediaKeyClaim* media_keys = nullptr;  // nullptr or empty: no mky
};

// The same for a PASSporT without ppt: what a verifier rebuilds when it receives the compact form (RFC 8225 7;
// STIR-VS-03).
[[nodiscard]] std::expected<std::size_t, BuildError> build_baseline_signing_input(const BaselineClaims& claims,
                                                                                  std::string_view x5u,
                                                                                  std::span<char> out);

// Writes the whole header line, CRLF included:
//   Identity: <signing input>.<signature>;info=<x5u>;alg=ES256;ppt="shaken"
// (STIR-HDR-06: the quoted form is the default; an empty `ppt` writes no such parameter). Returns its length.
[[nodiscard]] std::expected<std::size_t, BuildError> build_identity_line(
    std::string_view signing_input, std::span<const std::uint8_t, kSignatureBytes> signature, std::string_view x5u,
    std::string_view ppt, std::span<char> out);

}  // namespace stirline::crypto
