// Plain URIs: "sip:" user "@" host [":" port] *(";" parameter), and "tel:" number, without escapes, password, headers
// or IPv6, user and host each within a window (RFC 3261 19.1.1, RFC 3966 3).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip::detail {

// What follows the host, in a window that begins with the host. Ends at the first octet of `end`.
struct HostPart {
  std::size_t host_end;
  std::size_t port_digits;  // 0 without a port
  std::size_t params;       // where the first ';' stands, or the end
  std::size_t end;
  bool plain;
};

template <typename Block>
[[gnu::always_inline]] inline HostPart find_host_part(const Block& window, std::uint64_t end) {
  const std::uint64_t semicolon = window.equal(';');
  const std::uint64_t parameter = window.classes().of(OctetClass::uri_param);
  HostPart part;
  part.end = lowest(end);
  part.host_end = run_end(window.classes().of(OctetClass::host), 0);
  const std::size_t port = part.host_end + 1;
  const std::uint64_t has_port = window.equal(':') >> (part.host_end % kWindow) & 1U;
  part.port_digits = (run_end(window.classes().of(OctetClass::digit), port) - port) & (std::uint64_t{0} - has_port);
  part.params = part.host_end + has_port + part.port_digits;
  // From the first ';' to the end: parameters that are neither empty nor begin with '='.
  const std::uint64_t rest = below(part.end) & ~below(part.params);
  const std::uint64_t begins = rest & semicolon;
  const std::uint64_t names = rest & parameter & ~window.equal('=');
  const std::uint64_t misplaced = (rest & ~(parameter | semicolon)) | ((begins << 1U) & ~names) |
                                  (rest & (std::uint64_t{1} << (part.params % kWindow)) & ~semicolon);
  part.plain = part.end < kWindow - 1 && part.host_end != 0 && part.params <= part.end &&
               part.port_digits - has_port < 4 && misplaced == 0;
  if ((begins & (begins - 1)) != 0) {
    // `user` must not come twice. Two parameters with its first letter are for the exact reader.
    const std::uint64_t letter = window.equal('u') | window.equal('U');
    const std::uint64_t candidates = begins & (letter >> 1U);
    part.plain = part.plain && (candidates & (candidates - 1)) == 0;
  }
  return part;
}

// Where the scheme and the user part of a sip URI or the number of a tel URI are.
struct UserPart {
  std::size_t begin = 0;  // of the URI; 0: not plain
  std::size_t end = 0;    // of the user part or number
  bool at_sign = false;   // '@' stands there
};

// Looks at the URI that begins at `at` in `window`, which itself begins at `begin`.
template <typename Block>
[[gnu::always_inline]] inline UserPart find_user_part(const Block& window, std::size_t begin, std::size_t at) {
  constexpr std::size_t kScheme = 4;  // "sip:", "tel:"
  const std::size_t end = run_end(window.classes().of(OctetClass::user), at + kScheme);
  UserPart part;
  part.end = begin + end;
  part.at_sign = (window.equal('@') >> (end % kWindow) & 1U) != 0;
  const bool plain = end < kWindow && end > at + kScheme;
  part.begin = plain ? begin + at : 0;
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
  set_optional(uri.port, part.port_digits != 0, host + part.host_end + 1, part.port_digits);
  set_optional(uri.params, part.params < part.end, host + part.params + 1, part.end - part.params - 1);
  return part.plain && "sip:"_any_case.leads(scheme) ? host + part.end : 0;
}

}  // namespace stirline::sip::detail
