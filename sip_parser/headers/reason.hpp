// The Reason header field (RFC 3326 2; RFC 8224 6.2.2 uses the protocol "STIR"): why a call ended, was refused or went
// elsewhere.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxReasons = 16;
inline constexpr std::uint32_t kMaxReasonCause = 999;  // SIP status codes have three digits, Q.850 causes end at 127

struct Reason {
  Span whole;
  Span protocol;                       // "SIP", "Q.850", "STIR" or any other token
  std::optional<std::uint16_t> cause;  // meaning given by the protocol
  Span text;                           // quotes excluded, escapes inside; empty if absent
};
using ReasonList = FixedList<Reason, kMaxReasons>;

// All values in message order; an empty list if there is no such field. Several of one protocol are legal (RFC 9366).
// Errors: malformed, open_quote, out_of_range (cause), duplicate (cause or text), too_many.
[[nodiscard]] std::expected<ReasonList, FieldError> read_reasons(const Message& message, std::string_view octets);

}  // namespace stirline::sip
