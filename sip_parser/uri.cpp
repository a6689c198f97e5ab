#include "sip_parser/uri.hpp"

#include "sip_parser/characters.hpp"
#include "sip_parser/host_port.hpp"
#include "sip_parser/parameters.hpp"

namespace stirline::sip {
namespace {

using detail::is;

ParseError bad_uri(std::size_t offset) {
  return {ErrorCode::bad_uri, static_cast<std::uint16_t>(offset), HeaderId::unknown};
}

// First position in [at, end) that is neither of `classes` nor a whole escape ("%" HEXDIG HEXDIG).
std::size_t skip_escaped(std::string_view text, std::size_t at, std::size_t end, std::uint16_t classes) {
  at = detail::skip(text, at, end, classes);
  while (end - at > 2 && text[at] == '%' && is(text[at + 1], detail::kHex) && is(text[at + 2], detail::kHex)) {
    at = detail::skip(text, at + 3, end, classes);
  }
  return at;
}

// [at, end) begins with ';' or '?' or is empty: uri-parameters and headers (RFC 3261 19.1.1).
ParseError read_tail(std::string_view message, std::size_t at, std::size_t end, Uri& uri) {
  if (at < end && message[at] == ';') {
    const std::size_t begin = at + 1;
    do {
      const std::size_t name = at + 1;
      at = skip_escaped(message, name, end, detail::kUriParam);
      if (at == name || message[name] == '=') {
        return bad_uri(at);
      }
    } while (at < end && message[at] == ';');
    uri.params = detail::span_between(begin, at);
  }
  if (at < end && message[at] == '?') {
    const std::size_t begin = at + 1;
    at = skip_escaped(message, begin, end, detail::kUriHeader);
    if (at == begin) {
      return bad_uri(at);
    }
    uri.headers = detail::span_between(begin, at);
  }
  if (at != end) {
    return bad_uri(at);
  }
  return {};
}

// RFC 3261 19.1.1: no parameter twice. Only `user` is looked at: two of them make two readings of who is called.
bool user_parameter_twice(std::string_view message, Span params) {
  detail::ParameterCursor cursor(message, params);
  detail::ParameterItem item;
  int seen = 0;
  while (cursor.next(item) == detail::ParameterCursor::Step::item) {
    seen += detail::equal_ignoring_case(text(message, item.name), "user") ? 1 : 0;
  }
  return seen > 1;
}

ParseError read_sip(std::string_view message, std::size_t at, std::size_t end, Uri& uri) {
  const std::size_t sign = message.substr(0, end).find('@', at);
  if (sign != std::string_view::npos) {
    std::size_t stop = skip_escaped(message, at, sign, detail::kUser);
    if (stop == at) {
      return bad_uri(at);
    }
    uri.user = detail::span_between(at, stop);
    if (message[stop] == ':') {
      const std::size_t password = stop + 1;
      stop = skip_escaped(message, password, sign, detail::kUser);
      uri.password = detail::span_between(password, stop);
    }
    if (stop != sign) {
      return bad_uri(stop);
    }
    at = sign + 1;
  }
  const std::size_t host = at;
  at = detail::skip_host(message, host, end);
  if (at == host) {
    return bad_uri(at);
  }
  uri.host = detail::span_between(host, at);
  if (at < end && message[at] == ':') {
    const std::size_t port = at + 1;
    at = detail::skip_port(message, port, end);
    if (at == port) {
      return bad_uri(at);
    }
    uri.port = detail::span_between(port, at);
  }
  if (const ParseError error = read_tail(message, at, end, uri); error.code != ErrorCode::ok) {
    return error;
  }
  if (text(message, uri.params).find(';') != std::string_view::npos && user_parameter_twice(message, uri.params)) {
    return bad_uri(uri.params.offset);
  }
  return {};
}

// RFC 3966 3: the number, then parameters; there are no headers.
ParseError read_tel(std::string_view message, std::size_t at, std::size_t end, Uri& uri) {
  const std::size_t semicolon = message.substr(0, end).find(';', at);
  const std::size_t number_end = semicolon == std::string_view::npos ? end : semicolon;
  const std::size_t stop = skip_escaped(message, at, number_end, detail::kUser);
  if (stop == at || stop != number_end) {
    return bad_uri(stop);
  }
  uri.user = detail::span_between(at, stop);
  if (const ParseError error = read_tail(message, stop, end, uri); error.code != ErrorCode::ok) {
    return error;
  }
  return uri.headers.empty() ? ParseError{} : bad_uri(uri.headers.offset);
}

}  // namespace

ParseError detail::read_uri(std::string_view message, Span where, Uri& uri) {
  if (!detail::lies_inside(message, where) || where.empty()) {
    return bad_uri(where.offset);
  }
  const std::size_t begin = where.offset;
  const std::size_t end = where.end();
  std::size_t colon = begin;
  if (is(message[begin], detail::kAlpha)) {
    while (colon < end && (is(message[colon], detail::kAlpha | detail::kDigit) || message[colon] == '+' ||
                           message[colon] == '-' || message[colon] == '.')) {
      ++colon;
    }
  }
  if (colon == begin || colon + 1 >= end || message[colon] != ':') {
    return bad_uri(colon);
  }
  uri = {};
  uri.whole = where;
  const std::string_view scheme = message.substr(begin, colon - begin);
  if (detail::equal_ignoring_case(scheme, "sip")) {
    uri.scheme = Scheme::sip;
    return read_sip(message, colon + 1, end, uri);
  }
  if (detail::equal_ignoring_case(scheme, "sips")) {
    uri.scheme = Scheme::sips;
    return read_sip(message, colon + 1, end, uri);
  }
  if (detail::equal_ignoring_case(scheme, "tel")) {
    uri.scheme = Scheme::tel;
    return read_tel(message, colon + 1, end, uri);
  }
  uri.scheme = detail::equal_ignoring_case(scheme, "urn") ? Scheme::urn : Scheme::other;
  for (std::size_t at = colon + 1; at < end; ++at) {
    const char c = message[at];
    if (!is(c, detail::kVisible) || c == '<' || c == '>' || c == '"') {
      return bad_uri(at);
    }
  }
  return {};
}

std::expected<Uri, ParseError> parse_uri(std::string_view message, Span where) {
  Uri uri;
  if (const ParseError error = detail::read_uri(message, where, uri); error.code != ErrorCode::ok) {
    return std::unexpected(error);
  }
  return uri;
}

Parameter find_parameter(std::string_view message, Span params, std::string_view name) {
  Parameter found;
  if (!detail::lies_inside(message, params)) {
    return found;
  }
  detail::ParameterCursor cursor(message, params);
  detail::ParameterItem item;
  while (cursor.next(item) == detail::ParameterCursor::Step::item) {
    if (detail::equal_ignoring_case(text(message, item.name), name)) {
      found.present = true;
      found.name = item.name;
      found.value = item.value;
      found.whole = item.whole;
      break;
    }
  }
  return found;
}

}  // namespace stirline::sip
