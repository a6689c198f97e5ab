// A piece of a SIP message: position and length inside the message, never a pointer.
//
// Spans stay right when the message is copied (parking, linearising) and are what edit lists are written in. A message
// is at most 65,535 octets long (RFC 3261 18.1.1), so 16 bits are enough.
#pragma once

#include <cstdint>
#include <string_view>

namespace stirline::sip {

struct Span {
  std::uint16_t offset = 0;  // octets from the first octet of the message
  std::uint16_t length = 0;  // octets

  [[nodiscard]] constexpr bool empty() const { return length == 0; }
  [[nodiscard]] constexpr std::uint32_t end() const { return std::uint32_t{offset} + length; }
  friend constexpr bool operator==(Span, Span) = default;
};

// The octets of `span` in `message`. The span must come from parsing that very message (or a copy of it).
[[nodiscard]] constexpr std::string_view text(std::string_view message, Span span) {
  return message.substr(span.offset, span.length);
}

}  // namespace stirline::sip
