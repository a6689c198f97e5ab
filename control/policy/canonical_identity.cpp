#include "control/policy/canonical_identity.hpp"

#include <memory>

#include <idn2.h>

#include "config/policy/rule.hpp"
#include "config/text_rules.hpp"
#include "control/http/percent_encoding.hpp"
#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::control::policy {
namespace {

struct Idn2Free {
  void operator()(char* text) const { idn2_free(text); }
};

// Escapes undone; nothing if one is broken or hides a zero.
std::optional<std::string> unescaped_domain(std::string_view text) {
  auto plain = percent_decoded(text);
  return plain && !plain->contains('\0') ? plain : std::nullopt;
}

}  // namespace

std::optional<std::string> canonical_identity(std::string_view uri, const sip::DialPlan& dial_plan) {
  if (uri.size() > config::policy::kMaxTextBytes) {
    return std::nullopt;
  }
  const auto parsed = sip::parse_uri(uri, {0, static_cast<std::uint16_t>(uri.size())});
  if (!parsed || parsed->scheme == sip::Scheme::other || parsed->scheme == sip::Scheme::urn) {
    const auto number = sip::canonical_number(uri, dial_plan);
    return number ? std::optional(std::string(number->view())) : std::nullopt;
  }
  if (const auto number = sip::telephone_number(uri, *parsed, dial_plan)) {
    return std::string(number->view());
  }
  const crypto::UriIdentity identity = crypto::normalized_uri(uri, *parsed);
  return identity.length == 0 ? std::nullopt : std::optional(std::string(identity.view()));
}

std::optional<std::string> canonical_domain(std::string_view domain) {
  const auto plain = unescaped_domain(domain);
  if (!plain || plain->empty()) {
    return std::nullopt;
  }
  char* found = nullptr;
  if (idn2_to_ascii_8z(plain->c_str(), &found, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK) {
    return std::nullopt;
  }
  const std::unique_ptr<char, Idn2Free> owner(found);
  std::string ascii(found);
  for (char& c : ascii) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return config::is_small_host(ascii) ? std::optional(std::move(ascii)) : std::nullopt;
}

}  // namespace stirline::control::policy
