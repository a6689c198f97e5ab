// Plain URIs: "sip:" user "@" host [":" port] *(";" parameter), and "tel:" number, without escapes, password, headers or
// IPv6, user and host each within a window (RFC 3261 19.1.1, RFC 3966 3).
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

// Takes the URI at `begin` apart, which has a plain user part that is followed by '@' at `sign`. Returns where the
// first `Terminator` behind stands, or 0 if the URI is not plain.
template <char Terminator, typename Block>
[[gnu::always_inline]] inline std::size_t plain_sip_uri(const Octets<Block>& octets, std::size_t begin, std::size_t sign,
                                                        Uri& uri) {
  constexpr std::size_t kScheme = 4;
  const std::size_t host = sign + 1;
  const Block window = octets.at(host);
  const HostPart part = find_host_part(window, window.equal(Terminator));
  uri.scheme = Scheme::sip;
  set_span(uri.whole, begin, host + part.end - begin);
  set_span(uri.user, begin + kScheme, sign - begin - kScheme);
  uri.password = {};
  set_span(uri.host, host, part.host_end);
  set_optional(uri.port, part.port_digits != 0, host + part.host_end + 1, part.port_digits);
  set_optional(uri.params, part.params < part.end, host + part.params + 1, part.end - part.params - 1);
  uri.headers = {};
  return part.plain ? host + part.end : 0;
}

// Reads the URI that begins at `at` in `window`, which begins at `begin`, with its user part or number in the same
// window. Returns where the first `Terminator` behind it stands, or 0 if the URI is not plain.
template <char Terminator, typename Block>
[[gnu::always_inline]] inline std::size_t plain_uri(const Octets<Block>& octets, const Block& window, std::size_t begin,
                                                    std::size_t at, Uri& uri) {
  constexpr std::size_t kScheme = 4;  // "sip:", "tel:"
  const std::uint64_t user = window.classes().of(OctetClass::user);
  const std::size_t sign = run_end(user, at + kScheme);
  if (sign - at - kScheme - 1 >= kWindow || sign == kWindow) {
    return 0;  // nothing there, or too much
  }
  const std::uint32_t scheme = octets.four(begin + at);
  if (has(window.equal('@'), sign)) {
    return "sip:"_any_case.leads(scheme) ? plain_sip_uri<Terminator>(octets, begin + at, begin + sign, uri) : 0;
  }
  if (!"tel:"_any_case.leads(scheme) || !has(window.equal(Terminator), sign) ||
      (window.equal(';') & below(sign) & ~below(at)) != 0) {
    return 0;
  }
  uri = {};
  uri.scheme = Scheme::tel;
  set_span(uri.whole, begin + at, sign - at);
  set_span(uri.user, begin + at + kScheme, sign - at - kScheme);
  return begin + sign;
}

}  // namespace stirline::sip::detail
