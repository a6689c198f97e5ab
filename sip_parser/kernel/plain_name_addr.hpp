// Plain name-addr values: [display name] "<" plain URI ">" [";tag=" token] (RFC 3261 20.10, 25.1).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_uri.hpp"
#include "sip_parser/name_addr.hpp"

namespace stirline::sip::detail {

// Reads the one value that fills `value`, which has no outer blanks. False if it is not plain.
template <typename Block>
[[gnu::noinline]] bool plain_name_addr(const Octets<Block>& octets, Span value, NameAddr& party) {
  const std::size_t begin = value.offset;
  const std::size_t end = begin + value.length;
  const Block front = octets.at(begin);
  const std::uint64_t blank = front.equal(' ') | front.equal('\t');
  const std::uint64_t quote = front.equal('"');
  // A quoted name goes to the second quote, then blanks; any other is tokens, blanks and what is beyond ASCII.
  const bool quoted = (quote & 1U) != 0;
  const std::size_t name = quoted ? lowest(quote & (quote - 1)) + 1 : 0;
  const std::size_t open = lowest(front.equal('<') & ~below(name));
  const std::uint64_t gap = below(open) & ~below(name);
  const std::uint64_t allowed = quoted ? blank : blank | front.any_of(kTokenOctets) | front.beyond_ascii();
  const std::uint64_t escapes = front.equal('\\') & below(name);
  if (open == kWindow || (gap & ~allowed) != 0 || escapes != 0) {
    return false;
  }
  const std::size_t close = plain_uri<'>'>(octets, begin + open + 1, party.uri);
  if (close == 0) {
    return false;
  }
  const std::size_t tokens = static_cast<std::size_t>(std::bit_width(below(open) & ~blank));
  party.whole = value;
  party.display_name = make_span(begin, quoted ? name : tokens);
  party.bracketed = true;
  const std::size_t behind = close + 1;
  if (behind == end) {
    party.params = {};
    party.tag = {};
    return true;
  }
  constexpr Word kTag = ";tag="_any_case;
  constexpr std::size_t kTagOctets = 5;
  const std::size_t length = end - behind;
  const Block tail = octets.at(behind);
  if (!kTag.leads(tail.word()) || length == kTagOctets ||
      length != run_end(tail.any_of(kParamValueOctets), kTagOctets)) {
    return false;
  }
  party.params = make_span(behind + 1, length - 1);
  party.tag = make_span(behind + kTagOctets, length - kTagOctets);
  return true;
}

}  // namespace stirline::sip::detail
