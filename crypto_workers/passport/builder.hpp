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
#include "crypto_workers/passport/token_type.hpp"

namespace stirline::crypto {

enum class BuildError : std::uint8_t {
  too_long,   // the output does not fit
  bad_claim,  // one that the type requires is not given, or one is of a form that it must not have; x5u with a
              // character not allowed
};

// What a token is to say. A claim is written if the type of the token has it (token_type.hpp) and it is given here.
struct TokenContent {
  char attest = 0;       // 'A', 'B', 'C'; 0: not given, as an empty text is
  ClaimedIdentity dest;  // a canonical number or a normalised URI
  ClaimedIdentity div;
  std::int64_t iat = 0;                       // seconds since 1970
  const MediaKeyClaim* media_keys = nullptr;  // nullptr or empty: no mky (STIR-AS-07)
  std::string_view msgi;                      // integrity_digest.hpp
  std::string_view crn;                       // JSON texts that is_well_made() (rich_call_data.hpp)
  std::string_view rcd;
  std::string_view rcdi;
  ClaimedIdentity orig;
  std::string_view origid;                            // UUID text, 36 characters
  std::span<const std::string_view> priorities = {};  // "ets.0"
};

// Writes base64url(header) "." base64url(payload) of a full-form PASSporT to `out`; returns its length.
[[nodiscard]] std::expected<std::size_t, BuildError> build_signing_input(TokenType type, const TokenContent& content,
                                                                         std::string_view x5u, std::span<char> out);

// Writes the whole header line, CRLF included:
//   Identity: <signing input>.<signature>;info=<x5u>;alg=ES256;ppt="shaken"
// (STIR-HDR-06: the quoted form is the default; an empty `ppt` writes no such parameter). Returns its length.
[[nodiscard]] std::expected<std::size_t, BuildError> build_identity_line(
    std::string_view signing_input, std::span<const std::uint8_t, kSignatureBytes> signature, std::string_view x5u,
    std::string_view ppt, std::span<char> out);

}  // namespace stirline::crypto
