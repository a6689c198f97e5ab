#include "sip_parser/headers/subject.hpp"

#include "sip_parser/headers/field_reader.hpp"
#include "sip_parser/unfold.hpp"
#include "sip_parser/utf8.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kSubjectId = HeaderId::subject;

}  // namespace

std::expected<std::string_view, FieldError> read_subject(const Message& message, std::string_view octets,
                                                         std::span<char, kMaxSubjectBytes> buffer) {
  const HeaderLine* const line = message.first(kSubjectId);
  if (line == nullptr) {
    return std::string_view();
  }
  if (message.count(kSubjectId) > 1) {
    return detail::field_failure(FieldErrorCode::duplicate, kSubjectId, line->begin);
  }
  std::string_view subject = text(octets, line->value());
  if (subject.find('\n') != std::string_view::npos) {
    const auto length = detail::unfold(subject, buffer);
    if (!length) {
      return detail::field_failure(FieldErrorCode::too_long, kSubjectId, line->value().offset);
    }
    subject = {buffer.data(), *length};
  }
  if (subject.size() > kMaxSubjectBytes) {
    return detail::field_failure(FieldErrorCode::too_long, kSubjectId, line->value().offset);
  }
  if (!detail::is_utf8(subject)) {
    return detail::field_failure(FieldErrorCode::not_utf8, kSubjectId, line->value().offset);
  }
  return subject;
}

}  // namespace stirline::sip
