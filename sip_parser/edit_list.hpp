// A minimal, order-preserving change of one message: a few splices, everything else byte-identical (INL-ED-01,
// design.md 3).
//
// The list holds positions of the unedited message and views of the new text; the text belongs to the caller and must
// outlive the list's use. No heap. Splices may be added in any order; they never overlap.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

struct Edit {
  Span remove;  // may be empty: then `insert` goes in front of remove.offset
  std::string_view insert;
};

class EditList {
 public:
  static constexpr std::size_t kMaxEdits = 48;

  // False, and nothing changed, if the list is full or the splice overlaps one already there: two removals share an
  // octet, or an insertion lies inside a removal. An insertion at either end of a removal does not. Two insertions at
  // one place keep the order in which they were added and stand in front of a replacement that begins there.
  [[nodiscard]] bool insert(std::uint16_t offset, std::string_view text) { return add({{offset, 0}, text}); }
  [[nodiscard]] bool remove(Span span) { return add({span, {}}); }
  [[nodiscard]] bool replace(Span span, std::string_view text) { return add({span, text}); }

  void clear() { count_ = 0; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::span<const Edit> edits() const { return {edits_.data(), count_}; }  // by ascending offset

  // Length of the edited message, octets.
  [[nodiscard]] std::size_t result_size(std::size_t original_size) const;

  // Calls `sink(std::string_view piece)` for the pieces of the edited message in order; empty pieces are left out.
  template <typename Sink>
  void for_each_piece(std::string_view original, Sink&& sink) const {
    std::size_t at = 0;
    for (const Edit& edit : edits()) {
      if (edit.remove.offset > at) {
        sink(original.substr(at, edit.remove.offset - at));
      }
      if (!edit.insert.empty()) {
        sink(edit.insert);
      }
      at = edit.remove.end();
    }
    if (at < original.size()) {
      sink(original.substr(at));
    }
  }

  // Writes the edited message to `out` and returns its length; 0 if `out` is too small or an edit lies outside
  // `original`.
  [[nodiscard]] std::size_t apply(std::string_view original, std::span<char> out) const;

 private:
  [[nodiscard]] bool add(const Edit& edit);

  std::size_t count_ = 0;
  std::array<Edit, kMaxEdits> edits_;
};

// Where new header lines go (INL-ED-01: configurable).
//   after_via              behind the existing Via block: the first Via line and those that follow it without another
//                          header field in between, wherever in the message that is. Via lines further down are left
//                          alone, so the order of the hops stays
//   before_content_length  in front of the Content-Length line; of the blank line if there is none
//   before_blank_line      behind the last header field
enum class InsertPosition : std::uint8_t { after_via, before_content_length, before_blank_line };

// Offset at which a complete header line ("Name: value CRLF") may be inserted into a message that was parsed without
// error.
[[nodiscard]] std::uint16_t insertion_offset(const Message& message, InsertPosition position);

}  // namespace stirline::sip
