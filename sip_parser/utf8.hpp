// UTF-8 without overlong forms, surrogates and values beyond U+10FFFF (RFC 3629 4). Internal.
#pragma once

#include <cstdint>
#include <string_view>

namespace stirline::sip::detail {

[[nodiscard]] constexpr bool is_utf8(std::string_view text) {
  const auto octet = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned char lead = octet(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    std::size_t more = 0;
    unsigned char lowest = 0x80;  // of the second octet
    unsigned char highest = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      lowest = lead == 0xE0 ? 0xA0 : lowest;
      highest = lead == 0xED ? 0x9F : highest;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      lowest = lead == 0xF0 ? 0x90 : lowest;
      highest = lead == 0xF4 ? 0x8F : highest;
    } else {
      return false;
    }
    if (text.size() - at <= more || octet(at + 1) < lowest || octet(at + 1) > highest) {
      return false;
    }
    for (std::size_t i = 2; i <= more; ++i) {
      if ((octet(at + i) & 0xC0) != 0x80) {
        return false;
      }
    }
    at += more + 1;
  }
  return true;
}

}  // namespace stirline::sip::detail
