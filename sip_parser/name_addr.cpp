#include "sip_parser/name_addr.hpp"

#include "sip_parser/characters.hpp"
#include "sip_parser/parameters.hpp"

namespace stirline::sip {
namespace {

using detail::is;
using Step = detail::ParameterCursor::Step;

ParseError failure(ErrorCode code, std::size_t offset) {
  return {code, static_cast<std::uint16_t>(offset), HeaderId::unknown};
}

// display-name = *(token LWS) / quoted-string. 8-bit octets outside quotes are no token, yet leave no doubt where the
// name ends (INL-ED-02). `at` goes from its begin to the position of '<'.
ParseError read_display_name(std::string_view message, std::size_t& at, std::size_t end, NameAddr& result) {
  const std::size_t begin = at;
  if (message[at] == '"') {
    const auto behind = detail::skip_quoted(message, at, end);
    if (!behind) {
      return failure(ErrorCode::bad_quote, begin);
    }
    result.display_name = detail::span_between(begin, *behind);
    at = detail::skip(message, *behind, end, detail::kBlank);
  } else {
    while (at < end &&
           (is(message[at], detail::kToken | detail::kBlank) || static_cast<unsigned char>(message[at]) >= 0x80)) {
      ++at;
    }
    result.display_name = detail::trimmed(message, begin, at);
  }
  if (at == end || message[at] != '<') {
    return failure(ErrorCode::bad_name_addr, at);
  }
  return {};
}

ParseError read_parameters(std::string_view message, std::size_t at, std::size_t end, NameAddr& result) {
  at = detail::skip(message, at, end, detail::kBlank);
  if (at == end) {
    return {};
  }
  if (message[at] != ';' || at + 1 == end) {
    return failure(ErrorCode::bad_name_addr, at);
  }
  result.params = detail::span_between(at + 1, end);
  detail::ParameterCursor cursor(message, result.params);
  detail::ParameterItem item;
  bool tagged = false;
  for (Step step = cursor.next(item); step != Step::end; step = cursor.next(item)) {
    if (step != Step::item) {
      return failure(step == Step::open_quote ? ErrorCode::bad_quote : ErrorCode::bad_name_addr, cursor.position());
    }
    const std::string_view name = text(message, item.name);
    const bool empty_value = item.form == detail::ValueForm::bare && item.value.empty();
    if (!detail::all(name, detail::kToken) || empty_value || item.form == detail::ValueForm::bracketed) {
      return failure(ErrorCode::bad_name_addr, item.name.offset);
    }
    if (detail::equal_ignoring_case(name, "tag")) {
      if (tagged || item.form != detail::ValueForm::bare) {
        return failure(ErrorCode::bad_name_addr, item.name.offset);
      }
      tagged = true;
      result.tag = item.value;
    }
  }
  return {};
}

// An addr-spec without brackets starts with a scheme; a display name never has a colon before its '<'.
bool starts_with_scheme(std::string_view message, std::size_t begin, std::size_t end) {
  const std::size_t stop = detail::skip(message, begin, end, detail::kToken);
  return stop > begin && stop < end && message[stop] == ':';
}

}  // namespace

ParseError detail::read_name_addr(std::string_view message, Span where, NameAddr& result) {
  if (!detail::lies_inside(message, where)) {
    return failure(ErrorCode::bad_name_addr, where.offset);
  }
  result = {};
  result.whole = detail::trimmed(message, where.offset, where.end());
  const std::size_t begin = result.whole.offset;
  const std::size_t end = result.whole.end();
  if (begin == end) {
    return failure(ErrorCode::bad_name_addr, begin);
  }
  Span uri;
  std::size_t behind = 0;
  if (starts_with_scheme(message, begin, end)) {
    // RFC 3261 20: an addr-spec with a comma, a question mark or a semicolon must stand in brackets, so the first
    // semicolon begins the header parameters.
    behind = begin;
    while (behind < end && message[behind] != ';' && !is(message[behind], detail::kBlank)) {
      const char c = message[behind];
      if (c == ',' || c == '?' || c == '<' || c == '>' || c == '"') {
        return failure(ErrorCode::bad_name_addr, behind);
      }
      ++behind;
    }
    uri = detail::span_between(begin, behind);
  } else {
    std::size_t open = begin;
    if (const ParseError error = read_display_name(message, open, end, result); error.code != ErrorCode::ok) {
      return error;
    }
    const std::size_t close = message.substr(0, end).find('>', open);
    if (close == std::string_view::npos) {
      return failure(ErrorCode::bad_quote, open);
    }
    result.bracketed = true;
    uri = detail::span_between(open + 1, close);
    behind = close + 1;
  }
  if (const ParseError error = detail::read_uri(message, uri, result.uri); error.code != ErrorCode::ok) {
    // No URI has a blank. Is it one that stands between brackets with blanks, or none?
    const std::size_t blank = detail::skip(message, uri.offset, uri.end(), detail::kNoBlank);
    return blank != uri.end() ? failure(ErrorCode::bad_name_addr, blank) : error;
  }
  return read_parameters(message, behind, end, result);
}

std::expected<NameAddr, ParseError> parse_name_addr(std::string_view message, Span where) {
  NameAddr result;
  if (const ParseError error = detail::read_name_addr(message, where, result); error.code != ErrorCode::ok) {
    return std::unexpected(error);
  }
  return result;
}

}  // namespace stirline::sip
