// The header fields that are read into values, a function each. Internal.
//
// These are the exact readers: they know the whole grammar, and every refusal is theirs. A kernel may fill the same
// fields faster where a value is plain (kernel/README.md), and leaves the rest to them.
//
// All take the fields with their header lines split, named and chained, and the octets these were split from. They
// return code ok or what is wrong. Headers that may be absent read as such.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip_parser/message_fields.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

[[nodiscard]] ParseError read_vias(MessageFields& fields, std::string_view octets, const Strictness& strictness);
[[nodiscard]] ParseError read_from(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_to(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_call_id(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_cseq(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_max_forwards(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_contacts(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_asserted_identities(MessageFields& fields, std::string_view octets);
[[nodiscard]] ParseError read_date(MessageFields& fields, std::string_view octets, const Strictness& strictness);
[[nodiscard]] ParseError read_body(MessageFields& fields, std::string_view octets, std::size_t body_offset);
// The value of a Content-Length field (RFC 3261 20.14). False: not 1*DIGIT, or too many.
[[nodiscard]] bool read_content_length(std::string_view octets, Span value, std::uint32_t& length);
// STIR-HDR-02, STIR-HDR-03. Nothing here can fail: a broken value says so itself.
void read_identities(MessageFields& fields, std::string_view octets);

}  // namespace stirline::sip::detail
