// The head of a plain message: CRLF at the end of each line and no other control character but TAB, known
// method, names without blanks before the colon.
#pragma once

#include <array>

#include "sip_parser/header_names.hpp"
#include "sip_parser/kernel/octets.hpp"
#include "sip_parser/message_fields.hpp"
#include "sip_parser/method_names.hpp"

namespace stirline::sip::detail {

// Where the CRs of the start line and of the header lines stand.
struct LineEnds {
  static constexpr std::size_t kMost = kMaxHeaderLines + 1;

  std::size_t count = 0;
  std::array<std::uint16_t, kMost + kWindow> offsets;

  [[nodiscard]] std::size_t blank_line() const { return offsets[count - 1] + 2U; }
};

// `mask`, `count` places up; what falls in from below are the highest bits of the window before.
[[gnu::always_inline]] inline std::uint64_t shifted_in(std::uint64_t mask, unsigned count, std::uint64_t before) {
  return (mask << count) + (before >> (kWindow - count));
}

// The only pass over every octet of the head. False if there is no blank line within the limits, or a line end or
// control character that is not plain.
template <typename Block>
[[gnu::noinline]] bool find_line_ends(std::string_view octets, LineEnds& ends) {
  const std::size_t limit = octets.size() < kMaxHeaderBlockBytes ? octets.size() : kMaxHeaderBlockBytes;
  std::uint16_t* const offsets = ends.offsets.data();
  std::size_t count = 0;
  std::uint64_t trouble = 0;
  std::uint64_t cr_before = 0;
  typename Block::Strays strays;
  for (std::size_t at = 0; at < limit && count <= LineEnds::kMost; at += kWindow) {
    const std::size_t left = limit - at;
    const Block window = left >= kWindow ? Block::whole(octets.data() + at) : Block::front(octets.data() + at, left);
    const std::uint64_t cr = window.equal('\r');
    const std::uint64_t misfits = shifted_in(cr, 1, cr_before) ^ window.equal('\n');
    const std::uint64_t blank_line = shifted_in(cr, 2, cr_before) & cr;  // CRs two octets behind another
    if (blank_line != 0) {
      typename Block::Strays last;
      last.add(window);
      const std::uint64_t head = _blsmsk_u64(blank_line);  // up to the CR of the blank line
      const std::uint64_t line_ends = cr & (head >> 1U);
      Block::put_positions(line_ends, at, offsets + count);
      ends.count = count + static_cast<std::size_t>(_mm_popcnt_u64(line_ends));
      const std::size_t behind = ends.blank_line() + 2;
      return (trouble | strays.mask() | ((misfits | last.mask()) & head)) == 0 && ends.count <= LineEnds::kMost &&
             behind <= limit && octets[behind - 1] == '\n';
    }
    trouble |= misfits;
    strays.add(window);
    Block::put_positions(cr, at, offsets + count);
    count += static_cast<std::size_t>(_mm_popcnt_u64(cr));
    cr_before = cr;
  }
  return false;
}

// Reads the status line, which ends at `line_end`; `front` are the first octets of the message.
template <typename Block>
[[gnu::always_inline]] inline bool plain_status_line(const Octets<Block>& octets, const Block& front,
                                                     std::size_t line_end, MessageFields& fields) {
  constexpr std::size_t kStatus = 8;  // behind "SIP/2.0 "
  constexpr std::size_t kStatusEnd = kStatus + 3;
  if (line_end <= kStatusEnd || lowest(front.classes().outside(OctetClass::digit) & ~below(kStatus)) != kStatusEnd ||
      octets[kStatusEnd] != ' ') {
    return false;
  }
  const auto digit = [&octets](std::size_t at) { return static_cast<unsigned>(octets[at] - '0'); };
  const unsigned status = digit(kStatus) * 100 + digit(kStatus + 1) * 10 + digit(kStatus + 2);
  fields.kind = Kind::response;
  fields.status = static_cast<std::uint16_t>(status);
  fields.start_line_known = true;
  return status >= 100 && status <= 699;
}

// The method whose name of `length` octets begins at `at`; other if it is none that we know.
template <typename Block>
[[gnu::always_inline]] inline Method plain_method(const Octets<Block>& octets, std::size_t at, std::size_t length) {
  constexpr std::size_t kLongest = 9;
  const std::uint64_t word = _bzhi_u64(octets.at(at).word(), static_cast<unsigned>(8 * length));
  const MethodName& entry = method_entry(word);
  // Of the known methods, SUBSCRIBE alone goes beyond the word.
  const bool known = entry.word == word && entry.length == length && (length < kLongest || octets[at + 8] == 'E');
  return known ? entry.method : Method::other;
}

// Reads the start line, which ends at `line_end`; of the Request-URI only where it is.
template <typename Block>
[[gnu::noinline]] bool plain_start_line(Octets<Block> octets, std::size_t line_end, MessageFields& fields) {
  const Block front = octets.at(0);
  if ("SIP/2.0 "_any_case.leads(front.word())) {
    return plain_status_line(octets, front, line_end, fields);
  }
  constexpr std::size_t kVersion = 7;  // "SIP/2.0"
  const std::size_t method_end = lowest(front.equal(' '));
  fields.method = plain_method(octets, 0, method_end);
  if (fields.method == Method::other) {
    return false;
  }
  const std::size_t uri = method_end + 1;
  const std::size_t version = line_end - kVersion;
  if (line_end < uri + 2 + kVersion || octets[version - 1] != ' ' || !"SIP/"_any_case.leads(octets.four(version)) ||
      !"2.0\r"_exact.leads(octets.four(version + 4))) {
    return false;
  }
  set_span(fields.request_uri.whole, uri, version - 1 - uri);
  fields.kind = Kind::request;
  set_span(fields.method_text, 0, method_end);
  fields.start_line_known = true;
  return true;
}

// The name of `length` octets that `window` begins with. Without a branch: which names come is what nobody can predict.
template <typename Block>
[[gnu::always_inline]] inline HeaderId header_id_of(const Block& window, std::size_t length) {
  // Of a name longer than a pattern the key may be wrong, but no pattern has its colon there.
  const std::size_t slot = kHeaderTable.slots[kHeaderTable.slot_of(window.word(), length)];
  const char* const patterns = static_cast<const char*>(static_cast<const void*>(kHeaderTable.patterns.data()));
  const auto& pattern = *static_cast<const HeaderPattern*>(static_cast<const void*>(patterns + slot));
  return window.matches(pattern) ? pattern.id() : HeaderId::unknown;
}

// The value [begin, end) without outer blanks and folds.
template <typename Block>
[[gnu::noinline]] [[gnu::cold]] void trim_value(Octets<Block> octets, std::size_t begin, std::size_t end,
                                                HeaderLine& header) {
  const auto is_blank = [&octets](std::size_t at) {
    const char c = octets[at];
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  };
  while (begin < end && is_blank(begin)) {
    ++begin;
  }
  while (begin < end && is_blank(end - 1)) {
    --end;
  }
  header.value_begin = static_cast<std::uint16_t>(begin);
  header.value_end = static_cast<std::uint16_t>(end);
}

// The line [begin, end) goes on with the last header (RFC 3261 7.3.1). False if it does not, or not plainly: it is of
// blanks only, or one continuation line too many.
template <typename Block>
[[gnu::noinline]] [[gnu::cold]] bool continue_header(Octets<Block> octets, std::size_t begin, std::size_t end,
                                                     HeaderLine& header) {
  if (octets[begin] != ' ' && octets[begin] != '\t') {
    return false;
  }
  std::size_t folds = 1;
  for (std::size_t at = header.name_end; at + 2U < begin; ++at) {
    folds += octets[at] == '\n' ? 1U : 0U;
  }
  HeaderLine line;
  trim_value(octets, begin, end, line);
  if (line.value().empty() || folds > kMaxFoldsPerHeader) {
    return false;
  }
  trim_value(octets, header.name_end + 1U, end, header);
  header.end = static_cast<std::uint16_t>(end + 2);
  return true;
}

// Names, values and chains of the header lines.
template <typename Block>
[[gnu::noinline]] bool plain_header_lines(Octets<Block> octets, const LineEnds& ends, MessageFields& fields) {
  HeaderLine* header = fields.headers.data();
  std::size_t begin = ends.offsets[0] + 2U;
  const std::uint16_t* const last = ends.offsets.data() + ends.count;
  for (const std::uint16_t* at = ends.offsets.data() + 1; at != last; ++at) {
    const std::size_t end = *at;
    const std::size_t next = end + 2;
    const Block window = octets.at(begin);
    const std::size_t length = lowest(window.classes().outside(OctetClass::token));
    const std::size_t colon = begin + length;
    // A longer name ends elsewhere, if at all.
    const bool plain = octets.two(colon) == (':' | ' ' << 8U) && octets[colon + 2] > ' ' && octets[end - 1] > ' ';
    if ((!plain && octets[colon] != ':') || length == 0) [[unlikely]] {
      if (header == fields.headers.data() || !continue_header(octets, begin, end, header[-1])) {
        return false;
      }
      begin = next;
      continue;
    }
    header->begin = static_cast<std::uint16_t>(begin);
    header->name_end = static_cast<std::uint16_t>(colon);
    header->value_begin = static_cast<std::uint16_t>(colon + 2);
    header->value_end = static_cast<std::uint16_t>(end);
    header->end = static_cast<std::uint16_t>(next);
    if (!plain) [[unlikely]] {
      trim_value(octets, colon + 1, end, *header);
    }
    header->id = header_id_of(window, length);
    ++header;
    begin = next;
  }
  const auto count = static_cast<std::size_t>(header - fields.headers.data());
  for (std::size_t i = 0; i < HeaderChains::kLinesAtOnce; ++i) {
    header[i].id = HeaderChains::kNoName;
  }
  for (std::size_t first = 0; first < count; first += HeaderChains::kLinesAtOnce) {
    for (std::size_t i = 0; i < HeaderChains::kLinesAtOnce; ++i) {
      fields.chains.add<Block>(fields.headers[first + i].id, first + i);
    }
  }
  fields.header_count = static_cast<std::uint16_t>(count);
  fields.blank_line = static_cast<std::uint16_t>(begin);
  return true;
}

}  // namespace stirline::sip::detail
