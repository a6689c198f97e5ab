// A folded value as one line (RFC 3261 7.3.1). Internal.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "sip_parser/characters.hpp"

namespace stirline::sip::detail {

// Writes `value` to `out`, each fold with the blanks around it as one space, and returns the length; nothing if it does
// not fit.
[[nodiscard]] inline std::optional<std::size_t> unfold(std::string_view value, std::span<char> out) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t behind = skip(value, at, value.size(), kBlank);
    std::string_view piece = value.substr(at, behind == at ? 1 : behind - at);
    at += piece.size();
    if (piece.find('\n') != std::string_view::npos) {
      piece = " ";
    }
    if (piece.size() > out.size() - length) {
      return std::nullopt;
    }
    for (const char c : piece) {
      out[length++] = c;
    }
  }
  return length;
}

}  // namespace stirline::sip::detail
