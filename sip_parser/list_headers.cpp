// The header fields with several values, over several lines or between commas (RFC 3261 7.3.1).
#include "sip_parser/characters.hpp"
#include "sip_parser/typed_headers.hpp"
#include "sip_parser/value_list.hpp"
#include "sip_parser/via.hpp"

namespace stirline::sip::detail {
namespace {

using Step = ValueList::Step;

// Calls `read(value)` for each value of each `id` line in message order until it returns an error. At most `limit`
// values; a quote left open is an error too.
template <typename Read>
ParseError for_each_value(const MessageFields& fields, std::string_view octets, HeaderId id, std::size_t limit,
                          Read&& read) {
  std::size_t values = 0;
  for (auto lines = fields.chains.lines(id); !lines.at_end();) {
    ValueList list(octets, fields.headers[lines.next()].value());
    Span value;
    for (Step step = list.next(value); step != Step::end; step = list.next(value)) {
      if (step == Step::open_quote) {
        return {ErrorCode::bad_quote, value.offset, id};
      }
      if (values++ == limit) {
        return {ErrorCode::value_count, value.offset, id};
      }
      if (const ParseError error = read(value); error.code != ErrorCode::ok) {
        return {error.code, error.offset, id};
      }
    }
  }
  return {};
}

}  // namespace

ParseError read_vias(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  fields.via_count = 0;
  const ParseError error = for_each_value(fields, octets, HeaderId::via, kMaxVias, [&](Span value) -> ParseError {
    if (fields.via_count++ == 0) {
      return read_via(octets, value, fields.top_via);
    }
    return value.empty() ? ParseError{ErrorCode::bad_via, value.offset, HeaderId::via} : ParseError{};
  });
  constexpr std::string_view kCookie = "z9hG4bK";
  if (error.code == ErrorCode::ok && !strictness.accept_missing_branch_cookie &&
      !equal_ignoring_case(text(octets, fields.top_via.branch).substr(0, kCookie.size()), kCookie)) {
    return {ErrorCode::bad_via, fields.top_via.whole.offset, HeaderId::via};
  }
  return error;
}

ParseError read_contacts(MessageFields& fields, std::string_view octets) {
  fields.contact.reset();
  bool first = true;
  return for_each_value(fields, octets, HeaderId::contact, kMaxContacts, [&](Span value) -> ParseError {
    const bool is_first = first;
    first = false;
    if (text(octets, value) == "*") {
      return {};
    }
    NameAddr other;
    return read_name_addr(octets, value, is_first ? fields.contact.emplace() : other);
  });
}

ParseError read_asserted_identities(MessageFields& fields, std::string_view octets) {
  fields.asserted_count = 0;
  return for_each_value(fields, octets, HeaderId::p_asserted_identity, kMaxAssertedIdentities,
                        [&](Span value) -> ParseError {
                          const auto party = parse_name_addr(octets, value);
                          if (!party) {
                            return party.error();
                          }
                          fields.asserted[fields.asserted_count++] = *party;
                          return {};
                        });
}

void read_identities(MessageFields& fields, std::string_view octets) {
  fields.identities_seen = 0;
  fields.identity_count = 0;
  for (auto lines = fields.chains.lines(HeaderId::identity); !lines.at_end();) {
    ValueList list(octets, fields.headers[lines.next()].value());
    Span value;
    while (list.next(value) != Step::end) {
      ++fields.identities_seen;
      if (fields.identity_count < kMaxIdentities) {
        read_identity(octets, value, fields.identities[fields.identity_count++]);
      }
    }
  }
}

}  // namespace stirline::sip::detail
