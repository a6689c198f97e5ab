#include "sip_parser/header_edits.hpp"

#include <algorithm>

#include "sip_parser/characters.hpp"

namespace stirline::sip {

bool is_header_line(std::string_view line) {
  constexpr std::string_view kLineEnd = "\r\n";
  const std::size_t colon = detail::skip(line, 0, line.size(), detail::kToken);
  if (colon == 0 || colon == line.size() || line[colon] != ':' || !line.substr(colon).ends_with(kLineEnd)) {
    return false;
  }
  const std::string_view value = line.substr(colon + 1, line.size() - colon - 1 - kLineEnd.size());
  return std::ranges::none_of(value, [](char c) { return detail::is(c, detail::kControl) && c != '\t'; });
}

bool insert_line(EditList& edits, const Message& message, InsertPosition position, std::string_view line) {
  return is_header_line(line) && edits.insert(insertion_offset(message, position), line);
}

bool replace_line(EditList& edits, const HeaderLine& header, std::string_view line) {
  return is_header_line(line) && edits.replace(header.whole(), line);
}

bool remove_lines(EditList& edits, const Message& message, HeaderId id) {
  EditList changed = edits;
  for (const HeaderLine& header : message.headers()) {
    if (header.id == id && !changed.remove(header.whole())) {
      return false;
    }
  }
  edits = changed;
  return true;
}

}  // namespace stirline::sip
