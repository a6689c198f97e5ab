// The fingerprints of all session descriptions of a message, at session and media level, also inside multipart: what an
// mky claim is made of and compared with (RFC 8224 4.1, RFC 8225 5.2.2; STIR-AS-07, STIR-PT-05, -06).
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/body/body_error.hpp"
#include "sip_parser/body/sdp.hpp"
#include "sip_parser/fixed_list.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

struct MediaKeys {
  // In message order, equal ones as often as they are there. `media` counts within its own session description.
  FixedList<Fingerprint, kMaxFingerprints> fingerprints;
  std::uint8_t descriptions = 0;  // session descriptions read
};

// `message` was parsed from `octets` without error. Without a body, or with one that holds no session description,
// everything is empty. Errors: all of BodyErrorCode; `encoded` if a session description is. No fingerprint may then be
// taken for absent.
[[nodiscard]] std::expected<MediaKeys, BodyError> read_media_keys(const Message& message, std::string_view octets);

}  // namespace stirline::sip
