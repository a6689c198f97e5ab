// Character classes as the vector kernels look them up, for ASCII.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sip_parser/characters.hpp"

namespace stirline::sip::detail {

enum class OctetClass : std::uint8_t { token, host, user, uri_params, param_value, digit, base64url, bracketed };
inline constexpr std::size_t kOctetClasses = 8;

[[nodiscard]] constexpr bool belongs(char c, OctetClass octet_class) {
  switch (octet_class) {
    case OctetClass::token:
      return is(c, kToken);
    case OctetClass::host:
      return is(c, kHost);
    case OctetClass::user:
      return is(c, kUser);
    case OctetClass::uri_params:  // with the semicolons between them
      return is(c, kUriParam) || c == ';';
    case OctetClass::param_value:  // without round brackets, which Via forbids (via.cpp)
      return is(c, kParamValue) && c != '(' && c != ')';
    case OctetClass::digit:
      return is(c, kDigit);
    case OctetClass::base64url:
      return is(c, kBase64Url);
    case OctetClass::bracketed:  // what may stand inside <> as a URI of any scheme
      return is(c, kVisible) && c != '<' && c != '>' && c != '"';
  }
  return false;
}

// Controls that end no line and are no blanks.
[[nodiscard]] constexpr bool is_stray(char c) {
  return is(c, kControl) && !is(c, kBlank);
}

// The tables are aligned for whole registers. They are defined where no vector kernel sees them: a compiler that knows
// the octets would rather build them anew each time.

// Each ASCII octet 64 times over, to be compared with.
struct alignas(64) RepeatedOctet {
  std::array<char, 64> octets{};
};
[[gnu::visibility("hidden")]] extern const std::array<RepeatedOctet, 128> kRepeated;

// By octet: the classes it is in, a bit each; and 0x80 for a stray one.
[[gnu::visibility("hidden")]] extern const std::array<std::uint8_t, 128> kClassBits;
[[gnu::visibility("hidden")]] extern const std::array<std::uint8_t, 128> kStrayBits;

// For kernels that can only look up sixteen octets: the 128 as a bitmap, sixteen rows of eight bits, twice over. Row
// and bit of an octet are its low and its high four bits.
struct alignas(32) OctetRows {
  static constexpr std::size_t kRows = 16;
  std::array<std::uint8_t, 2 * kRows> rows{};
};
[[gnu::visibility("hidden")]] extern const std::array<OctetRows, kOctetClasses> kClassRows;
[[gnu::visibility("hidden")]] extern const OctetRows kRowBits;  // by high four bits: the bit in the rows

}  // namespace stirline::sip::detail
