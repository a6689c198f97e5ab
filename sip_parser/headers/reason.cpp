#include "sip_parser/headers/reason.hpp"

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kReasonId = HeaderId::reason;

std::expected<Reason, FieldError> read_reason(std::string_view octets, Span value) {
  Reason reason;
  reason.whole = value;
  const std::size_t stop = detail::skip(octets, value.offset, value.end(), detail::kToken);
  reason.protocol = detail::span_between(value.offset, stop);
  if (reason.protocol.empty()) {
    return detail::field_failure(FieldErrorCode::malformed, kReasonId, value.offset);
  }
  const auto params = detail::parameters_behind(octets, stop, value.end(), kReasonId);
  if (!params) {
    return std::unexpected(params.error());
  }
  bool texted = false;
  const auto read = detail::each_parameter(octets, *params, kReasonId, [&](const detail::ParameterItem& item) {
    if (detail::is_named(octets, item, "cause")) {
      return detail::take_number(octets, item, kMaxReasonCause, kReasonId, reason.cause);
    }
    if (detail::is_named(octets, item, "text")) {
      const bool good = item.form == detail::ValueForm::quoted || detail::is_token(octets, item);
      return detail::take_once(item, good, kReasonId, texted, reason.text);
    }
    return detail::FieldResult();
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return reason;
}

}  // namespace

std::expected<ReasonList, FieldError> read_reasons(const Message& message, std::string_view octets) {
  return detail::read_list<ReasonList>(message, octets, kReasonId,
                                       [&](Span value) { return read_reason(octets, value); });
}

}  // namespace stirline::sip
