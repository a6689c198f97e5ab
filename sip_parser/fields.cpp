#include "sip_parser/fields.hpp"

#include "sip_parser/characters.hpp"

namespace stirline::sip {
namespace {

// Each fold becomes one space (RFC 3261 7.3.1).
std::string unfolded(std::string_view value) {
  std::string result;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t behind = detail::skip(value, at, value.size(), detail::kBlank);
    const bool fold = value.substr(at, behind - at).find('\n') != std::string_view::npos;
    result += fold ? ' ' : value[at];
    at = fold ? behind : at + 1;
  }
  return result;
}

}  // namespace

Fields fields_of(const Message& message, std::string_view octets) {
  const auto copy = [octets](Span span) { return std::string(text(octets, span)); };
  const bool request = message.kind() == Kind::request;
  const HeaderLine* date = message.first(HeaderId::date);
  const auto& contact = message.contact();
  const auto content_length = message.content_length();
  const auto asserted = message.asserted_identities();
  const auto identities = message.identities();
  return {
      request ? copy(message.method_text()) : "",
      request ? "" : std::to_string(message.status()),
      copy(message.request_uri().user),
      copy(message.request_uri().host),
      copy(message.from().uri.user),
      copy(message.from().uri.host),
      copy(message.from().tag),
      copy(message.to().uri.user),
      copy(message.to().uri.host),
      copy(message.to().tag),
      copy(message.call_id()),
      std::to_string(message.cseq()),
      std::to_string(message.via_count()),
      copy(message.top_via().branch),
      contact ? copy(contact->uri.host) : "",
      asserted.empty() ? "" : copy(asserted.front().uri.user),
      identities.empty() ? "" : std::to_string(unfolded(text(octets, identities.front().whole)).size()),
      date == nullptr ? "" : unfolded(text(octets, date->value())),
      content_length ? std::to_string(*content_length) : "",
  };
}

}  // namespace stirline::sip
