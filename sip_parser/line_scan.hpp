// Finds the end of a line and whatever does not belong into one. Internal; the one place where every octet of the
// header block is looked at, sixteen at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "sip_parser/characters.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"
#include "sip_parser/words.hpp"

namespace stirline::sip::detail {

// First position in [at, end) of a control character (0..31, 127); `end` if there is none.
[[nodiscard]] inline std::size_t find_control(std::string_view text, std::size_t at, std::size_t end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  // Sixteen at a time, as long as nothing can be one: what is beyond ASCII looks as if it could.
  for (; end - at >= 16; at += 16) {
    const std::uint64_t low = word_at(text.data() + at);
    const std::uint64_t high = word_at(text.data() + at + 8);
    const std::uint64_t maybe = (low - kOnes * 0x20) | (low + kOnes) | (high - kOnes * 0x20) | (high + kOnes);
    if ((maybe & kTops) != 0) {
      break;
    }
  }
  for (; end - at >= 8; at += 8) {
    const std::uint64_t octets = word_at(text.data() + at);
    // Borrows make false hits only above a true one, so the lowest hit is exact.
    const std::uint64_t below_space = (octets - kOnes * 0x20) & ~octets;
    const std::uint64_t delete_zeroed = octets ^ (kOnes * 0x7F);
    const std::uint64_t hits = (below_space | ((delete_zeroed - kOnes) & ~delete_zeroed)) & kTops;
    if (hits != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
    }
  }
  while (at < end && !is(text[at], kControl)) {
    ++at;
  }
  return at;
}

struct LineEnd {
  // ok; bare_lf, bare_cr; control_in_header: a control character other than TAB, behind which the search may go on;
  // no_blank_line: the octets end before the line does.
  ErrorCode error = ErrorCode::ok;
  std::size_t content_end = 0;  // offset of CR (or of the accepted bare LF); where the trouble is, with an error
  std::size_t next = 0;         // offset of the next line; only without an error
};

// Looks from `at`, in a line or at its begin, for what ends it. `end` is at most text.size(). With no_blank_line, and
// more octets, the search may go on at `content_end`.
[[nodiscard]] inline LineEnd find_line_end(std::string_view text, std::size_t at, std::size_t end,
                                           const Strictness& strictness) {
  for (at = find_control(text, at, end); at < end && text[at] == '\t';) {
    at = find_control(text, at + 1, end);
  }
  if (at == end) {
    return {ErrorCode::no_blank_line, at, 0};
  }
  if (text[at] == '\r') {
    if (at + 1 == end) {
      return {ErrorCode::no_blank_line, at, 0};
    }
    return text[at + 1] == '\n' ? LineEnd{ErrorCode::ok, at, at + 2} : LineEnd{ErrorCode::bare_cr, at, 0};
  }
  if (text[at] == '\n') {
    return strictness.accept_bare_lf ? LineEnd{ErrorCode::ok, at, at + 1} : LineEnd{ErrorCode::bare_lf, at, 0};
  }
  return {ErrorCode::control_in_header, at, 0};
}

}  // namespace stirline::sip::detail
