#include "sip_parser/occurrence.hpp"

namespace stirline::sip::detail {
ParseError check_occurrence(const MessageFields& fields, const Strictness& strictness) {
  const auto duplicate = [&fields](HeaderId id, ErrorCode code) {
    return ParseError{code, fields.first(id)->begin, id};
  };
  if (fields.chains.repeats(HeaderId::content_length)) {
    return duplicate(HeaderId::content_length, ErrorCode::content_length_conflict);
  }
  for (const HeaderId id : kOnceOnly) {
    if (fields.chains.repeats(id)) {
      return duplicate(id, ErrorCode::duplicate);
    }
  }
  const auto missing = [&fields](HeaderId id) { return !fields.chains.has(id); };
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
