// Plain URIs: "sip:" user "@" host [":" port] *(";" parameter), and "tel:" number, without escapes, password, headers
// or IPv6, user and host each within a window (RFC 3261 19.1.1, RFC 3966 3).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip::detail {

// Where the scheme and the user part of a sip URI or the number of a tel URI are.
struct UserPart {
  std::size_t begin;  // of the URI; 0: not plain
  std::size_t end;    // of the user part or number
  bool at_sign;       // '@' stands there
};

// Looks at the URI that begins at `at` in `window`, which itself begins at `begin`. Its user part or number ends at bit
// `end`, at the first '@' (a bit in `at_signs`) or at the octet behind the URI.
template <typename Block>
[[gnu::always_inline]] inline UserPart find_user_part(const Block& window, std::size_t begin, std::size_t at,
                                                      std::uint64_t at_signs, std::size_t end) {
  constexpr std::size_t kScheme = 4;  // "sip:", "tel:"
  const std::uint64_t user = below(end) & ~below(at + kScheme);
  const bool plain = end < kWindow && user != 0 && all_of(window.classes().of(OctetClass::user), user);
  UserPart part;
  part.begin = plain ? begin + at : 0;
  part.end = begin + end;
  part.at_sign = (at_signs >> (end % kWindow) & 1U) != 0;
  return part;
}

// What follows the host, in a window that begins with the host.
struct HostPart {
  std::size_t host_end;
  std::size_t params;  // where the first ';' stands, or the end
  std::size_t end;
  bool plain;
};

// `ends` are the octets that end the URI; the first one counts.
template <typename Block>
[[gnu::always_inline]] inline HostPart find_host_part(const Block& window, std::uint64_t ends) {
  const std::uint64_t semicolon = window.equal(';');
  const std::uint64_t colon = window.equal(':');
  const auto classes = window.classes();
  HostPart part;
  part.end = lowest(ends);
  part.params = lowest(ends | semicolon);
  part.host_end = lowest(ends | semicolon | colon);
  const std::uint64_t host = below(part.host_end);
  const std::uint64_t port = below(part.params) & ~below(part.host_end + 1);
  const std::uint64_t rest = below(part.end) & ~below(part.params);
  // Parameters are neither empty nor begin with '='; ports have one to four digits.
  const std::uint64_t begins = rest & semicolon;
  const std::uint64_t inside = rest & ~semicolon & classes.of(OctetClass::uri_param);
  const std::uint64_t misplaced = (host & ~classes.of(OctetClass::host)) | (port & ~classes.of(OctetClass::digit)) |
                                  (rest & ~(inside | semicolon)) | ((begins << 1U) & ~(inside & ~window.equal('=')));
  const std::size_t colon_and_digits = part.params - part.host_end;
  part.plain = part.end < kWindow - 1 && host != 0 && misplaced == 0 && colon_and_digits != 1 && colon_and_digits <= 5;
  if ((begins & (begins - 1)) != 0) {
    // `user` must not come twice. Two parameters with its first letter are for the exact reader.
    const std::uint64_t letter = window.equal('u') | window.equal('U');
    const std::uint64_t candidates = begins & (letter >> 1U);
    part.plain = part.plain && (candidates & (candidates - 1)) == 0;
  }
  return part;
}

// A number without parameters. Returns where `terminator` stands, or 0.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_tel_uri(const Octets<Block>& octets, const UserPart& user,
                                                        std::uint32_t scheme, char terminator, Uri& uri) {
  const std::size_t length = user.end - user.begin;
  uri.scheme = Scheme::tel;
  set_span(uri.whole, user.begin, length);
  uri.host = {};
  uri.port = {};
  uri.params = {};
  const bool parameters = (octets.at(user.begin).equal(';') & below(length)) != 0;
  return "tel:"_any_case.leads(scheme) && !parameters && octets[user.end] == terminator ? user.end : 0;
}

// Takes the URI apart whose user part is found. Returns where the first `terminator` behind it stands, or 0 if it is
// not plain.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_uri(const Octets<Block>& octets, const UserPart& user, char terminator,
                                                    Uri& uri) {
  constexpr std::size_t kScheme = 4;
  if (user.begin == 0) {
    return 0;
  }
  const std::uint32_t scheme = octets.four(user.begin);
  set_span(uri.user, user.begin + kScheme, user.end - user.begin - kScheme);
  uri.password = {};
  uri.headers = {};
  if (!user.at_sign) {
    return plain_tel_uri(octets, user, scheme, terminator, uri);
  }
  const std::size_t host = user.end + 1;
  const Block window = octets.at(host);
  const HostPart part = find_host_part(window, window.equal(terminator));
  uri.scheme = Scheme::sip;
  set_span(uri.whole, user.begin, host + part.end - user.begin);
  set_span(uri.host, host, part.host_end);
  set_optional(uri.port, part.host_end < part.params, host + part.host_end + 1, part.params - part.host_end - 1);
  set_optional(uri.params, part.params < part.end, host + part.params + 1, part.end - part.params - 1);
  return part.plain && "sip:"_any_case.leads(scheme) ? host + part.end : 0;
}

}  // namespace stirline::sip::detail
