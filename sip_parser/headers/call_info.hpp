// The Call-Info header field (RFC 3261 20.9) with the parameters of rich call data (RFC 9796): where to find more about
// the caller. A URI here is only read, never fetched (STIR-RC-03).
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxCallInfos = 16;

enum class CallInfoPurpose : std::uint8_t { unsaid, other, icon, info, card, jcard, jwscard };

struct CallInfo {
  Span whole;
  Span uri;          // between the angle brackets, an absoluteURI of any scheme
  Span purpose;      // as written; empty if absent
  Span call_reason;  // quotes excluded, escapes inside; empty if absent
  Span verified;     // quotes excluded; empty if absent. `whole_verified` is what to remove (STIR-RC-05)
  Span whole_verified;
  Span integrity;  // "sha256-..."; quotes excluded; empty if absent
  CallInfoPurpose known_purpose = CallInfoPurpose::unsaid;
};
using CallInfoList = FixedList<CallInfo, kMaxCallInfos>;

// All values in message order; an empty list if there is no such field. Errors: malformed, bad_uri, open_quote,
// duplicate (one of the parameters above), too_many.
[[nodiscard]] std::expected<CallInfoList, FieldError> read_call_infos(const Message& message, std::string_view octets);

}  // namespace stirline::sip
