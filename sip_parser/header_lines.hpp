// First pass over a message: where each header field begins and ends, and nothing in between that two parsers could
// read differently (RFC 3261 7.3.1, 25.1; INL-ED-02, INL-ED-03). Internal.
#pragma once

#include <span>
#include <string_view>

#include "sip_parser/message_parts.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

struct HeaderBlock {
  std::size_t count = 0;       // entries of `lines` that were filled
  std::size_t blank_line = 0;  // offset of the line end that ends the block
  std::size_t body = 0;        // offset behind it
};

// Reads the lines from offset `begin` (behind the start line) to the blank line. `octets` is at most kMaxMessageBytes
// long. Errors: no_blank_line, header_block, header_name, header_no_colon, header_count, control_in_header, bare_lf,
// bare_cr, fold_limit.
[[nodiscard]] ParseError split_header_lines(std::string_view octets, std::size_t begin, const Strictness& strictness,
                                            std::span<HeaderLine, kMaxHeaderLines> lines, HeaderBlock& block);

}  // namespace stirline::sip::detail
