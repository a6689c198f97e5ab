#include "sip_parser/headers/privacy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kId = HeaderId::privacy;

struct Name {
  std::string_view name;
  bool Privacy::* asked;
};

constexpr std::array kNames = {
    Name{"none", &Privacy::none},        Name{"header", &Privacy::header}, Name{"session", &Privacy::session},
    Name{"user", &Privacy::user},        Name{"id", &Privacy::id},         Name{"history", &Privacy::history},
    Name{"critical", &Privacy::critical}};

}  // namespace

std::expected<Privacy, FieldError> read_privacy(const Message& message, std::string_view octets) {
  Privacy privacy;
  const HeaderLine* const line = message.first(kId);
  if (line == nullptr) {
    return privacy;
  }
  privacy.present = true;
  const std::size_t end = line->value().end();
  std::size_t values = 0;
  for (std::size_t at = line->value().offset; at <= end; ++values) {
    const std::size_t stop = std::min(octets.find(';', at), end);
    const Span span = detail::trimmed(octets, at, stop);
    const std::string_view value = text(octets, span);
    if (value.empty() || !detail::all(value, detail::kToken)) {
      return detail::field_failure(FieldErrorCode::malformed, kId, span.offset);
    }
    const auto* const known = std::ranges::find_if(
        kNames, [value](const Name& name) { return detail::equal_ignoring_case(name.name, value); });
    if (known == kNames.end()) {
      privacy.others = static_cast<std::uint8_t>(std::min(privacy.others + 1, 255));
    } else if (std::exchange(privacy.*known->asked, true)) {
      return detail::field_failure(FieldErrorCode::duplicate, kId, span.offset);
    }
    at = stop + 1;
  }
  if (privacy.none && values > 1) {
    return detail::field_failure(FieldErrorCode::contradiction, kId, line->value().offset);
  }
  return privacy;
}

}  // namespace stirline::sip
