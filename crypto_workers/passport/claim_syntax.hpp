// What the text of a claim may look like, for tokens we build and tokens we open alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "sip_parser/characters.hpp"

namespace stirline::crypto {

inline constexpr std::string_view kAlgorithm = "ES256";
inline constexpr std::string_view kType = "passport";
inline constexpr std::string_view kShaken = "shaken";

// An identity of a claim: a canonical number or a normalised URI (RFC 8224 8.5).
struct ClaimedIdentity {
  bool is_uri = false;
  std::string_view text;  // empty: none

  friend bool operator==(const ClaimedIdentity& a, const ClaimedIdentity& b) = default;
};

// 1*("#" / "*" / DIGIT), no '+' (RFC 8225 5.2.1, RFC 8224 8.3; STIR-ID-04)
[[nodiscard]] constexpr bool is_canonical_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '#' || c == '*'; });
}

[[nodiscard]] constexpr bool is_attestation(char attest) {
  return attest >= 'A' && attest <= 'C';  // RFC 8588 4
}

// 8-4-4-4-12 hexadecimal digits (RFC 4122 3; STIR-AS-11)
[[nodiscard]] constexpr bool is_uuid(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) {
      return false;
    }
  }
  return true;
}

// A URI that stands between '<' and '>' and in JSON without any escape: visible ASCII except " < > \ ^ ` { | }
// (RFC 3986 2).
[[nodiscard]] constexpr bool is_plain_uri(std::string_view text) {
  constexpr std::string_view kExcluded = "\"<>\\^`{|}";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return c > ' ' && c < 0x7f && kExcluded.find(c) == std::string_view::npos;
  });
}

// r-value of Resource-Priority = namespace "." r-priority, both tokens without a dot (RFC 4412 3.1), none of whose
// characters JSON escapes.
[[nodiscard]] inline bool is_priority(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && dot != 0 && dot + 1 < text.size() &&
         text.find('.', dot + 1) == std::string_view::npos && sip::detail::all(text, sip::detail::kToken);
}

}  // namespace stirline::crypto
