// Digests as claims write them: "sha256-" and base64 (RFC 9475 3.2, RFC 9795 6.1; STIR-MS-02, STIR-RC-02).
//
// sha256, sha384 and sha512 are known. Base64 is that of RFC 4648 4; padding is written, and may be missing on receipt.
// One per thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "crypto_workers/message_digest.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxIntegrityDigestBytes = 7 + 88;  // sha512, padded

enum class DigestMatch : std::uint8_t {
  equal,
  different,
  malformed,  // no digest of a known algorithm: another name, another length, other characters
};

class IntegrityDigest {
 public:
  // Throws std::runtime_error if OpenSSL lacks one of the algorithms.
  IntegrityDigest() = default;

  [[nodiscard]] DigestMatch compare(std::string_view claimed, std::span<const std::uint8_t> octets);

  // False if `claimed` can be the digest of nothing.
  [[nodiscard]] static bool well_formed(std::string_view claimed);

  // Writes "sha256-..." to `out`; the length, or nothing if the library fails.
  [[nodiscard]] std::optional<std::size_t> write_sha256(std::span<const std::uint8_t> octets,
                                                        std::span<char, kMaxIntegrityDigestBytes> out);

 private:
  // Name, hyphen, padded base64; empty if the library fails.
  [[nodiscard]] std::string_view text_of(std::size_t algorithm, std::span<const std::uint8_t> octets);

  std::array<MessageDigest, 3> algorithms_{MessageDigest("SHA256"), MessageDigest("SHA384"), MessageDigest("SHA512")};
  std::array<char, kMaxIntegrityDigestBytes + 1> text_{};
};

}  // namespace stirline::crypto
