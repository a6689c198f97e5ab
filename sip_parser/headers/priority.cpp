#include "sip_parser/headers/priority.hpp"

#include <array>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

struct PriorityName {
  std::string_view name;
  Priority priority;
};

constexpr std::array kPriorityNames = {
    PriorityName{"emergency", Priority::emergency}, PriorityName{"urgent", Priority::urgent},
    PriorityName{"normal", Priority::normal}, PriorityName{"non-urgent", Priority::non_urgent},
    PriorityName{"psap-callback", Priority::psap_callback}};

}  // namespace

std::expected<std::optional<Priority>, FieldError> read_priority(const Message& message, std::string_view octets) {
  const HeaderLine* const line = message.first(HeaderId::priority);
  if (line == nullptr) {
    return std::nullopt;
  }
  const std::string_view value = text(octets, line->value());
  if (value.empty() || !detail::all(value, detail::kToken)) {
    return detail::field_failure(FieldErrorCode::malformed, HeaderId::priority, line->value().offset);
  }
  for (const PriorityName& known : kPriorityNames) {
    if (detail::equal_ignoring_case(value, known.name)) {
      return known.priority;
    }
  }
  return Priority::other;
}

}  // namespace stirline::sip
