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

// The only pass over every octet of the head. False if there is no blank line within the limits, or a line end or
// control character that is not plain.
template <typename Block>
[[gnu::noinline]] bool find_line_ends(Octets<Block> octets, LineEnds& ends) {
  constexpr std::size_t kBlankLine = 4;  // the CRLF in front of it and its own
  const std::size_t limit = octets.size() < kMaxHeaderBlockBytes ? octets.size() : kMaxHeaderBlockBytes;
  std::uint16_t* const offsets = ends.offsets.data();
  std::size_t count = 0;
  std::uint64_t trouble = 0;
  typename Block::Strays strays;
  for (std::size_t at = 0; at + kBlankLine <= limit && count <= LineEnds::kMost; at += kWindow) {
    const auto window = octets.neighbours(at);
    const std::uint64_t cr = window.first.equal('\r');
    const std::uint64_t lf_behind = window.second.equal('\n');
    const std::uint64_t blank_line = cr & window.third.equal('\r');
    const std::uint64_t misfits = cr ^ lf_behind;
    if (blank_line != 0) {
      typename Block::Strays last;
      last.add(window.first);
      const std::uint64_t head = blank_line ^ (blank_line - 1);  // up to the last header line's CR
      Block::put_positions(cr & head, at, offsets + count);
      ends.count = count + static_cast<std::size_t>(_mm_popcnt_u64(cr & head));
      const std::size_t behind = ends.blank_line() + 2;
      return (trouble | strays.mask() | ((misfits | last.mask()) & head)) == 0 && ends.count <= LineEnds::kMost &&
             behind <= limit && octets[behind - 1] == '\n';
    }
    trouble |= misfits;
    strays.add(window.first);
    Block::put_positions(cr, at, offsets + count);
    count += static_cast<std::size_t>(_mm_popcnt_u64(cr));
  }
  return false;
}

// Reads the status line, which ends at `line_end`; `front` are the first octets of the message.
template <typename Block>
[[gnu::always_inline]] inline bool plain_status_line(const Octets<Block>& octets, const Block& front,
                                                     std::size_t line_end, MessageFields& fields) {
  constexpr std::size_t kStatus = 8;  // behind "SIP/2.0 "
  constexpr std::size_t kStatusEnd = kStatus + 3;
  if (line_end <= kStatusEnd || run_end(front.classes().of(OctetClass::digit), kStatus) != kStatusEnd ||
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

// Reads the start line, which ends at `line_end`; of the Request-URI only where it is.
template <typename Block>
[[gnu::noinline]] bool plain_start_line(Octets<Block> octets, std::size_t line_end, MessageFields& fields) {
  const Block front = octets.at(0);
  if ("SIP/2.0 "_any_case.leads(front.word())) {
    return plain_status_line(octets, front, line_end, fields);
  }
  constexpr std::size_t kVersion = 7;  // "SIP/2.0"
  constexpr std::size_t kLongestMethod = 9;
  const std::size_t method_end = lowest(front.equal(' '));
  if (method_end > kLongestMethod) {
    return false;
  }
  const std::uint64_t word = _bzhi_u64(front.word(), static_cast<unsigned>(8 * method_end));
  const MethodName& method = method_entry(word);
  // Of the known methods, SUBSCRIBE alone goes beyond the word.
  if (method.word != word || method.length != method_end || (method_end == kLongestMethod && octets[8] != 'E')) {
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
  fields.method = method.method;
  set_span(fields.method_text, 0, method_end);
  fields.start_line_known = true;
  return true;
}

// The name of `length` octets that `window` begins with. Without a branch: which names come is what nobody can predict.
template <typename Block>
[[gnu::always_inline]] inline HeaderId header_id_of(const Block& window, std::size_t length) {
  // Of a name longer than a pattern the key is wrong, and no pattern has its colon there.
  const std::uint64_t key = _bzhi_u64(window.word(), static_cast<unsigned>(8 * length));
  const std::size_t slot = kHeaderTable.slots[HeaderTable::slot_of(key, length, kHeaderTable.multiplier)];
  const char* const patterns = static_cast<const char*>(static_cast<const void*>(kHeaderTable.patterns.data()));
  const auto& pattern = *static_cast<const HeaderPattern*>(static_cast<const void*>(patterns + slot));
  const auto known = static_cast<unsigned>(window.matches(pattern));
  return static_cast<HeaderId>(static_cast<unsigned>(pattern.id) & (0U - known));
}

// The octets [begin, end) without outer blanks and folds.
template <typename Block>
[[gnu::noinline]] [[gnu::cold]] void trim_value(Octets<Block> octets, std::size_t begin, std::size_t end, Span& value) {
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
  set_span(value, begin, end - begin);
}

// The line [begin, end) goes on with the last header (RFC 3261 7.3.1). False if it does not, or not plainly: it is of
// blanks only, or one continuation line too many.
template <typename Block>
[[gnu::noinline]] [[gnu::cold]] bool continue_header(Octets<Block> octets, std::size_t begin, std::size_t end,
                                                     HeaderLine& header) {
  if (octets[begin] != ' ' && octets[begin] != '\t') {
    return false;
  }
  Span content;
  trim_value(octets, begin, end, content);
  std::size_t folds = 1;
  for (std::size_t at = header.name.end(); at + 2 < begin; ++at) {
    folds += octets[at] == '\n' ? 1U : 0U;
  }
  if (content.empty() || folds > kMaxFoldsPerHeader) {
    return false;
  }
  std::size_t value = header.name.end();
  while (octets[value] != ':') {
    ++value;
  }
  trim_value(octets, value + 1, end, header.value);
  set_span(header.whole, header.name.offset, end + 2 - header.name.offset);
  return true;
}

// Names, values and chains of the header lines.
template <typename Block>
[[gnu::noinline]] bool plain_header_lines(Octets<Block> octets, const LineEnds& ends, MessageFields& fields) {
  HeaderLine* header = fields.headers.data();
  std::size_t begin = ends.offsets[0] + 2U;
  for (std::size_t line = 1; line < ends.count; ++line) {
    const std::size_t end = ends.offsets[line];
    const Block window = octets.at(begin);
    const std::size_t name_end = lowest(window.equal(':'));
    const std::size_t colon = begin + name_end;
    // CR is in no token, so this is the colon of this very line.
    if (name_end - 1 >= kWindow - 1 || !all_of(window.classes().of(OctetClass::token), below(name_end))) [[unlikely]] {
      if (header == fields.headers.data() || !continue_header(octets, begin, end, header[-1])) {
        return false;
      }
      begin = end + 2;
      continue;
    }
    header->id = header_id_of(window, name_end);
    set_span(header->name, begin, name_end);
    set_span(header->whole, begin, end + 2 - begin);
    if (octets[colon + 1] == ' ' && octets[colon + 2] > ' ' && octets[end - 1] > ' ') [[likely]] {
      set_span(header->value, colon + 2, end - colon - 2);
    } else {
      trim_value(octets, colon + 1, end, header->value);
    }
    ++header;
    begin = end + 2;
  }
  const auto count = static_cast<std::size_t>(header - fields.headers.data());
  for (std::size_t i = 0; i < count; ++i) {
    fields.chains.add<Block>(fields.headers[i].id, i);
  }
  fields.header_count = static_cast<std::uint16_t>(count);
  fields.blank_line = static_cast<std::uint16_t>(begin);
  return true;
}

}  // namespace stirline::sip::detail
