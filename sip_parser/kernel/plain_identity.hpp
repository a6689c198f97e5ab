// Plain Identity values: a full token without blanks, then info=<https://...>, alg and ppt in any order (RFC 8224 4).
#pragma once

#include "sip_parser/identity_header.hpp"
#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_uri.hpp"

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
    const std::size_t stop = run_end(window.classes().of(OctetClass::base64url) | dot, 0);
    const std::uint64_t seen = dot & below(stop);
    if ((seen & (seen << 1U | dot_before)) != 0) {
      return 0;
    }
    dots += static_cast<std::size_t>(std::popcount(seen));
    if (stop < kWindow) {
      const bool dot_last = stop == 0 ? dot_before != 0 : has(seen, stop - 1);
      const bool plain = dots == 2 && !dot_last && at + stop - begin <= kMaxPlainDigest && has(window.equal(';'), stop);
      return plain ? at + stop : 0;
    }
    dot_before = seen >> (kWindow - 1);
  }
  return 0;
}

// "https://" at `begin`, then what may stand in brackets, then '>'. Returns where that stands, or 0.
template <typename Block>
[[gnu::always_inline]] inline std::size_t plain_info_end(const Octets<Block>& octets, std::size_t begin) {
  for (std::size_t at = begin;; at += kWindow) {
    const Block window = octets.at(at);
    const std::size_t stop = run_end(window.classes().of(OctetClass::bracketed), 0);
    if (at == begin && !"https://"_exact.leads(window.word())) {
      return 0;
    }
    if (stop < kWindow) {
      return has(window.equal('>'), stop) ? at + stop : 0;
    }
  }
}

// Reads the one value of `line`. False if it is not plain.
template <typename Block>
[[gnu::noinline]] bool plain_identity(Octets<Block> octets, const HeaderLine& line, IdentityHeader& identity) {
  const std::size_t begin = line.value_begin;
  const std::size_t end = line.value_end;
  std::size_t at = plain_digest_end(octets, begin);
  if (at == 0) {
    return false;
  }
  identity = {};
  set_span(identity.whole, begin, end - begin);
  set_span(identity.digest, begin, at - begin);
  while (at != end) {
    const Block window = octets.at(at);
    const std::uint64_t word = window.word();
    const std::uint64_t quote = window.equal('"');
    const std::uint64_t token = window.classes().of(OctetClass::token);
    constexpr std::size_t kInfo = 7;   // ";info=<"
    constexpr std::size_t kShort = 5;  // ";alg=", ";ppt="
    if (";info=<"_any_case.leads(word)) {
      const std::size_t close = plain_info_end(octets, at + kInfo);
      if (close == 0 || !identity.info.empty()) {
        return false;
      }
      set_span(identity.info, at + kInfo, close - at - kInfo);
      at = close + 1;
      continue;
    }
    const bool ppt = ";ppt="_any_case.leads(word);
    const std::size_t quotes = ppt && has(quote, kShort) ? 1 : 0;
    const std::size_t name = kShort + quotes;
    const std::size_t stop = run_end(token, name);
    Span& content = ppt ? identity.ppt : identity.alg;
    if ((!ppt && !";alg="_any_case.leads(word)) || !content.empty() || stop == name || stop == kWindow ||
        (quotes != 0 && !has(quote, stop))) {
      return false;
    }
    set_span(content, at + name, stop - name);
    at += stop + quotes;
    if (at != end && !has(window.equal(';'), stop + quotes)) {
      return false;
    }
  }
  return !identity.info.empty();
}

}  // namespace stirline::sip::detail
