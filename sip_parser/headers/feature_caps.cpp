#include "sip_parser/headers/feature_caps.hpp"

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kFeatureCapsId = HeaderId::feature_caps;

// feature-cap = "+" fcap-name [ EQUAL LDQUOT ... RDQUOT ]
detail::FieldResult take(std::string_view octets, const detail::ParameterItem& item, FeatureCapList& caps) {
  const bool good = octets[item.name.offset] == '+' && item.name.length > 1 &&
                    (item.form == detail::ValueForm::none || item.form == detail::ValueForm::quoted);
  if (!good) {
    return detail::field_failure(FieldErrorCode::malformed, kFeatureCapsId, item.name.offset);
  }
  const FeatureCap cap{detail::span_between(item.name.offset + 1U, item.name.end()), item.value,
                       item.form == detail::ValueForm::quoted};
  if (!caps.push(cap)) {
    return detail::field_failure(FieldErrorCode::too_many, kFeatureCapsId, item.name.offset);
  }
  return {};
}

}  // namespace

std::expected<FeatureCapList, FieldError> read_feature_caps(const Message& message, std::string_view octets) {
  FeatureCapList caps;
  // fc-value = "*" *( SEMI feature-cap )
  const auto read = detail::each_value(message, octets, kFeatureCapsId, [&](Span value) -> detail::FieldResult {
    if (octets[value.offset] != '*') {
      return detail::field_failure(FieldErrorCode::malformed, kFeatureCapsId, value.offset);
    }
    const auto params = detail::parameters_behind(octets, value.offset + 1U, value.end(), kFeatureCapsId);
    if (!params) {
      return std::unexpected(params.error());
    }
    return detail::each_parameter(octets, *params, kFeatureCapsId,
                                  [&](const detail::ParameterItem& item) { return take(octets, item, caps); });
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return caps;
}

const FeatureCap* find_feature_cap(const FeatureCapList& caps, std::string_view octets, std::string_view name) {
  for (const FeatureCap& cap : caps.view()) {
    if (detail::equal_ignoring_case(text(octets, cap.name), name)) {
      return &cap;
    }
  }
  return nullptr;
}

}  // namespace stirline::sip
