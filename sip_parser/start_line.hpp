// What stands in front of the header fields: request line, status line, or nothing of ours (RFC 3261 7.1, 7.2; RFC
// 5626 3.5, 4.4). Internal.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip_parser/message_parts.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/span.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

struct StartLine {
  ParseError error;    // code ok, or why the message is not read further
  bool known = false;  // kind and method or status hold
  Kind kind = Kind::request;
  Method method = Method::other;
  std::uint16_t status = 0;
  Span method_text;
  Span request_uri;
  std::size_t end = 0;  // offset of the first header line
};

// `octets` is at most kMaxMessageBytes long.
[[nodiscard]] StartLine read_start_line(std::string_view octets, const Strictness& strictness);

// Method names compare with regard to case (RFC 3261 7.1).
[[nodiscard]] Method method_of(std::string_view name);

}  // namespace stirline::sip::detail
