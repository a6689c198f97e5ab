// base64url without padding, to the letter (RFC 7515 2, RFC 4648 5): no '=', no '+' or '/', no blanks, no stray
// trailing bits (STIR-VS-07).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace stirline::crypto {

[[nodiscard]] constexpr std::size_t base64url_encoded_size(std::size_t octets) {
  return (octets * 4 + 2) / 3;
}

// Writes the encoding to `out`, returns its length; 0 if `out` is too small (or `octets` is empty).
[[nodiscard]] std::size_t base64url_encode(std::span<const std::uint8_t> octets, std::span<char> out);

// Writes the decoded octets to `out`, returns how many; nothing if `text` is not exact base64url or `out` is too small.
[[nodiscard]] std::optional<std::size_t> base64url_decode(std::string_view text, std::span<std::uint8_t> out);

}  // namespace stirline::crypto
