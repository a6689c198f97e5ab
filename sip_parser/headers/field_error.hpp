// Why the value of a header field could not be read. Such a field spoils itself only: the message was parsed, and
// whoever asked for the field decides what its absence means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip_parser/header_id.hpp"

namespace stirline::sip {

enum class FieldErrorCode : std::uint8_t {
  malformed,      // not of the grammar
  bad_uri,        // a URI that is none
  open_quote,     // a quoted string or angle bracket without its end
  out_of_range,   // a number beyond its limit
  missing,        // a parameter that the grammar demands is absent
  duplicate,      // a parameter, or a field that occurs once, is given twice
  contradiction,  // values that exclude each other
  too_many,       // more values than the limit of this field
  too_long,       // more octets than the limit of this field
  not_utf8,
};
inline constexpr std::size_t kFieldErrorCodes = static_cast<std::size_t>(FieldErrorCode::not_utf8) + 1;

// "MALFORMED", "BAD_URI" ...: the upper-case form of the enumerator; stable, used by scripts and counters.
[[nodiscard]] std::string_view to_string(FieldErrorCode code);

struct FieldError {
  FieldErrorCode code = FieldErrorCode::malformed;
  HeaderId header = HeaderId::unknown;
  std::uint16_t offset = 0;  // octets from the start of the message to where the trouble was seen
};

}  // namespace stirline::sip
