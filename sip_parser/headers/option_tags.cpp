#include "sip_parser/headers/option_tags.hpp"

#include <algorithm>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {

std::expected<OptionTagList, FieldError> read_option_tags(const Message& message, std::string_view octets,
                                                          HeaderId id) {
  OptionTagList tags;
  for (const HeaderLine& line : message.headers()) {
    if (line.id != id || (id == HeaderId::supported && line.value().empty())) {
      continue;
    }
    detail::ValueList list(octets, line.value());
    Span tag;
    while (list.next(tag) != detail::ValueList::Step::end) {
      if (tag.empty() || !detail::all(text(octets, tag), detail::kToken)) {
        return detail::field_failure(FieldErrorCode::malformed, id, tag.offset);
      }
      if (!tags.push(tag)) {
        return detail::field_failure(FieldErrorCode::too_many, id, tag.offset);
      }
    }
  }
  return tags;
}

bool has_option_tag(const OptionTagList& tags, std::string_view octets, std::string_view tag) {
  return std::ranges::any_of(tags.view(),
                             [&](Span own) { return detail::equal_ignoring_case(text(octets, own), tag); });
}

}  // namespace stirline::sip
