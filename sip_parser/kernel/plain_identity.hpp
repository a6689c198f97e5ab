// Plain Identity values: a full token without blanks, then info=<https://...>, then alg and ppt, which stand in one
// window with the bracket (RFC 8224 4).
#pragma once

#include "sip_parser/identity_header.hpp"
#include "sip_parser/kernel/octets.hpp"

namespace stirline::sip::detail {

inline constexpr std::size_t kMaxPlainDigest = 8192;  // STIR-HDR-11

// Three segments of base64url, none empty, then ';'. Returns where that stands, or 0.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_digest_end(const Octets<Block>& octets, std::size_t begin) {
  std::size_t dots = 0;
  std::uint64_t dot_before = 1;  // a dot at the very front leaves a segment empty
  for (std::size_t at = begin; at - begin <= kMaxPlainDigest; at += kWindow) {
    const Block window = octets.at(at);
    const std::uint64_t dot = window.equal('.');
    const std::uint64_t no_digest = window.classes().outside(OctetClass::base64url) & ~dot;
    const std::uint64_t behind_dot = dot << 1U | dot_before;
    if ((no_digest | (dot & behind_dot)) != 0) {
      const std::size_t stop = lowest(no_digest);
      const std::uint64_t seen = dot & below(stop);
      dots += static_cast<std::size_t>(_mm_popcnt_u64(seen));
      const bool plain = stop < kWindow && (seen & behind_dot) == 0 && dots == 2 && !has(behind_dot, stop) &&
                         at + stop - begin <= kMaxPlainDigest && octets[at + stop] == ';';
      return plain ? at + stop : 0;
    }
    dots += static_cast<std::size_t>(_mm_popcnt_u64(dot));
    dot_before = dot >> (kWindow - 1);
  }
  return 0;
}

// The URI [begin, end) of info: "https://", then what may stand in brackets.
template <typename Block>
[[gnu::always_inline]] inline bool plain_info(const Octets<Block>& octets, std::size_t begin, std::size_t end) {
  std::uint64_t misfits = 0;
  for (std::size_t at = begin; at < end; at += kWindow) {
    const std::size_t left = end - at;
    misfits |= octets.at(at).classes().outside(OctetClass::bracketed) & below(left < kWindow ? left : kWindow);
  }
  return misfits == 0 && begin < end && "https://"_exact.leads(octets.eight(begin));
}

// alg and ppt, in the bits of the last window of the value from `from` on; that window begins at `base`.
template <typename Block>
[[gnu::always_inline]] inline bool plain_identity_parameters(const Octets<Block>& octets, const Block& tail,
                                                             std::size_t base, std::size_t from,
                                                             IdentityHeader& identity) {
  constexpr std::size_t kName = 5;  // ";alg=", ";ppt="
  const std::uint64_t semicolon = tail.equal(';');
  const std::uint64_t quote = tail.equal('"');
  const std::uint64_t no_token = tail.classes().outside(OctetClass::token);
  while (from != kWindow) {
    const std::size_t to = lowest(semicolon & ~below(from + 1));
    const std::uint64_t word = octets.eight(base + from);
    const bool ppt = ";ppt="_any_case.leads(word);
    Span& content = ppt ? identity.ppt : identity.alg;
    if (to - from <= kName || (!ppt && !";alg="_any_case.leads(word)) || !content.empty()) {
      return false;
    }
    const std::uint64_t quotes = quote >> (from + kName) & static_cast<std::uint64_t>(ppt);  // one in front, one behind
    const std::size_t begin = from + kName + quotes;
    const std::size_t end = to - quotes;
    if (begin >= end || (no_token & below(end) & ~below(begin)) != 0 || (quotes & ~(quote >> (end % kWindow))) != 0) {
      return false;
    }
    set_span(content, base + begin, end - begin);
    from = to;
  }
  return true;
}

// Reads the one value of `line`. False if it is not plain. Where its end is, is known: what stands there is read
// without waiting for the end of the digest.
template <typename Block>
[[gnu::noinline]] bool plain_identity(Octets<Block> octets, const HeaderLine& line, IdentityHeader& identity) {
  constexpr std::size_t kInfo = 7;  // ";info=<"
  const std::size_t begin = line.value_begin;
  const std::size_t end = line.value_end;
  if (end - begin < kWindow) {
    return false;
  }
  const std::size_t base = end - kWindow;
  const Block tail = octets.at(base);
  const std::uint64_t brackets = tail.equal('>');
  const std::size_t close = kWindow - 1 - static_cast<std::size_t>(_lzcnt_u64(brackets));
  const std::size_t digest_end = plain_digest_end(octets, begin);
  if (brackets == 0 || digest_end == 0) {
    return false;
  }
  const std::size_t info = digest_end + kInfo;
  const std::size_t info_end = base + close;
  identity = {};
  set_span(identity.whole, begin, end - begin);
  set_span(identity.digest, begin, digest_end - begin);
  set_span(identity.info, info, info_end - info);
  return ";info=<"_any_case.leads(octets.eight(digest_end)) && plain_info(octets, info, info_end) &&
         plain_identity_parameters(octets, tail, base, close + 1, identity);
}

}  // namespace stirline::sip::detail
