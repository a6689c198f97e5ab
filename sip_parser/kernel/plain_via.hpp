// Plain Via values: "SIP/2.0/" transport SP host [":" port] *(";" token ["=" value]), no blank but the one, no quotes
// (RFC 3261 20.42, 25.1; RFC 3581).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

// sent-protocol and sent-by of the value [begin, end). Returns the offset behind them, or 0 if they are not plain. All
// places come from comparisons at once, not one from the other as in find_host_port(): nothing else is there to be done
// while a single value waits.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_sent_by(const Octets<Block>& octets, std::size_t begin, std::size_t end,
                                                        Via& via) {
  constexpr std::size_t kProtocol = 8;
  const Block window = octets.at(begin);
  const auto classes = window.classes();
  const std::size_t length = end - begin;
  const std::uint64_t inside = below(length < kWindow ? length : kWindow);
  const std::uint64_t semicolon = window.equal(';') | ~inside;
  const std::size_t transport_end = lowest(window.equal(' '));
  const std::size_t params = lowest(semicolon);
  const std::size_t host = transport_end + 1;
  const std::size_t host_end = lowest((semicolon | window.equal(':')) & ~below(host));
  const std::uint64_t transport_range = below(transport_end) & ~below(kProtocol);
  const std::uint64_t host_range = below(host_end) & ~below(host);
  const std::uint64_t port_range = below(params) & ~below(host_end + 1);
  const std::uint64_t misplaced = (transport_range & classes.outside(OctetClass::token)) |
                                  (host_range & classes.outside(OctetClass::host)) |
                                  (port_range & classes.outside(OctetClass::digit));
  const std::size_t colon_and_digits = params - host_end;
  set_span(via.transport, begin + kProtocol, transport_end - kProtocol);
  set_span(via.host, begin + host, host_end - host);
  set_optional(via.port, host_end < params, begin + host_end + 1, colon_and_digits - 1);
  const bool plain = "SIP/2.0/"_any_case.leads(window.word()) && transport_range != 0 && host_range != 0 &&
                     misplaced == 0 && params < kWindow && colon_and_digits != 1 && colon_and_digits <= 5;
  return plain ? begin + params : 0;
}

// Notes a parameter that decides where responses go or what a transaction is. False if it comes twice, or without the
// value that it needs. Its name begins at `name`.
template <typename Block>
[[gnu::always_inline]] inline bool take_via_parameter(const Octets<Block>& octets, std::size_t name, std::size_t length,
                                                      Span value, Via& via) {
  const auto is = [&octets, name](Word front, Word back, std::size_t back_at) {
    return front.leads(octets.four(name)) && back.leads(octets.four(name + back_at));
  };
  Span* known = nullptr;
  if (length == 6 && is("bran"_any_case, "anch"_any_case, 2)) {
    known = &via.branch;
  } else if (length == 8 && is("rece"_any_case, "ived"_any_case, 4)) {
    known = &via.received;
  } else if (length == 5 && is("rpor"_any_case, "port"_any_case, 1)) {
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

// The parameters from the ';' at `at` to `end`, each within a window.
template <typename Block>
[[gnu::always_inline]] inline bool plain_via_parameters(const Octets<Block>& octets, std::size_t at, std::size_t end,
                                                        Via& via) {
  constexpr std::size_t kName = 1;  // behind the ';'
  while (at < end) {
    const auto classes = octets.at(at).classes();
    const std::size_t name_end = lowest(classes.outside(OctetClass::token) & ~below(kName));
    const bool valued = octets[at + name_end] == '=';
    const std::size_t value = name_end + 1;
    const std::size_t value_end = lowest(classes.outside(OctetClass::param_value) & ~below(value));
    const std::size_t stop = valued ? value_end : name_end;
    Span content;
    set_optional(content, valued, at + value, stop - value);
    if (octets[at] != ';' || name_end == kName || stop == kWindow || (valued && stop == value) ||
        !take_via_parameter(octets, at + kName, name_end - kName, content, via)) {
      return false;
    }
    at += stop;
  }
  return at == end;
}

// One value that is not empty fills the line: of the Vias below the top one no more is asked for.
template <typename Block>
[[gnu::always_inline]] inline bool plain_lower_via(const Octets<Block>& octets, const HeaderLine& line) {
  const std::size_t end = line.value_end;
  std::uint64_t splits = 0;
  for (std::size_t at = line.value_begin; at < end; at += kWindow) {
    const Block window = octets.at(at);
    const std::size_t left = end - at;
    splits |= (window.equal(',') | window.equal('"') | window.equal('<')) & below(left < kWindow ? left : kWindow);
  }
  return splits == 0 && line.value_begin != end;
}

// The top Via, which fills `line`. False if it is not plain.
template <typename Block>
[[gnu::always_inline]] inline bool plain_top_via(const Octets<Block>& octets, const HeaderLine& line, Via& via) {
  const std::size_t begin = line.value_begin;
  const std::size_t end = line.value_end;
  set_span(via.whole, begin, end - begin);
  const std::size_t params = plain_sent_by(octets, begin, end, via);
  return params != 0 && plain_via_parameters(octets, params, end, via);
}

}  // namespace stirline::sip::detail
