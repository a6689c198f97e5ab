#include "sip_parser/body/body_error.hpp"

namespace stirline::sip {

// A switch without default: the compiler names the enumerator that has no text.
std::string_view to_string(BodyErrorCode code) {
  switch (code) {
    case BodyErrorCode::no_content_type:
      return "NO_CONTENT_TYPE";
    case BodyErrorCode::bad_content_type:
      return "BAD_CONTENT_TYPE";
    case BodyErrorCode::bad_disposition:
      return "BAD_DISPOSITION";
    case BodyErrorCode::bad_boundary:
      return "BAD_BOUNDARY";
    case BodyErrorCode::no_delimiter:
      return "NO_DELIMITER";
    case BodyErrorCode::no_close_delimiter:
      return "NO_CLOSE_DELIMITER";
    case BodyErrorCode::ambiguous_delimiter:
      return "AMBIGUOUS_DELIMITER";
    case BodyErrorCode::part_without_end:
      return "PART_WITHOUT_END";
    case BodyErrorCode::bad_part_header:
      return "BAD_PART_HEADER";
    case BodyErrorCode::part_length:
      return "PART_LENGTH";
    case BodyErrorCode::part_count:
      return "PART_COUNT";
    case BodyErrorCode::part_depth:
      return "PART_DEPTH";
    case BodyErrorCode::encoded:
      return "ENCODED";
    case BodyErrorCode::sdp_start:
      return "SDP_START";
    case BodyErrorCode::sdp_line:
      return "SDP_LINE";
    case BodyErrorCode::sdp_line_end:
      return "SDP_LINE_END";
    case BodyErrorCode::sdp_line_count:
      return "SDP_LINE_COUNT";
    case BodyErrorCode::sdp_line_length:
      return "SDP_LINE_LENGTH";
    case BodyErrorCode::sdp_media:
      return "SDP_MEDIA";
    case BodyErrorCode::sdp_media_count:
      return "SDP_MEDIA_COUNT";
    case BodyErrorCode::sdp_connection:
      return "SDP_CONNECTION";
    case BodyErrorCode::fingerprint:
      return "FINGERPRINT";
    case BodyErrorCode::fingerprint_count:
      return "FINGERPRINT_COUNT";
  }
  return "UNKNOWN";
}

}  // namespace stirline::sip
