#include "sip_parser/body/media_type.hpp"

#include <algorithm>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kMediaTypeId = HeaderId::content_type;

// bchars = bcharsnospace / " " (RFC 2046 5.1.1)
bool is_boundary(std::string_view written) {
  constexpr std::string_view kOthers = "'()+_,-./:=? ";
  return !written.empty() && written.back() != ' ' && std::ranges::all_of(written, [&](char c) {
    return detail::is(c, detail::kAlpha | detail::kDigit) || kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::expected<MediaType, FieldError> read_media_type(std::string_view octets, Span value) {
  if (!detail::lies_inside(octets, value)) {
    return detail::field_failure(FieldErrorCode::malformed, kMediaTypeId, value.offset);
  }
  MediaType media;
  media.whole = value;
  const std::size_t end = value.end();
  std::size_t stop = detail::skip(octets, value.offset, end, detail::kToken);
  media.type = detail::span_between(value.offset, stop);
  const std::size_t slash = detail::skip(octets, stop, end, detail::kBlank);
  if (media.type.empty() || slash == end || octets[slash] != '/') {
    return detail::field_failure(FieldErrorCode::malformed, kMediaTypeId, slash);
  }
  const std::size_t subtype = detail::skip(octets, slash + 1, end, detail::kBlank);
  stop = detail::skip(octets, subtype, end, detail::kToken);
  media.subtype = detail::span_between(subtype, stop);
  if (media.subtype.empty()) {
    return detail::field_failure(FieldErrorCode::malformed, kMediaTypeId, subtype);
  }
  const auto params = detail::parameters_behind(octets, stop, end, kMediaTypeId);
  if (!params) {
    return std::unexpected(params.error());
  }
  media.params = *params;
  const auto read = detail::each_parameter(octets, *params, kMediaTypeId,
                                           [](const detail::ParameterItem&) { return detail::FieldResult(); });
  if (!read) {
    return std::unexpected(read.error());
  }
  return media;
}

bool is_media_type(std::string_view octets, const MediaType& media, std::string_view type, std::string_view subtype) {
  return detail::equal_ignoring_case(text(octets, media.type), type) &&
         (subtype.empty() || detail::equal_ignoring_case(text(octets, media.subtype), subtype));
}

std::expected<Span, FieldError> boundary_of(std::string_view octets, const MediaType& media) {
  Span boundary;
  bool seen = false;
  const auto read = detail::each_parameter(octets, media.params, kMediaTypeId, [&](const detail::ParameterItem& item) {
    return detail::is_named(octets, item, "boundary")
               ? detail::take_once(item, is_boundary(text(octets, item.value)), kMediaTypeId, seen, boundary)
               : detail::FieldResult();
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  if (!seen) {
    return detail::field_failure(FieldErrorCode::missing, kMediaTypeId, media.whole.offset);
  }
  if (boundary.length > kMaxBoundaryBytes) {
    return detail::field_failure(FieldErrorCode::too_long, kMediaTypeId, boundary.offset);
  }
  return boundary;
}

}  // namespace stirline::sip
