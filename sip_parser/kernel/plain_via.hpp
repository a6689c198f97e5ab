// Plain Via values: "SIP/2.0/" transport SP host [":" port] *(";" token ["=" value]), no blank but the one, no quotes
// (RFC 3261 20.42, 25.1; RFC 3581).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

// sent-protocol and sent-by of the value at `begin`. Returns the offset behind them, or 0 if they are not plain.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_sent_by(const Octets<Block>& octets, std::size_t begin, Via& via) {
  constexpr std::size_t kProtocol = 8;
  const Block window = octets.at(begin);
  const std::size_t transport_end = run_end(window.classes().of(OctetClass::token), kProtocol);
  const std::size_t host = transport_end + 1;
  const std::size_t host_end = run_end(window.classes().of(OctetClass::host), host);
  const std::size_t port = host_end + 1;
  if (!"SIP/2.0/"_any_case.leads(window.word()) || transport_end == kProtocol || host_end == host || port >= kWindow ||
      !has(window.equal(' '), transport_end)) {
    return 0;
  }
  const std::uint64_t has_port = window.equal(':') >> host_end & 1U;
  const std::size_t digits =
      (run_end(window.classes().of(OctetClass::digit), port) - port) & (std::uint64_t{0} - has_port);
  set_span(via.transport, begin + kProtocol, transport_end - kProtocol);
  set_span(via.host, begin + host, host_end - host);
  set_optional(via.port, digits != 0, begin + port, digits);
  return digits - has_port < 4 ? begin + host_end + has_port + digits : 0;
}

// One parameter of a Via value, in a window that begins with its ';'.
struct ViaParameter {
  std::size_t name_end;
  std::size_t end;
  bool valued;
  bool plain;
};

template <typename Block>
[[gnu::always_inline]] inline ViaParameter find_via_parameter(const Block& window) {
  ViaParameter found;
  found.name_end = run_end(window.classes().of(OctetClass::token), 1);
  found.valued = (window.equal('=') >> (found.name_end % kWindow) & 1U) != 0;
  const std::size_t value_end = run_end(window.classes().of(OctetClass::param_value), found.name_end + 1);
  found.end = found.valued ? value_end : found.name_end;
  found.plain =
      (window.equal(';') & 1U) != 0 && found.name_end != 1 && found.end < kWindow && found.end - found.name_end != 1;
  return found;
}

// Notes a parameter that decides where responses go or what a transaction is. False if it comes twice, or without the
// value that it needs.
template <typename Block>
[[gnu::always_inline]] inline bool take_via_parameter(const Block& window, std::size_t name_end, Span value, Via& via) {
  const std::uint64_t word = window.word();
  Span* known = nullptr;
  if (name_end == 7 && ";branch"_any_case.leads(word)) {
    known = &via.branch;
  } else if (name_end == 9 && ";receive"_any_case.leads(word) && has(window.equal('d') | window.equal('D'), 8)) {
    known = &via.received;
  } else if (name_end == 6 && ";rport"_any_case.leads(word)) {
    const bool good = !via.rport;
    via.rport = true;
    return good;
  } else {
    return true;
  }
  const bool good = !value.empty() && known->empty();
  *known = value;
  return good;
}

// Reads the one value that fills `value`, which has no outer blanks. False if it is not plain.
template <typename Block>
[[gnu::noinline]] bool plain_via(Octets<Block> octets, Span value, Via& via) {
  const std::size_t end = std::size_t{value.offset} + value.length;
  std::size_t at = plain_sent_by(octets, value.offset, via);
  if (at == 0) {
    return false;
  }
  via.whole = value;
  via.branch = {};
  via.received = {};
  via.rport = false;
  while (at < end) {
    const Block window = octets.at(at);
    const ViaParameter found = find_via_parameter(window);
    Span content;
    set_optional(content, found.valued, at + found.name_end + 1, found.end - found.name_end - 1);
    if (!found.plain || !take_via_parameter(window, found.name_end, content, via)) {
      return false;
    }
    at += found.end;
  }
  return at == end;
}

}  // namespace stirline::sip::detail
