#include "sip_parser/headers/privacy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kPrivacyId = HeaderId::privacy;

struct PrivacyName {
  std::string_view name;
  bool Privacy::* asked;
};

constexpr std::array kPrivacyNames = {PrivacyName{"none", &Privacy::none},
                                      PrivacyName{"header", &Privacy::header},
                                      PrivacyName{"session", &Privacy::session},
                                      PrivacyName{"user", &Privacy::user},
                                      PrivacyName{"id", &Privacy::id},
                                      PrivacyName{"history", &Privacy::history},
                                      PrivacyName{"critical", &Privacy::critical}};

}  // namespace

std::expected<Privacy, FieldError> read_privacy(const Message& message, std::string_view octets) {
  Privacy privacy;
  const HeaderLine* const line = message.first(kPrivacyId);
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
      return detail::field_failure(FieldErrorCode::malformed, kPrivacyId, span.offset);
    }
    const auto* const known = std::ranges::find_if(
        kPrivacyNames, [value](const PrivacyName& name) { return detail::equal_ignoring_case(name.name, value); });
    if (known == kPrivacyNames.end()) {
      privacy.others = static_cast<std::uint8_t>(std::min(privacy.others + 1, 255));
    } else if (std::exchange(privacy.*known->asked, true)) {
      return detail::field_failure(FieldErrorCode::duplicate, kPrivacyId, span.offset);
    }
    at = stop + 1;
  }
  if (privacy.none && values > 1) {
    return detail::field_failure(FieldErrorCode::contradiction, kPrivacyId, line->value().offset);
  }
  return privacy;
}

}  // namespace stirline::sip
