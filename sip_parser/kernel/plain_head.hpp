// The head of a plain message: CRLF at the end of each line and no other control character but TAB, no fold, known
// method, plain Request-URI, names without blanks before the colon.
#pragma once

#include <algorithm>
#include <array>

#include "sip_parser/header_names.hpp"
#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/kernel/plain_uri.hpp"
#include "sip_parser/message_fields.hpp"
#include "sip_parser/method_names.hpp"

namespace stirline::sip::detail {

// Offsets of the LFs from the start line's to the blank line's.
struct LineEnds {
  static constexpr std::size_t kAtOnce = 4;  // written whether they are there or not: there are seldom more in a window
  static constexpr std::size_t kMost = kMaxHeaderLines + 2;

  std::size_t count = 0;
  std::array<std::uint16_t, kMost + kWindow> offsets;
};

// The only pass over every octet of the head. False if there is no blank line within the limits, or a line end or
// control character that is not plain.
template <typename Block>
[[gnu::always_inline]] inline bool find_line_ends(const Octets<Block>& octets, LineEnds& ends) {
  const std::size_t limit = octets.size < kMaxHeaderBlockBytes ? octets.size : kMaxHeaderBlockBytes;
  std::uint64_t trouble = 0;
  std::uint64_t cr_before = 0;  // bit 0: the window before ended with CR
  std::uint64_t lf_before = 0;  // bits 0 and 1: LFs among its last two octets
  for (std::size_t at = 0; at < limit; at += kWindow) {
    const Block window = octets.at(at);
    const std::uint64_t lf = window.equal('\n');
    const std::uint64_t cr = window.equal('\r');
    // With CRs where they belong, an LF two octets behind another ends an empty line.
    const std::uint64_t blank_line = lf & (lf << 2U | lf_before);
    const std::uint64_t head = blank_line ^ (blank_line - 1);  // up to there, or all
    trouble |= (window.any_of(kStrayOctets) | (lf ^ (cr << 1U | cr_before))) & head;
    std::uint64_t left = lf & head;
    const auto lines = static_cast<std::size_t>(std::popcount(left));
    for (std::size_t i = 0; i < LineEnds::kAtOnce; ++i) {
      ends.offsets[ends.count + i] = static_cast<std::uint16_t>(at + lowest(left));
      left &= left - 1;
    }
    for (std::size_t i = LineEnds::kAtOnce; i < lines; ++i) {
      ends.offsets[ends.count + i] = static_cast<std::uint16_t>(at + lowest(left));
      left &= left - 1;
    }
    ends.count += lines;
    if (blank_line != 0) {
      return trouble == 0 && ends.count <= LineEnds::kMost && ends.offsets[ends.count - 1] < limit;
    }
    if (ends.count > LineEnds::kMost) {
      return false;
    }
    cr_before = cr >> (kWindow - 1);
    lf_before = lf >> (kWindow - 2);
  }
  return false;
}

// Reads the start line, whose LF stands at `line_end`.
template <typename Block>
[[gnu::always_inline]] inline bool plain_start_line(const Octets<Block>& octets, std::size_t line_end,
                                                    MessageFields& fields) {
  constexpr std::size_t kVersion = 8;  // "SIP/2.0 " with its space
  const Block front = octets.at(0);
  if ("SIP/2.0 "_any_case.leads(front.word())) {
    constexpr std::size_t kStatusEnd = kVersion + 3;
    if (line_end <= kStatusEnd || run_end(front.any_of(kDigitOctets), kVersion) != kStatusEnd ||
        !has(front.equal(' '), kStatusEnd)) {
      return false;
    }
    const auto digit = [&octets](std::size_t at) { return static_cast<unsigned>(octets.data[at] - '0'); };
    const unsigned status = digit(kVersion) * 100 + digit(kVersion + 1) * 10 + digit(kVersion + 2);
    fields.kind = Kind::response;
    fields.status = static_cast<std::uint16_t>(status);
    fields.start_line_known = true;
    return status >= 100 && status <= 699;
  }
  constexpr std::size_t kLongestMethod = 9;
  const std::size_t method_end = lowest(front.equal(' '));
  if (method_end > kLongestMethod) {
    return false;
  }
  const std::uint64_t word = _bzhi_u64(front.word(), static_cast<unsigned>(8 * method_end));
  const MethodName& method = method_entry(word);
  // Of the known methods, SUBSCRIBE alone goes beyond the word.
  if (method.word != word || method.length != method_end || (method_end == 9 && !has(front.equal('E'), 8))) {
    return false;
  }
  const std::size_t uri_end = plain_uri<' '>(octets, method_end + 1, fields.request_uri);
  if (uri_end == 0 || uri_end + kVersion + 1 != line_end ||
      !"SIP/2.0\r"_any_case.leads(octets.at(uri_end + 1).word())) {
    return false;
  }
  fields.kind = Kind::request;
  fields.method = method.method;
  fields.method_text = make_span(0, method_end);
  fields.start_line_known = true;
  return true;
}

// Names, values and chains of the lines between the start line and the blank line.
template <typename Block>
[[gnu::always_inline]] inline bool plain_header_lines(const Octets<Block>& octets, const LineEnds& ends,
                                                      MessageFields& fields) {
  const std::size_t lines = ends.count - 2;
  bool plain = true;
  for (std::size_t line = 0; line < lines; ++line) {
    const std::size_t begin = ends.offsets[line] + 1U;
    const std::size_t next = ends.offsets[line + 1] + 1U;
    const std::size_t content_end = next - 2;
    const Block window = octets.at(begin);
    const std::size_t colon = lowest(window.equal(':'));
    const std::uint64_t blank = window.equal(' ') | window.equal('\t');
    // A colon right behind the name is in this very line, for CR is in no token.
    plain = plain && run_end(window.any_of(kTokenOctets), 0) == colon && colon - 1 < kWindow - 1;
    std::size_t value = begin + run_end(blank, colon + 1);
    std::size_t value_end = content_end;
    const auto is_blank = [&octets](std::size_t at) { return octets.data[at] == ' ' || octets.data[at] == '\t'; };
    if (value == begin + kWindow) {
      while (value < content_end && is_blank(value)) {
        ++value;
      }
    }
    while (value_end > value && is_blank(value_end - 1)) {
      --value_end;
    }
    const std::size_t slot = HeaderTable::slot_of(window.word(), colon, kHeaderTable.multiplier);
    const std::size_t name = kHeaderTable.slots[slot];
    const bool known = kHeaderTable.lengths[name] == colon && window.matches(kHeaderTable.patterns[name]);
    const HeaderId id = known ? kHeaderTable.ids[name] : HeaderId::unknown;
    HeaderLine& header = fields.headers[line];
    header.id = id;
    header.name = make_span(begin, colon);
    header.value = make_span(value, value_end - value);
    header.whole = make_span(begin, next - begin);
    fields.chains.add<Block>(id, line);
  }
  fields.header_count = static_cast<std::uint16_t>(lines);
  fields.blank_line = static_cast<std::uint16_t>(ends.offsets[ends.count - 2] + 1U);
  return plain;
}

}  // namespace stirline::sip::detail
