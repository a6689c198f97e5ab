// Plain Via values: "SIP/2.0/" transport SP host [":" port] *(";" token ["=" value]), no blank but the one, no quotes
// (RFC 3261 20.42, 25.1; RFC 3581).
#pragma once

#include <array>

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::sip::detail {

// sent-protocol and sent-by of `value`. Returns the offset behind them, or 0 if they are not plain.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_sent_by(const Octets<Block>& octets, Span value, Via& via) {
  constexpr std::size_t kProtocol = 8;
  const std::size_t begin = value.offset;
  const Block window = octets.at(begin);
  const auto classes = window.classes();
  const std::uint64_t inside = below(value.length < kWindow ? value.length : kWindow);
  const std::uint64_t semicolon = window.equal(';') | ~inside;
  const std::size_t transport_end = lowest(window.equal(' '));
  const std::size_t params = lowest(semicolon);
  const std::size_t host = transport_end + 1;
  const std::size_t host_end = lowest((semicolon | window.equal(':')) & ~below(host));
  const std::uint64_t transport_range = below(transport_end) & ~below(kProtocol);
  const std::uint64_t host_range = below(host_end) & ~below(host);
  const std::uint64_t port_range = below(params) & ~below(host_end + 1);
  const std::uint64_t misplaced = (transport_range & ~classes.of(OctetClass::token)) |
                                  (host_range & ~classes.of(OctetClass::host)) |
                                  (port_range & ~classes.of(OctetClass::digit));
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

// The parameters from the ';' at `at` to `end`.
template <typename Block>
[[gnu::always_inline]] inline bool plain_via_parameters(const Octets<Block>& octets, std::size_t at, std::size_t end,
                                                        Via& via) {
  while (at < end) {
    const Block window = octets.at(at);
    const auto classes = window.classes();
    const std::uint64_t semicolon = window.equal(';');
    const std::uint64_t equals = window.equal('=');
    const std::uint64_t token = classes.of(OctetClass::token);
    const std::size_t run = run_end(classes.of(OctetClass::param_value) | semicolon, 0);
    std::size_t from = 0;
    // One after the other, as long as they end in this window.
    for (std::size_t to = 0; from != run && (semicolon & 1U) != 0; from = to) {
      const std::size_t next = lowest(semicolon & ~below(from + 1));
      to = next < run ? next : run;
      if (to == kWindow) {
        break;
      }
      const std::size_t name_end = run_end(token, from + 1);
      const bool valued = name_end != to;
      Span value;
      set_optional(value, valued, at + name_end + 1, to - name_end - 1);
      if (name_end == from + 1 || (valued && (!has(equals, name_end) || to == name_end + 1)) ||
          !take_via_parameter(octets, at + from + 1, name_end - from - 1, value, via)) {
        return false;
      }
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

  PlainVias(const char* data, std::size_t size, Via& top) : octets_(data, size), top_(top) {}

  [[nodiscard]] bool has_room() const { return count_ < kMost; }
  [[nodiscard]] std::size_t count() const { return count_; }

  // `value` has no outer blanks.
  void add(Span value) { values_[count_++] = value; }

  // False if one of them is not plain. The first one is the top one.
  [[gnu::noinline]] bool read() {
    std::array<std::size_t, kMost> params;
    for (std::size_t i = 0; i < count_; ++i) {
      Via& via = i == 0 ? top_ : below_top_[i];
      via.whole = values_[i];
      params[i] = plain_sent_by(octets_, values_[i], via);
    }
    for (std::size_t i = 0; i < count_; ++i) {
      Via& via = i == 0 ? top_ : below_top_[i];
      via.branch = {};
      via.received = {};
      via.rport = false;
      if (params[i] == 0 || !plain_via_parameters(octets_, params[i], values_[i].end(), via)) {
        return false;
      }
    }
    return true;
  }

 private:
  Octets<Block> octets_;
  std::size_t count_ = 0;
  std::array<Span, kMost> values_;
  Via& top_;
  std::array<Via, kMost> below_top_;
};

}  // namespace stirline::sip::detail
