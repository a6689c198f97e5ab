#include <array>

#include "sip_parser/typed_headers.hpp"

namespace stirline::sip::detail {
namespace {

// Fields that a message carries once. Two of them are two readings, even if they are equal now (INL-ED-03).
constexpr std::array kOnceOnly = {
    HeaderId::from,         HeaderId::to,       HeaderId::call_id,          HeaderId::cseq,
    HeaderId::max_forwards, HeaderId::date,     HeaderId::content_type,     HeaderId::content_disposition,
    HeaderId::privacy,      HeaderId::priority, HeaderId::attestation_info, HeaderId::origination_id,
};

constexpr std::array kMandatory = {HeaderId::via, HeaderId::from, HeaderId::to, HeaderId::call_id, HeaderId::cseq};

template <std::size_t N>
constexpr HeaderSet set_of(const std::array<HeaderId, N>& ids) {
  HeaderSet set = 0;
  for (const HeaderId id : ids) {
    set |= bit_of(id);
  }
  return set;
}
constexpr HeaderSet kOnceOnlySet = set_of(kOnceOnly) | bit_of(HeaderId::content_length);

ParseError repeated(const MessageFields& fields) {
  const auto at = [&fields](HeaderId id) { return fields.first(id)->whole.offset; };
  if (fields.chains.count(HeaderId::content_length) > 1) {
    return {ErrorCode::content_length_conflict, at(HeaderId::content_length), HeaderId::content_length};
  }
  for (const HeaderId id : kOnceOnly) {
    if (fields.chains.count(id) > 1) {
      return {ErrorCode::duplicate, at(id), id};
    }
  }
  return {};
}

}  // namespace

ParseError check_occurrence(const MessageFields& fields, const Strictness& strictness) {
  if ((fields.chains.repeated() & kOnceOnlySet) != 0) {
    return repeated(fields);
  }
  const auto missing = [&fields](HeaderId id) { return (fields.chains.seen() & bit_of(id)) == 0; };
  for (const HeaderId id : kMandatory) {
    if (missing(id)) {
      return {ErrorCode::missing, fields.blank_line, id};
    }
  }
  const bool request = fields.kind == Kind::request;
  if (request && !strictness.accept_missing_max_forwards && missing(HeaderId::max_forwards)) {
    return {ErrorCode::missing, fields.blank_line, HeaderId::max_forwards};
  }
  if (request && fields.method == Method::invite && !strictness.accept_missing_contact && missing(HeaderId::contact)) {
    return {ErrorCode::missing, fields.blank_line, HeaderId::contact};
  }
  return {};
}

}  // namespace stirline::sip::detail
