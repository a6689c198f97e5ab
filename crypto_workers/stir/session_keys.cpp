#include "crypto_workers/stir/session_keys.hpp"

#include "sip_parser/characters.hpp"

namespace stirline::crypto {

std::expected<sip::MediaKeys, sip::BodyError> read_session_keys(const sip::Message& message, std::string_view octets) {
  constexpr std::string_view kMultipart = "multipart";
  const sip::HeaderLine* const type = message.first(sip::HeaderId::content_type);
  const std::string_view type_text = type == nullptr ? std::string_view() : sip::text(octets, type->value());
  const bool hidden = message.first(sip::HeaderId::content_encoding) != nullptr ||
                      message.first(sip::HeaderId::content_transfer_encoding) != nullptr ||
                      sip::detail::equal_ignoring_case(type_text.substr(0, kMultipart.size()), kMultipart);
  // Attributes of session descriptions compare with regard to case (RFC 8866 9).
  const bool named = sip::text(octets, message.body()).find("fingerprint") != std::string_view::npos;
  return hidden || named ? sip::read_media_keys(message, octets) : sip::MediaKeys{};
}

}  // namespace stirline::crypto
