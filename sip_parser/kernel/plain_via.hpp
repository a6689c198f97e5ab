// Plain Via values: "SIP/2.0/" transport SP host [":" port] *(";" token ["=" value]), no blank but the one, no quotes
// (RFC 3261 20.42, 25.1; RFC 3581).
#pragma once

#include <array>

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_host_port.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

// sent-protocol and sent-by of the value [begin, end). Returns the offset behind them, or 0 if they are not plain.
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
  while (at < end) {
    const Block window = octets.at(at);
    const auto classes = window.classes();
    const std::uint64_t no_token = classes.outside(OctetClass::token);
    const std::uint64_t semicolon = window.equal(';');
    const std::size_t run = lowest(classes.outside(OctetClass::param_value) & ~semicolon);
    // One after the other, as long as they end in this window.
    std::size_t from = 0;
    while (from != run && has(semicolon, from)) {
      const std::size_t name = from + 1;
      const std::size_t next = lowest(semicolon & ~below(name));
      const std::size_t to = next < run ? next : run;
      if (to == kWindow) {
        break;
      }
      const std::size_t name_end = lowest(no_token & ~below(name));
      const bool valued = name_end != to;
      Span value;
      set_optional(value, valued, at + name_end + 1, to - name_end - 1);
      if (name_end == name || (valued && (octets[at + name_end] != '=' || to == name_end + 1)) ||
          !take_via_parameter(octets, at + name, name_end - name, value, via)) {
        return false;
      }
      from = to;
    }
    if (from == 0) {
      return false;
    }
    at += from;
    if (from == run) {
      break;
    }
  }
  return at == end;
}

// The Via values of a message, a line each. In two steps, each a loop over all: PlainParties says why.
template <typename Block>
class PlainVias {
 public:
  static constexpr std::size_t kMost = 8;  // more hops than calls have

  PlainVias(const Octets<Block>& octets, Via& top) : octets_(octets), top_(top) {}

  [[nodiscard]] bool has_room() const { return count_ < kMost; }
  [[nodiscard]] std::size_t count() const { return count_; }

  // The one value of `line`.
  void add(const HeaderLine& line) { values_[count_++] = {line.value_begin, line.value_end}; }

  // False if one of them is not plain. The first one is the top one.
  [[gnu::noinline]] bool read() {
    const Octets<Block> octets = octets_;
    const std::size_t count = count_;
    std::array<std::size_t, kMost> params;
    for (std::size_t i = 0; i < count; ++i) {
      Via& via = i == 0 ? top_ : below_top_[i];
      const auto [begin, end] = values_[i];
      set_span(via.whole, begin, end - begin);
      params[i] = plain_sent_by(octets, begin, end, via);
    }
    for (std::size_t i = 0; i < count; ++i) {
      Via& via = i == 0 ? top_ : below_top_[i];
      via.branch = {};
      via.received = {};
      via.rport = false;
      if (params[i] == 0 || !plain_via_parameters(octets, params[i], values_[i].end, via)) {
        return false;
      }
    }
    return true;
  }

 private:
  struct Value {
    std::size_t begin;
    std::size_t end;
  };

  Octets<Block> octets_;
  std::size_t count_ = 0;
  std::array<Value, kMost> values_;
  Via& top_;
  std::array<Via, kMost> below_top_;
};

}  // namespace stirline::sip::detail
