// Media types: Content-Type of a message or of a part of its body, and the ranges of Accept (RFC 3261 20.1, 20.15; RFC
// 2045 5.1).
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxBoundaryBytes = 70;  // RFC 2046 5.1.1

struct MediaType {
  Span whole;
  Span type;
  Span subtype;
  Span params;  // without the first ';'
};

// Reads the value that fills `value` exactly: m-type SLASH m-subtype *( SEMI m-parameter ). Errors: malformed,
// open_quote, with `header` content_type.
[[nodiscard]] std::expected<MediaType, FieldError> read_media_type(std::string_view octets, Span value);

// Types and subtypes compare without regard to case (RFC 2045 5.1). An empty `subtype` means any.
[[nodiscard]] bool is_media_type(std::string_view octets, const MediaType& media, std::string_view type,
                                 std::string_view subtype = {});

// The boundary of a multipart type, quotes excluded: 1 to 70 bchars, the last one not a space (RFC 2046 5.1.1). Errors:
// missing, duplicate, malformed (a quoted pair among others: readers differ on whether it is undone), too_long.
[[nodiscard]] std::expected<Span, FieldError> boundary_of(std::string_view octets, const MediaType& media);

}  // namespace stirline::sip
