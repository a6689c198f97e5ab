#include "sip_parser/headers/content_disposition.hpp"

#include <array>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kContentDispositionId = HeaderId::content_disposition;

struct ContentDispositionName {
  std::string_view name;
  Disposition disposition;
};

constexpr std::array kContentDispositionNames = {ContentDispositionName{"render", Disposition::render},
                                                 ContentDispositionName{"session", Disposition::session},
                                                 ContentDispositionName{"icon", Disposition::icon},
                                                 ContentDispositionName{"alert", Disposition::alert},
                                                 ContentDispositionName{"early-session", Disposition::early_session},
                                                 ContentDispositionName{"by-reference", Disposition::by_reference}};

Disposition disposition_of(std::string_view written) {
  for (const ContentDispositionName& known : kContentDispositionNames) {
    if (detail::equal_ignoring_case(written, known.name)) {
      return known.disposition;
    }
  }
  return Disposition::other;
}

}  // namespace

std::expected<ContentDisposition, FieldError> read_content_disposition(std::string_view octets, Span value) {
  if (!detail::lies_inside(octets, value)) {
    return detail::field_failure(FieldErrorCode::malformed, kContentDispositionId, value.offset);
  }
  ContentDisposition result;
  const std::size_t stop = detail::skip(octets, value.offset, value.end(), detail::kToken);
  result.type = detail::span_between(value.offset, stop);
  if (result.type.empty()) {
    return detail::field_failure(FieldErrorCode::malformed, kContentDispositionId, value.offset);
  }
  result.known = disposition_of(text(octets, result.type));
  const auto params = detail::parameters_behind(octets, stop, value.end(), kContentDispositionId);
  if (!params) {
    return std::unexpected(params.error());
  }
  result.params = *params;
  bool handled = false;
  Span handling;
  const auto read =
      detail::each_parameter(octets, *params, kContentDispositionId, [&](const detail::ParameterItem& item) {
        return detail::is_named(octets, item, "handling")
                   ? detail::take_once(item, detail::is_token(octets, item), kContentDispositionId, handled, handling)
                   : detail::FieldResult();
      });
  if (!read) {
    return std::unexpected(read.error());
  }
  result.optional = detail::equal_ignoring_case(text(octets, handling), "optional");
  return result;
}

}  // namespace stirline::sip
