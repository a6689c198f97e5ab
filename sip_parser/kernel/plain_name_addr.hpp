// Plain name-addr values: [display name] "<" plain URI ">" [";tag=" token] (RFC 3261 20.10, 25.1).
#pragma once

#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_uri.hpp"
#include "sip_parser/name_addr.hpp"

namespace stirline::sip::detail {

// Reads the one value that fills `value`, which has no outer blanks. False if it is not plain.
template <typename Block>
[[gnu::noinline]] bool plain_name_addr(Octets<Block> octets, Span value, NameAddr& party) {
  const std::size_t begin = value.offset;
  const std::size_t end = begin + value.length;
  const Block front = octets.at(begin);
  const std::uint64_t space = front.equal(' ');
  const std::uint64_t quote = front.equal('"');
  // A quoted name goes to the second quote, then spaces; any other is tokens and spaces.
  const std::uint64_t quoted = std::uint64_t{0} - (quote & 1U);
  const std::size_t name = (lowest(quote & (quote - 1)) + 1) & quoted;
  const std::size_t open = lowest(front.equal('<') & ~below(name));
  const std::uint64_t gap = below(open) & ~below(name);
  const std::uint64_t tokens = front.classes().of(OctetClass::token) & ~quoted;
  const std::uint64_t escapes = front.equal('\\') & below(name);
  if (open == kWindow || ((gap & ~(space | tokens)) | escapes) != 0) {
    return false;
  }
  const std::size_t close = plain_uri<'>'>(octets, front, begin, open + 1, party.uri);
  if (close == 0) {
    return false;
  }
  const std::size_t unquoted = kWindow - static_cast<std::size_t>(_lzcnt_u64(below(open) & ~space));
  party.whole = value;
  set_span(party.display_name, begin, quoted != 0 ? name : unquoted);
  party.bracketed = true;
  const std::size_t behind = close + 1;
  if (behind == end) {
    party.params = {};
    party.tag = {};
    return true;
  }
  constexpr std::size_t kTag = 5;  // ";tag="
  const std::size_t length = end - behind;
  const Block tail = octets.at(behind);
  set_span(party.params, behind + 1, length - 1);
  set_span(party.tag, behind + kTag, length - kTag);
  return ";tag="_any_case.leads(tail.word()) && length > kTag && length == run_end(tail.classes().of(OctetClass::param_value), kTag);
}

}  // namespace stirline::sip::detail
