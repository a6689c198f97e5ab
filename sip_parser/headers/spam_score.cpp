#include "sip_parser/headers/spam_score.hpp"

#include <algorithm>
#include <charconv>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kSpamScoreId = HeaderId::spam_score;
constexpr std::size_t kMostDigits = 3;

}  // namespace

std::expected<std::optional<std::uint8_t>, FieldError> read_spam_score(const Message& message,
                                                                       std::string_view octets) {
  std::optional<std::uint8_t> highest;
  const auto read = detail::each_value(message, octets, kSpamScoreId, [&](Span value) -> detail::FieldResult {
    std::size_t end = value.offset;
    while (end < value.end() && detail::is(octets[end], detail::kDigit)) {
      ++end;
    }
    const std::string_view digits = text(octets, detail::span_between(value.offset, end));
    if (digits.empty() || digits.size() > kMostDigits) {
      return detail::field_failure(FieldErrorCode::malformed, kSpamScoreId, value.offset);
    }
    if (const auto params = detail::parameters_behind(octets, end, value.end(), kSpamScoreId); !params) {
      return std::unexpected(params.error());
    }
    unsigned score = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), score);
    if (score > kMaxSpamScore) {
      return detail::field_failure(FieldErrorCode::out_of_range, kSpamScoreId, value.offset);
    }
    highest = std::max(highest.value_or(0), static_cast<std::uint8_t>(score));
    return {};
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return highest;
}

}  // namespace stirline::sip
