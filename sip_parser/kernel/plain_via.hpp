// Plain Via values: "SIP/2.0/" transport SP host [":" port] *(";" token ["=" value]), no blank but the one, no quotes
// (RFC 3261 20.42, 25.1; RFC 3581).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_uri.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

// Notes the parameter that `window` begins with, at its ';'. False if it is one of those that count and comes twice or
// without the value that it needs.
template <typename Block>
[[gnu::always_inline]] inline bool take_via_parameter(const Block& window, std::size_t name_end, Span value, Via& via) {
  const std::uint64_t word = window.word();
  if (name_end == 7 && ";branch"_any_case.leads(word)) {
    const bool good = !value.empty() && via.branch.empty();
    via.branch = value;
    return good;
  }
  if (name_end == 9 && ";receive"_any_case.leads(word) && has(window.equal('d') | window.equal('D'), 8)) {
    const bool good = !value.empty() && via.received.empty();
    via.received = value;
    return good;
  }
  if (name_end == 6 && ";rport"_any_case.leads(word)) {
    const bool good = !via.rport;
    via.rport = true;
    return good;
  }
  return true;
}

// Reads the one value that fills `value`, which has no outer blanks. False if it is not plain.
template <typename Block>
[[gnu::noinline]] bool plain_via(const Octets<Block>& octets, Span value, Via& via) {
  constexpr std::size_t kProtocol = 8;
  const std::size_t begin = value.offset;
  const std::size_t end = begin + value.length;
  const Block front = octets.at(begin);
  const std::size_t transport_end = run_end(front.any_of(kTokenOctets), kProtocol);
  const std::size_t host = transport_end + 1;
  if (!"SIP/2.0/"_any_case.leads(front.word()) || transport_end == kProtocol || host >= kWindow ||
      !has(front.equal(' '), transport_end)) {
    return false;
  }
  const std::size_t host_end = run_end(front.any_of(kHostOctets), host);
  if (host_end == host || host_end >= kWindow - 1) {
    return false;
  }
  const bool has_port = has(front.equal(':'), host_end);
  const std::size_t digits = run_end(front.any_of(kDigitOctets), host_end + 1) - host_end - 1;
  if (has_port && digits - 1 >= 4) {
    return false;
  }
  via.whole = value;
  via.transport = make_span(begin + kProtocol, transport_end - kProtocol);
  via.host = make_span(begin + host, host_end - host);
  via.port = optional_span(has_port, begin + host_end + 1, digits);
  via.branch = {};
  via.received = {};
  via.rport = false;
  std::size_t at = begin + host_end + (has_port ? 1 + digits : 0);
  while (at != end) {
    const Block window = octets.at(at);
    const std::size_t name_end = run_end(window.any_of(kTokenOctets), 1);
    if (at > end || !has(window.equal(';'), 0) || name_end == 1 || name_end == kWindow) {
      return false;
    }
    const bool valued = has(window.equal('='), name_end);
    const std::size_t value_end = valued ? run_end(window.any_of(kParamValueOctets), name_end + 1) : name_end;
    const std::size_t value_length = valued ? value_end - name_end - 1 : 0;
    const Span content = optional_span(valued, at + name_end + 1, value_length);
    if (value_end == kWindow || (valued && value_length == 0) || !take_via_parameter(window, name_end, content, via)) {
      return false;
    }
    at += value_end;
  }
  return true;
}

}  // namespace stirline::sip::detail
