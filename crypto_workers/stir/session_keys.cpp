#include "crypto_workers/stir/session_keys.hpp"

#include "sip_parser/characters.hpp"

namespace stirline::crypto {
namespace {

// On the way of every call: of the letters of the word, g is the one that session descriptions hardly have otherwise.
bool names_fingerprint(std::string_view body) {
  constexpr std::string_view kWord = "fingerprint";
  constexpr std::size_t kRare = kWord.find('g');
  for (std::size_t at = body.find('g'); at != std::string_view::npos; at = body.find('g', at + 1)) {
    if (at >= kRare && body.substr(at - kRare).starts_with(kWord)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::expected<sip::MediaKeys, sip::BodyError> read_session_keys(const sip::Message& message, std::string_view octets) {
  constexpr std::string_view kMultipart = "multipart";
  const sip::HeaderLine* const type = message.first(sip::HeaderId::content_type);
  const std::string_view type_text = type == nullptr ? std::string_view() : sip::text(octets, type->value());
  const bool hidden = message.first(sip::HeaderId::content_encoding) != nullptr ||
                      message.first(sip::HeaderId::content_transfer_encoding) != nullptr ||
                      sip::detail::equal_ignoring_case(type_text.substr(0, kMultipart.size()), kMultipart);
  // Attributes of session descriptions compare with regard to case (RFC 8866 9).
  return hidden || names_fingerprint(sip::text(octets, message.body())) ? sip::read_media_keys(message, octets)
                                                                        : sip::MediaKeys{};
}

}  // namespace stirline::crypto
