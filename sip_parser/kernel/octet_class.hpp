// Character classes as the vector kernels look them up: a bitmap of the 128 ASCII octets, sixteen rows of eight bits.
// Row and bit of an octet are its low and its high four bits, so one shuffle finds each. No octet above 127 is in any.
// Shuffles work on sixteen octets, so a register of 64 holds the rows four times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sip_parser/characters.hpp"

namespace stirline::sip::detail {

struct alignas(64) OctetClass {
  static constexpr std::size_t kRows = 16;
  std::array<std::uint8_t, 4 * kRows> rows{};
};

template <typename Predicate>
[[nodiscard]] consteval OctetClass octets_where(Predicate&& predicate) {
  OctetClass result;
  for (unsigned octet = 0; octet < 128; ++octet) {
    if (predicate(static_cast<char>(octet))) {
      for (std::size_t row = octet % OctetClass::kRows; row < result.rows.size(); row += OctetClass::kRows) {
        result.rows[row] = static_cast<std::uint8_t>(result.rows[row] | 1U << octet / OctetClass::kRows);
      }
    }
  }
  return result;
}

[[nodiscard]] consteval OctetClass octets_of(std::uint16_t classes) {
  return octets_where([classes](char c) { return is(c, classes); });
}

// The bit of each row of high four bits, as any_of() shuffles it.
inline constexpr OctetClass kRowBits = [] {
  OctetClass result;
  for (std::size_t row = 0; row < result.rows.size(); ++row) {
    result.rows[row] = static_cast<std::uint8_t>(row % OctetClass::kRows < 8 ? 1U << row % OctetClass::kRows : 0U);
  }
  return result;
}();

inline constexpr OctetClass kBlankOctets = octets_of(kBlank);
inline constexpr OctetClass kDigitOctets = octets_of(kDigit);
inline constexpr OctetClass kTokenOctets = octets_of(kToken);
inline constexpr OctetClass kHostOctets = octets_of(kHost);
inline constexpr OctetClass kUserOctets = octets_of(kUser);
inline constexpr OctetClass kUriParamOctets = octets_of(kUriParam);
inline constexpr OctetClass kParamValueOctets = octets_of(kParamValue);
inline constexpr OctetClass kBase64UrlOctets = octets_of(kBase64Url);
// Controls that end no line and are no blanks.
inline constexpr OctetClass kStrayOctets = octets_where([](char c) { return is(c, kControl) && !is(c, kBlank); });
// What may stand inside <> as a URI of any scheme.
inline constexpr OctetClass kBracketedOctets =
    octets_where([](char c) { return is(c, kVisible) && c != '<' && c != '>' && c != '"'; });

// Each ASCII octet 64 times over, to be compared with. Defined where no vector kernel sees it: a compiler that knows the
// octets would rather build them anew each time.
struct alignas(64) RepeatedOctet {
  std::array<char, 64> octets{};
};
extern const std::array<RepeatedOctet, 128> kRepeated;

}  // namespace stirline::sip::detail
