#include "sip_parser/headers/call_info.hpp"

#include <array>

#include "sip_parser/absolute_uri.hpp"
#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kCallInfoId = HeaderId::call_info;

struct CallInfoName {
  std::string_view name;
  CallInfoPurpose purpose;
};

constexpr std::array kPurposes = {
    CallInfoName{"icon", CallInfoPurpose::icon}, CallInfoName{"info", CallInfoPurpose::info},
    CallInfoName{"card", CallInfoPurpose::card}, CallInfoName{"jcard", CallInfoPurpose::jcard},
    CallInfoName{"jwscard", CallInfoPurpose::jwscard}};

CallInfoPurpose purpose_of(std::string_view written) {
  for (const CallInfoName& known : kPurposes) {
    if (detail::equal_ignoring_case(written, known.name)) {
      return known.purpose;
    }
  }
  return CallInfoPurpose::other;
}

class CallInfoReader {
 public:
  CallInfoReader(std::string_view octets, Span value) : octets_(octets) { info_.whole = value; }

  // info = LAQUOT absoluteURI RAQUOT *( SEMI info-param )
  std::expected<CallInfo, FieldError> read() {
    const std::size_t begin = info_.whole.offset;
    const std::size_t end = info_.whole.end();
    const std::size_t close = octets_.substr(0, end).find('>', begin);
    if (octets_[begin] != '<' || close == std::string_view::npos) {
      return detail::field_failure(FieldErrorCode::malformed, kCallInfoId, begin);
    }
    info_.uri = detail::span_between(begin + 1, close);
    if (!detail::is_absolute_uri(text(octets_, info_.uri))) {
      return detail::field_failure(FieldErrorCode::bad_uri, kCallInfoId, info_.uri.offset);
    }
    const auto params = detail::parameters_behind(octets_, close + 1, end, kCallInfoId);
    if (!params) {
      return std::unexpected(params.error());
    }
    const auto result = detail::each_parameter(octets_, *params, kCallInfoId,
                                               [this](const detail::ParameterItem& item) { return take(item); });
    if (!result) {
      return std::unexpected(result.error());
    }
    return info_;
  }

 private:
  detail::FieldResult take(const detail::ParameterItem& item) {
    const bool quoted = item.form == detail::ValueForm::quoted;
    const bool token = detail::is_token(octets_, item);
    if (detail::is_named(octets_, item, "purpose")) {
      info_.known_purpose = purpose_of(text(octets_, item.value));
      return detail::take_once(item, token, kCallInfoId, purpose_, info_.purpose);
    }
    if (detail::is_named(octets_, item, "call-reason")) {
      return detail::take_once(item, quoted, kCallInfoId, call_reason_, info_.call_reason);
    }
    if (detail::is_named(octets_, item, "verified")) {
      info_.whole_verified = item.whole;
      return detail::take_once(item, quoted || token, kCallInfoId, verified_, info_.verified);
    }
    if (detail::is_named(octets_, item, "integrity")) {
      return detail::take_once(item, quoted || token, kCallInfoId, integrity_, info_.integrity);
    }
    return {};
  }

  std::string_view octets_;
  CallInfo info_;
  bool purpose_ = false;
  bool call_reason_ = false;
  bool verified_ = false;
  bool integrity_ = false;
};

}  // namespace

std::expected<CallInfoList, FieldError> read_call_infos(const Message& message, std::string_view octets) {
  return detail::read_list<CallInfoList>(message, octets, kCallInfoId,
                                         [&](Span value) { return CallInfoReader(octets, value).read(); });
}

}  // namespace stirline::sip
