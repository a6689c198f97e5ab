// Plain URIs: "sip:" user "@" host [":" port] *(";" parameter), and "tel:" number, without escapes, password, headers
// or IPv6, user and host each within a window (RFC 3261 19.1.1, RFC 3966 3).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_host_port.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip::detail {

// Where the scheme and the user part of a sip URI or the number of a tel URI are.
struct UserPart {
  std::size_t begin;  // of the URI; 0: not plain
  std::size_t end;    // of the user part or number
};

// Looks at the URI that begins at `at` in the window at `begin`, of which `classes` tells. The value that it is in has
// `length` octets from there on: what is behind it may look like a URI, and may be the last octets that there are. What
// is in front of the URI may not be `plain`.
template <typename Classes>
[[gnu::always_inline]] inline UserPart find_user_part(const Classes& classes, std::size_t begin, std::size_t at,
                                                      std::size_t length, bool plain) {
  const std::size_t user = at + 4;  // behind "sip:", "tel:"
  const std::size_t end = lowest(classes.outside(OctetClass::user) & ~below(user));
  return {.begin = plain && end > user && end <= length ? begin + at : 0, .end = begin + end};
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

// Takes the URI apart whose user part is found. Returns where the `terminator` behind it stands, or 0 if it is not
// plain.
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
  if (octets[user.end] != '@') {
    return plain_tel_uri(octets, user, scheme, terminator, uri);
  }
  const std::size_t host = user.end + 1;
  const Block window = octets.at(host);
  const auto classes = window.classes();
  const HostPort part = find_host_port(octets, host, classes, 0);
  const std::size_t params = part.end;
  const std::size_t end = lowest(classes.outside(OctetClass::uri_params) & ~below(params));
  uri.scheme = Scheme::sip;
  set_span(uri.whole, user.begin, host + end - user.begin);
  set_span(uri.host, host, part.host_end);
  set_optional(uri.port, part.host_end < params, host + part.host_end + 1, params - part.host_end - 1);
  set_optional(uri.params, params < end, host + params + 1, end - params - 1);
  // Parameters are neither empty nor begin with '='.
  const std::uint64_t semicolon = window.equal(';');
  const std::uint64_t begins = semicolon & below(end);
  const std::uint64_t no_parameter = semicolon | window.equal('=') | std::uint64_t{1} << (end % kWindow);
  bool plain = part.plain && end < kWindow - 1 && octets[host + end] == terminator &&
               (params == end || has(semicolon, params)) && (begins << 1U & no_parameter) == 0;
  if ((begins & (begins - 1)) != 0) {
    // `user` must not come twice. Two parameters with its first letter are for the exact reader.
    const std::uint64_t letter = window.equal('u') | window.equal('U');
    const std::uint64_t candidates = begins & (letter >> 1U);
    plain = plain && (candidates & (candidates - 1)) == 0;
  }
  return plain && "sip:"_any_case.leads(scheme) ? host + end : 0;
}

}  // namespace stirline::sip::detail
