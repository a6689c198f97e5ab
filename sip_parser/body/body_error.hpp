// Why the body of a message could not be read. A body is read for those calls only that need it; the message was
// parsed, and goes on unchanged whatever this says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

namespace stirline::sip {

enum class BodyErrorCode : std::uint8_t {
  // MIME
  no_content_type,      // a body without Content-Type (RFC 3261 20.15)
  bad_content_type,     // Content-Type of the message or of a part not of the grammar
  bad_disposition,      // Content-Disposition not of the grammar
  bad_boundary,         // multipart without boundary, with two, or with one that RFC 2046 5.1.1 forbids
  no_delimiter,         // not one delimiter line
  no_close_delimiter,   // the last delimiter line is missing, or cut short
  ambiguous_delimiter,  // begins like a delimiter line and goes on otherwise, or stands behind a bare CR or LF, or
                        // behind
                        // the close delimiter: some take it for one, others do not
  part_without_end,     // the header block of a part has no end
  bad_part_header,      // a header line of a part breaks the rules of header lines, or comes twice
  part_length,          // Content-Length of a part differs from its length
  part_count,           // more than kMaxBodyParts
  part_depth,           // multipart in multipart, deeper than kMaxMultipartDepth
  encoded,              // content or transfer encoding that would have to be undone first
  // SDP
  sdp_start,          // not "v=0" on the first line
  sdp_line,           // a line that is not <type>=<value>, or text behind an empty line
  sdp_line_end,       // NUL or bare CR
  sdp_line_count,     // more than kMaxSdpLines
  sdp_line_length,    // longer than kMaxSdpLineBytes
  sdp_media,          // m= not of the grammar
  sdp_media_count,    // more than kMaxSdpMedia
  sdp_connection,     // c= not of the grammar, or two on session level
  fingerprint,        // a=fingerprint not of RFC 8122 5, or of the wrong length for its hash function
  fingerprint_count,  // more than kMaxFingerprints
};
inline constexpr std::size_t kBodyErrorCodes = static_cast<std::size_t>(BodyErrorCode::fingerprint_count) + 1;

// "NO_CONTENT_TYPE", "SDP_LINE" ...: the upper-case form of the enumerator; stable, used by scripts and counters.
[[nodiscard]] std::string_view to_string(BodyErrorCode code);

struct BodyError {
  BodyErrorCode code = BodyErrorCode::no_content_type;
  std::uint16_t offset = 0;  // octets from the start of the message to where the trouble was seen
};

namespace detail {

inline std::unexpected<BodyError> body_failure(BodyErrorCode code, std::size_t offset) {
  return std::unexpected(BodyError{code, static_cast<std::uint16_t>(offset)});
}

}  // namespace detail

}  // namespace stirline::sip
