// Why a message was not accepted. Every code has a counter of its own in the data plane; none is ever folded into
// another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip_parser/header_id.hpp"

namespace stirline::sip {

enum class ErrorCode : std::uint8_t {
  ok = 0,
  not_sip,          // no SIP start line: RTP, STUN, anything else on the port (INL-UDP-05)
  keepalive,        // CRLF or CRLFCRLF or an empty datagram (RFC 5626 3.5, 4.4)
  too_long,         // more than 65,535 octets (INL-MTU-02)
  no_blank_line,    // the header block has no end
  start_line,       // request or status line not of the grammar (RFC 3261 7.1, 7.2)
  version,          // a SIP version other than 2.0
  status,           // status code not three digits 100..699
  header_name,      // empty header name or a character that is not a token character
  header_no_colon,  // a line without a colon, or a line of blanks only (which some read as the end of the header block)
  header_count,     // more than kMaxHeaderLines
  header_block,     // header block longer than its limit
  control_in_header,  // NUL or another control character (INL-ED-03)
  bare_lf,            // LF without CR, unless accepted by Strictness
  bare_cr,            // CR without LF
  fold_limit,         // too many continuation lines
  missing,            // a mandatory header is absent (RFC 3261 8.1.1): header says which
  duplicate,          // a header that may occur once occurs again: header says which
  bad_uri,            // header says where; HeaderId::unknown is the Request-URI
  bad_quote,          // unbalanced quotes or angle brackets: header says where
  bad_name_addr,  // stray separators, unquoted non-token display name, addr-spec with '?' or blanks: header says where
  bad_via,
  bad_cseq,
  cseq_method,  // CSeq method differs from the request's
  bad_max_forwards,
  bad_content_length,       // not 1*DIGIT, or too many digits
  content_length_conflict,  // several Content-Length fields
  content_length_beyond,    // Content-Length larger than the datagram
  bad_date,                 // Date not of RFC 3261 20.17, or not GMT
  value_count,              // too many values of a header (Via, Contact, P-Asserted-Identity): header says which
  bad_call_id,              // Call-ID empty or with blanks inside
};
inline constexpr std::size_t kErrorCodes = static_cast<std::size_t>(ErrorCode::bad_call_id) + 1;

// "OK", "NOT_SIP", "CONTENT_LENGTH_BEYOND" ...: the upper-case form of the enumerator; stable, used by scripts and
// counters.
[[nodiscard]] std::string_view to_string(ErrorCode code);

struct ParseError {
  ErrorCode code = ErrorCode::ok;
  HeaderId header = HeaderId::unknown;  // the header concerned, where one is
  std::uint16_t offset = 0;             // octets from the start of the message to where the trouble was seen

  constexpr ParseError() = default;
  constexpr ParseError(ErrorCode what, std::uint16_t where, HeaderId whose)
      : code(what), header(whose), offset(where) {}
};

}  // namespace stirline::sip
