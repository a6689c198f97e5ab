// Names of the header fields this project knows, long and compact (RFC 3261 7.3.3, 20; RFC 8224 4 for "y").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::sip {

enum class HeaderId : std::uint8_t {
  unknown = 0,
  via,      // v
  from,     // f
  to,       // t
  call_id,  // i
  cseq,
  max_forwards,
  contact,  // m
  p_asserted_identity,
  p_preferred_identity,
  privacy,
  identity,  // y
  date,
  reason,
  diversion,
  history_info,
  resource_priority,
  priority,
  call_info,
  feature_caps,
  content_type,    // c
  content_length,  // l
  content_disposition,
  require,
  supported,  // k
  subject,    // s
  record_route,
  route,
  attestation_info,  // TS 24.229 7.2.18
  origination_id,    // TS 24.229 7.2.19
  proxy_require,
  accept,
  content_encoding,           // e
  content_transfer_encoding,  // of the parts of a body (RFC 2045 6)
  accept_language,
  spam_score,       // how likely it is unwanted: SPIT-MK-01, not in any RFC
  puzzle,           // a computational puzzle, and its solution: SPIT-HC-01, not in any RFC
  payment_receipt,  // of a deposit: SPIT-PY-01, likewise
  event,            // o (RFC 6665 8.4)
};
inline constexpr std::size_t kHeaderIds = static_cast<std::size_t>(HeaderId::event) + 1;

// The long name as the standards print it ("P-Asserted-Identity"); "unknown" for HeaderId::unknown.
[[nodiscard]] std::string_view name_of(HeaderId id);

// Header field names compare without regard to case; both the long and the compact form are known (RFC
// 3261 7.3.1, 7.3.3).
[[nodiscard]] HeaderId header_id(std::string_view name);

}  // namespace stirline::sip
