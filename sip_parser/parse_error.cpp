#include "sip_parser/parse_error.hpp"

namespace stirline::sip {

// A switch without default: the compiler names the enumerator that has no text.
std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::ok:
      return "OK";
    case ErrorCode::not_sip:
      return "NOT_SIP";
    case ErrorCode::keepalive:
      return "KEEPALIVE";
    case ErrorCode::too_long:
      return "TOO_LONG";
    case ErrorCode::no_blank_line:
      return "NO_BLANK_LINE";
    case ErrorCode::start_line:
      return "START_LINE";
    case ErrorCode::version:
      return "VERSION";
    case ErrorCode::status:
      return "STATUS";
    case ErrorCode::header_name:
      return "HEADER_NAME";
    case ErrorCode::header_no_colon:
      return "HEADER_NO_COLON";
    case ErrorCode::header_count:
      return "HEADER_COUNT";
    case ErrorCode::header_block:
      return "HEADER_BLOCK";
    case ErrorCode::control_in_header:
      return "CONTROL_IN_HEADER";
    case ErrorCode::bare_lf:
      return "BARE_LF";
    case ErrorCode::bare_cr:
      return "BARE_CR";
    case ErrorCode::fold_limit:
      return "FOLD_LIMIT";
    case ErrorCode::missing:
      return "MISSING";
    case ErrorCode::duplicate:
      return "DUPLICATE";
    case ErrorCode::bad_uri:
      return "BAD_URI";
    case ErrorCode::bad_quote:
      return "BAD_QUOTE";
    case ErrorCode::bad_name_addr:
      return "BAD_NAME_ADDR";
    case ErrorCode::bad_via:
      return "BAD_VIA";
    case ErrorCode::bad_cseq:
      return "BAD_CSEQ";
    case ErrorCode::cseq_method:
      return "CSEQ_METHOD";
    case ErrorCode::bad_max_forwards:
      return "BAD_MAX_FORWARDS";
    case ErrorCode::bad_content_length:
      return "BAD_CONTENT_LENGTH";
    case ErrorCode::content_length_conflict:
      return "CONTENT_LENGTH_CONFLICT";
    case ErrorCode::content_length_beyond:
      return "CONTENT_LENGTH_BEYOND";
    case ErrorCode::bad_date:
      return "BAD_DATE";
    case ErrorCode::value_count:
      return "VALUE_COUNT";
    case ErrorCode::bad_call_id:
      return "BAD_CALL_ID";
  }
  return "UNKNOWN";
}

}  // namespace stirline::sip
