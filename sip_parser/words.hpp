// Eight octets as one number, the first one lowest. Internal.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace stirline::sip::detail {

// `at` has eight octets.
[[nodiscard]] [[gnu::always_inline]] inline std::uint64_t word_at(const char* at) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The first octets of `text`, zeros behind them if it is shorter.
[[nodiscard]] constexpr std::uint64_t leading_word(std::string_view text) {
  if !consteval {
    if (text.size() >= 8) {
      return word_at(text.data());
    }
  }
  std::uint64_t word = 0;
  const std::size_t length = text.size() < 8 ? text.size() : 8;
  for (std::size_t i = length; i > 0; --i) {
    word = word << 8U | static_cast<unsigned char>(text[i - 1]);
  }
  return word;
}

// The number that eight digits make, the first one lowest. Octets of zero bits in front count as the digit 0.
[[nodiscard]] [[gnu::always_inline]] constexpr std::uint32_t decimal_word(std::uint64_t digits) {
  digits &= 0x0F0F'0F0F'0F0F'0F0F;
  digits = (digits * 10 + (digits >> 8U)) & 0x00FF'00FF'00FF'00FF;
  digits = (digits * 100 + (digits >> 16U)) & 0x0000'FFFF'0000'FFFF;
  return static_cast<std::uint32_t>((digits * 10'000 + (digits >> 32U)) & 0xFFFF'FFFF);
}

// All bits zero if each octet of `word` at a `place` (0xFF there) is a digit.
[[nodiscard]] [[gnu::always_inline]] constexpr std::uint64_t no_digits(std::uint64_t word, std::uint64_t places) {
  constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;
  const std::uint64_t digits = (word ^ kEach * '0') & places;
  return (digits | ((digits & kEach * 0x7F) + kEach * (0x80 - 10))) & kEach * 0x80;
}

inline constexpr std::size_t kMostDigitsAtOnce = 8;

// Reads the number of `length` digits (1 to kMostDigitsAtOnce) that ends in front of `end`; eight octets stand there.
// False if they are no digits.
[[gnu::always_inline]] inline bool number_before(const char* end, std::size_t length, std::uint32_t& number) {
  const std::uint64_t word = word_at(end - kMostDigitsAtOnce);
  const std::uint64_t places = ~std::uint64_t{0} << (8 * (kMostDigitsAtOnce - length));
  number = decimal_word(word & places);
  return no_digits(word, places) == 0;
}

}  // namespace stirline::sip::detail
