#include "crypto_workers/stir/uri_identity.hpp"

#include <algorithm>

#include "crypto_workers/passport/text_writer.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::crypto {
namespace {

using sip::detail::is;
using sip::detail::lower;

constexpr bool is_unreserved(char c) {
  return is(c, sip::detail::kAlpha | sip::detail::kDigit) || c == '-' || c == '.' || c == '_' || c == '~';
}

constexpr unsigned nibble(char c) {
  return static_cast<unsigned>(is(c, sip::detail::kDigit) ? c - '0' : lower(c) - 'a' + 10);
}

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

void add_user(TextWriter& out, std::string_view user) {
  for (std::size_t i = 0; i < user.size(); ++i) {
    if (user[i] != '%') {
      out.add(lower(user[i]));
      continue;
    }
    if (user.size() - i < 3 || !is(user[i + 1], sip::detail::kHex) || !is(user[i + 2], sip::detail::kHex)) {
      out.fail();
      return;
    }
    const char octet = static_cast<char>(nibble(user[i + 1]) * 16 + nibble(user[i + 2]));
    if (is_unreserved(octet)) {
      out.add(lower(octet));
    } else {
      out.add('%');
      out.add(upper(user[i + 1]));
      out.add(upper(user[i + 2]));
    }
    i += 2;
  }
}

}  // namespace

UriIdentity normalized_uri(std::string_view message, const sip::Uri& uri) {
  UriIdentity identity;
  if ((uri.scheme != sip::Scheme::sip && uri.scheme != sip::Scheme::sips) || uri.user.empty()) {
    return identity;
  }
  TextWriter out(identity.text);
  out.add(uri.scheme == sip::Scheme::sip ? "sip:" : "sips:");
  add_user(out, sip::text(message, uri.user));
  out.add('@');
  for (const char c : sip::text(message, uri.host)) {
    out.add(lower(c));
  }
  if (!out.overflow()) {
    identity.length = static_cast<std::uint8_t>(out.length());
  }
  return identity;
}

bool is_anonymous(std::string_view message, const sip::Uri& uri) {
  return sip::detail::equal_ignoring_case(sip::text(message, uri.host), "anonymous.invalid");
}

}  // namespace stirline::crypto
