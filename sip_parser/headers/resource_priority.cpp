#include "sip_parser/headers/resource_priority.hpp"

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kResourcePriorityId = HeaderId::resource_priority;

// r-value = namespace "." r-priority, both token-nodot
std::expected<ResourcePriority, FieldError> read_value(std::string_view octets, Span value) {
  const std::string_view written = text(octets, value);
  const std::size_t dot = written.find('.');
  const bool good = dot != std::string_view::npos && dot > 0 && dot + 1 < written.size() &&
                    written.find('.', dot + 1) == std::string_view::npos && detail::all(written, detail::kToken);
  if (!good) {
    return detail::field_failure(FieldErrorCode::malformed, kResourcePriorityId, value.offset);
  }
  return ResourcePriority{value, detail::span_between(value.offset, value.offset + dot),
                          detail::span_between(value.offset + dot + 1, value.end())};
}

}  // namespace

std::expected<ResourcePriorityList, FieldError> read_resource_priorities(const Message& message,
                                                                         std::string_view octets) {
  return detail::read_list<ResourcePriorityList>(message, octets, kResourcePriorityId,
                                                 [&](Span value) { return read_value(octets, value); });
}

}  // namespace stirline::sip
