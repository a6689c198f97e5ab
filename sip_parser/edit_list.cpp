#include "sip_parser/edit_list.hpp"

#include <algorithm>

namespace stirline::sip {

bool EditList::add(const Edit& edit) {
  if (edit.remove.empty() && edit.insert.empty()) {
    return true;
  }
  // Behind all that begin earlier, and behind the insertions at the same place.
  std::size_t at = count_;
  while (at > 0) {
    const Edit& before = edits_[at - 1];
    const bool stays_before = before.remove.offset < edit.remove.offset ||
                              (before.remove.offset == edit.remove.offset && before.remove.empty());
    if (stays_before) {
      break;
    }
    --at;
  }
  const bool overlaps_before = at > 0 && edits_[at - 1].remove.end() > edit.remove.offset;
  const bool overlaps_behind = at < count_ && edit.remove.end() > edits_[at].remove.offset;
  if (count_ == kMaxEdits || overlaps_before || overlaps_behind) {
    return false;
  }
  std::move_backward(edits_.begin() + static_cast<std::ptrdiff_t>(at),
                     edits_.begin() + static_cast<std::ptrdiff_t>(count_),
                     edits_.begin() + static_cast<std::ptrdiff_t>(count_) + 1);
  edits_[at] = edit;
  ++count_;
  return true;
}

std::size_t EditList::result_size(std::size_t original_size) const {
  std::size_t size = original_size;
  for (const Edit& edit : edits()) {
    size += edit.insert.size();
    size -= edit.remove.length;
  }
  return size;
}

std::size_t EditList::apply(std::string_view original, std::span<char> out) const {
  if ((count_ > 0 && edits_[count_ - 1].remove.end() > original.size()) || result_size(original.size()) > out.size()) {
    return 0;
  }
  char* to = out.data();
  for_each_piece(original, [&to](std::string_view piece) { to = std::ranges::copy(piece, to).out; });
  return static_cast<std::size_t>(to - out.data());
}

std::uint16_t insertion_offset(const Message& message, InsertPosition position) {
  const HeaderLine* line = nullptr;
  switch (position) {
    case InsertPosition::after_via:
      line = message.first(HeaderId::via);
      if (line != nullptr) {
        const HeaderLine* const end = message.headers().data() + message.headers().size();
        while (line + 1 != end && line[1].id == HeaderId::via) {
          ++line;
        }
        return line->end;
      }
      break;
    case InsertPosition::before_content_length:
      line = message.first(HeaderId::content_length);
      if (line != nullptr) {
        return line->begin;
      }
      break;
    case InsertPosition::before_blank_line:
      break;
  }
  return message.blank_line();
}

}  // namespace stirline::sip
