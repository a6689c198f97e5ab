// The Diversion header field (RFC 5806 3): who forwarded the call, the last one on top. Historic, and everywhere.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/name_addr.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxDiversions = 16;
inline constexpr std::uint32_t kMaxDiversionCount = 99;  // 1*2DIGIT

struct Diversion {
  NameAddr party;
  Span reason;                           // "unconditional", "no-answer" ...; quotes excluded; empty if absent
  std::optional<std::uint16_t> counter;  // how often; one if absent
  std::optional<std::uint16_t> limit;    // how often it may be diverted
  Span privacy;                          // "full", "name", "uri", "off" ...; empty if absent
  Span screen;                           // "yes", "no" ...; empty if absent
};
using DiversionList = FixedList<Diversion, kMaxDiversions>;

// All values in message order; an empty list if there is no such field. Errors: malformed, bad_uri, open_quote,
// out_of_range (counter, limit), duplicate (one of the parameters above), too_many.
[[nodiscard]] std::expected<DiversionList, FieldError> read_diversions(const Message& message, std::string_view octets);

}  // namespace stirline::sip
