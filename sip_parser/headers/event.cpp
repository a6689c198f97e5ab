#include "sip_parser/headers/event.hpp"

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {

std::expected<std::string_view, FieldError> read_event(const Message& message, std::string_view octets) {
  constexpr HeaderId kId = HeaderId::event;
  const HeaderLine* const line = message.first(kId);
  if (line == nullptr) {
    return std::string_view();
  }
  if (message.count(kId) > 1) {
    return detail::field_failure(FieldErrorCode::duplicate, kId, line->begin);
  }
  const Span value = line->value();
  std::size_t end = value.offset;
  while (end < value.end() && detail::is(octets[end], detail::kToken)) {
    ++end;
  }
  const std::string_view type = text(octets, detail::span_between(value.offset, end));
  if (type.empty() || type.starts_with('.') || type.ends_with('.') || type.find("..") != std::string_view::npos) {
    return detail::field_failure(FieldErrorCode::malformed, kId, value.offset);
  }
  if (const auto params = detail::parameters_behind(octets, end, value.end(), kId); !params) {
    return std::unexpected(params.error());
  }
  return type;
}

}  // namespace stirline::sip
