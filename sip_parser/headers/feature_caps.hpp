// The Feature-Caps header field (RFC 6809 6.3): what the elements on the path can do ("+g.3gpp.verstat").
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxFeatureCaps = 64;  // of all values together

struct FeatureCap {
  Span name;            // without the "+"
  Span value;           // quotes excluded
  bool valued = false;  // a value is there, perhaps an empty one
};
using FeatureCapList = FixedList<FeatureCap, kMaxFeatureCaps>;

// All capabilities of all values in message order; an empty list if there is no such field. Errors: malformed,
// open_quote, too_many.
[[nodiscard]] std::expected<FeatureCapList, FieldError> read_feature_caps(const Message& message,
                                                                          std::string_view octets);

// Names compare without regard to case (RFC 6809 5.3). nullptr if there is none.
[[nodiscard]] const FeatureCap* find_feature_cap(const FeatureCapList& caps, std::string_view octets,
                                                 std::string_view name);

}  // namespace stirline::sip
