// The History-Info header field (RFC 7044 5): every target a request had, in the order of its index.
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

inline constexpr std::size_t kMaxHistoryEntries = 32;
inline constexpr std::size_t kMaxIndexLevels = 16;       // numbers of one index: "1.2.1" has three
inline constexpr std::size_t kMaxIndexNumberDigits = 3;  // digits of each
inline constexpr std::uint32_t kMaxRedirectionCause = 699;

// How the target came to be: mapping of the user (mp), of the route only (rc), or none (np).
enum class TargetOrigin : std::uint8_t { unsaid, rc, mp, np };

struct HistoryEntry {
  NameAddr party;           // hi-targeted-to-uri: always a name-addr
  Span index;               // "1.2.1"
  std::uint8_t levels = 0;  // numbers of the index
  TargetOrigin origin = TargetOrigin::unsaid;
  Span origin_index;                   // of the entry it came from; empty with `unsaid`
  std::optional<std::uint16_t> cause;  // why the call came to this target: the URI's `cause` parameter (RFC 4458 2)
  Span reason;   // value of the URI's embedded Reason header, percent-escaped as it stands; empty if absent
  Span privacy;  // of its embedded Privacy header ("history" or "none"), likewise
};
using HistoryList = FixedList<HistoryEntry, kMaxHistoryEntries>;

// All entries in message order; an empty list if there is no such field. Errors: malformed, bad_uri, open_quote,
// out_of_range (cause, index), missing (index), duplicate (index; rc, mp, np beside each other), too_many.
[[nodiscard]] std::expected<HistoryList, FieldError> read_history(const Message& message, std::string_view octets);

}  // namespace stirline::sip
