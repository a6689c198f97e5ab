// What stands in front of the header fields: request line, status line, or nothing of ours (RFC 3261 7.1, 7.2; RFC
// 5626 3.5, 4.4). Internal.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip_parser/line_scan.hpp"
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

// Whether a message may begin with these octets, one at least, of which the first one decides except for STUN: ok,
// keepalive, not_sip, start_line (INL-UDP-05).
[[nodiscard]] ErrorCode judge_first_octets(std::string_view octets);

// The line from the first octet to `end`, which find_line_end() gave; no_blank_line is header_block if the search ended
// at a limit. With any error of `end` this is the error of the result, unless what is in front of it is no SIP.
[[nodiscard]] StartLine judge_start_line(std::string_view octets, const LineEnd& end);

// All of the above. `octets` is at most kMaxMessageBytes long.
[[nodiscard]] StartLine read_start_line(std::string_view octets, const Strictness& strictness);

// Method names compare with regard to case (RFC 3261 7.1).
[[nodiscard]] Method method_of(std::string_view name);

}  // namespace stirline::sip::detail
