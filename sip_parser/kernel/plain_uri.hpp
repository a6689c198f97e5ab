// Plain URIs: "sip:" user "@" host [":" port] *(";" parameter), and "tel:" number, without escapes, password, headers
// or IPv6, user and host each within a window (RFC 3261 19.1.1, RFC 3966 3).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/uri.hpp"

namespace stirline::sip::detail {

[[gnu::always_inline]] inline Span make_span(std::size_t offset, std::size_t length) {
  return {static_cast<std::uint16_t>(offset), static_cast<std::uint16_t>(length)};
}

// A span where `present`, else the empty one at 0 that stands for an absent part; without a branch.
[[gnu::always_inline]] inline Span optional_span(bool present, std::size_t offset, std::size_t length) {
  const std::size_t keep = std::size_t{0} - static_cast<std::size_t>(present);
  return make_span(offset & keep, length & keep);
}

// What follows the host, in a window that begins with the host. Ends at the first octet of `end`.
struct HostPart {
  std::size_t host_end;
  std::size_t port_length;  // digits
  std::size_t params;       // where ';' stands, if there are parameters
  std::size_t end;
  bool has_port;
  bool plain;
};

template <typename Block>
[[gnu::always_inline]] inline HostPart find_host_part(const Block& window, std::uint64_t end) {
  const std::uint64_t semicolon = window.equal(';');
  const std::uint64_t u = window.equal('u') | window.equal('U');
  const std::uint64_t parameter = window.any_of(kUriParamOctets);
  HostPart part;
  part.end = lowest(end);
  part.host_end = run_end(window.any_of(kHostOctets), 0);
  part.has_port = part.host_end < kWindow - 1 && has(window.equal(':'), part.host_end);
  const std::size_t digits = run_end(window.any_of(kDigitOctets), part.host_end + 1) - part.host_end - 1;
  part.port_length = part.has_port ? digits : 0;
  part.params = part.host_end + (part.has_port ? 1 + digits : 0);
  // From the first ';' to the end: parameters that are neither empty nor begin with '=', and at most one that could be
  // `user`. Ports of five digits are looked at more closely elsewhere.
  const std::uint64_t rest = below(part.end) & ~below(part.params);
  const std::uint64_t begins = rest & semicolon;
  const std::uint64_t names = rest & parameter & ~window.equal('=');
  part.plain = part.end < kWindow - 1 && part.host_end != 0 && part.params <= part.end &&
               (!part.has_port || part.port_length - 1 < 4) && (rest & ~(parameter | semicolon)) == 0 &&
               ((begins << 1U) & ~names) == 0 && (rest == 0 || has(semicolon, part.params)) &&
               std::popcount(begins & (u >> 1U)) <= 1;
  return part;
}

// Reads the URI at `begin` that ends in front of the first `Terminator`. Returns where that stands, or 0 if the URI is
// not plain.
template <char Terminator, typename Block>
[[gnu::always_inline]] inline std::size_t plain_uri(const Octets<Block>& octets, std::size_t begin, Uri& uri) {
  constexpr std::size_t kScheme = 4;  // "sip:", "tel:"
  const Block front = octets.at(begin);
  const std::uint64_t user = front.any_of(kUserOctets);
  if ("sip:"_any_case.leads(front.word())) {
    const std::size_t sign = run_end(user, kScheme);
    if (sign == kScheme || sign == kWindow || !has(front.equal('@'), sign)) {
      return 0;
    }
    const std::size_t host = begin + sign + 1;
    const Block window = octets.at(host);
    const HostPart part = find_host_part(window, window.equal(Terminator));
    if (!part.plain) {
      return 0;
    }
    uri.scheme = Scheme::sip;
    uri.whole = make_span(begin, host + part.end - begin);
    uri.user = make_span(begin + kScheme, sign - kScheme);
    uri.password = {};
    uri.host = make_span(host, part.host_end);
    uri.port = optional_span(part.has_port, host + part.host_end + 1, part.port_length);
    uri.params = optional_span(part.params < part.end, host + part.params + 1, part.end - part.params - 1);
    uri.headers = {};
    return host + part.end;
  }
  const std::size_t end = run_end(user & ~front.equal(';'), kScheme);
  if (!"tel:"_any_case.leads(front.word()) || end == kScheme || end == kWindow || !has(front.equal(Terminator), end)) {
    return 0;
  }
  uri = {};
  uri.scheme = Scheme::tel;
  uri.whole = make_span(begin, end);
  uri.user = make_span(begin + kScheme, end - kScheme);
  return begin + end;
}

}  // namespace stirline::sip::detail
