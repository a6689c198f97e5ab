// The fingerprints that a request must be signed with, or judged by (RFC 8224 4.1; STIR-AS-07, STIR-PT-06).
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/body/media_keys.hpp"
#include "sip_parser/message.hpp"

namespace stirline::crypto {

// As sip::read_media_keys(), but for most calls a look at the body only: where no fingerprint is named, and no parts or
// coding could hide one, there are none. `message` was parsed from `octets`.
[[nodiscard]] std::expected<sip::MediaKeys, sip::BodyError> read_session_keys(const sip::Message& message,
                                                                              std::string_view octets);

}  // namespace stirline::crypto
