// The Privacy header field (RFC 3323 4.2; "id": RFC 3325 9.3; "history": RFC 7044 10.1).
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

struct Privacy {
  bool present = false;  // without the field nothing is asked for, and the network's own rules hold
  bool none = false;     // no privacy, whatever the rules say
  bool header = false;
  bool session = false;
  bool user = false;
  bool id = false;
  bool history = false;
  bool critical = false;    // refuse rather than go on without
  std::uint8_t others = 0;  // priv-values not known here, at most 255
};

// Errors: malformed, duplicate (a value twice), contradiction ("none" beside others: a "MUST NOT" of RFC 3323 4.2).
[[nodiscard]] std::expected<Privacy, FieldError> read_privacy(const Message& message, std::string_view octets);

}  // namespace stirline::sip
