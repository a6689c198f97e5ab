// Eight octets as one number, the first one lowest. Internal.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace stirline::sip::detail {

// `at` has eight octets.
[[nodiscard]] inline std::uint64_t word_at(const char* at) {
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
  for (std::size_t i = 0; i < text.size() && i < 8; ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return word;
}

}  // namespace stirline::sip::detail
