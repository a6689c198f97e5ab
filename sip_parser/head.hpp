// The head of a message, from the first octet to the blank line: start line, Request-URI, header lines split, named and
// chained. Internal; the exact reader, as those of typed_headers.hpp.
#pragma once

#include <string_view>

#include "sip_parser/message_fields.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

// `fields` is clear, `octets` at most kMaxMessageBytes long. On success `body` is the offset behind the blank line.
[[nodiscard]] ParseError read_head(MessageFields& fields, std::string_view octets, const Strictness& strictness,
                                   std::size_t& body);

// The part of it behind the start line, which ends at `begin`.
[[nodiscard]] ParseError read_header_block(MessageFields& fields, std::string_view octets, std::size_t begin,
                                           const Strictness& strictness, std::size_t& body);

}  // namespace stirline::sip::detail
