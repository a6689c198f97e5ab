// Which header fields there must be, and which may not come twice. Internal; part of the exact readers.
#pragma once

#include <array>

#include "sip_parser/message_fields.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"

namespace stirline::sip::detail {

// Fields that a message carries once. Two of them are two readings, even if they are equal now (INL-ED-03).
inline constexpr std::array kOnceOnly = {
    HeaderId::from,         HeaderId::to,       HeaderId::call_id,          HeaderId::cseq,
    HeaderId::max_forwards, HeaderId::date,     HeaderId::content_type,     HeaderId::content_disposition,
    HeaderId::privacy,      HeaderId::priority, HeaderId::attestation_info, HeaderId::origination_id,
};

inline constexpr std::array kMandatory = {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id,
                                          HeaderId::cseq};

// What comes twice that may come once; then what must be there and is not (RFC 3261 8.1.1; INL-ED-03).
[[nodiscard]] ParseError check_occurrence(const MessageFields& fields, const Strictness& strictness);

}  // namespace stirline::sip::detail
