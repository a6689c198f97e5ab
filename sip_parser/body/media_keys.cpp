#include "sip_parser/body/media_keys.hpp"

#include "sip_parser/body/body_parts.hpp"

namespace stirline::sip {

std::expected<MediaKeys, BodyError> read_media_keys(const Message& message, std::string_view octets) {
  const auto parts = read_body_parts(message, octets);
  if (!parts) {
    return std::unexpected(parts.error());
  }
  MediaKeys keys;
  for (const BodyPart& part : parts->view()) {
    if (!part.type || !is_media_type(octets, *part.type, "application", "sdp")) {
      continue;
    }
    if (part.encoded) {
      return std::unexpected(BodyError{BodyErrorCode::encoded, part.content.offset});
    }
    const auto description = read_sdp(octets, part.content);
    if (!description) {
      return std::unexpected(description.error());
    }
    ++keys.descriptions;
    for (const Fingerprint& fingerprint : description->fingerprints.view()) {
      if (!keys.fingerprints.push(fingerprint)) {
        return std::unexpected(BodyError{BodyErrorCode::fingerprint_count, fingerprint.hash.offset});
      }
    }
  }
  return keys;
}

}  // namespace stirline::sip
