#include "sip_parser/headers/diversion.hpp"

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kDiversionId = HeaderId::diversion;

std::expected<Diversion, FieldError> read_diversion(std::string_view octets, Span value) {
  const auto party = detail::read_party(octets, value, kDiversionId);
  if (!party) {
    return std::unexpected(party.error());
  }
  Diversion diversion;
  diversion.party = *party;
  bool reason = false;
  bool privacy = false;
  bool screen = false;
  const auto read = detail::each_parameter(octets, party->params, kDiversionId, [&](const detail::ParameterItem& item) {
    const bool good = item.form == detail::ValueForm::quoted || detail::is_token(octets, item);
    if (detail::is_named(octets, item, "reason")) {
      return detail::take_once(item, good, kDiversionId, reason, diversion.reason);
    }
    if (detail::is_named(octets, item, "counter")) {
      return detail::take_number(octets, item, kMaxDiversionCount, kDiversionId, diversion.counter);
    }
    if (detail::is_named(octets, item, "limit")) {
      return detail::take_number(octets, item, kMaxDiversionCount, kDiversionId, diversion.limit);
    }
    if (detail::is_named(octets, item, "privacy")) {
      return detail::take_once(item, good, kDiversionId, privacy, diversion.privacy);
    }
    if (detail::is_named(octets, item, "screen")) {
      return detail::take_once(item, good, kDiversionId, screen, diversion.screen);
    }
    return detail::FieldResult();
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return diversion;
}

}  // namespace

std::expected<DiversionList, FieldError> read_diversions(const Message& message, std::string_view octets) {
  return detail::read_list<DiversionList>(message, octets, kDiversionId,
                                          [&](Span value) { return read_diversion(octets, value); });
}

}  // namespace stirline::sip
