#include "sip_parser/via.hpp"

#include "sip_parser/characters.hpp"
#include "sip_parser/host_port.hpp"
#include "sip_parser/parameters.hpp"

namespace stirline::sip::detail {
namespace {

using Step = ParameterCursor::Step;

ParseError bad_via(std::size_t offset, ErrorCode code = ErrorCode::bad_via) {
  return {code, static_cast<std::uint16_t>(offset), HeaderId::via};
}

struct Reader {
  std::string_view message;
  std::size_t at;
  std::size_t end;

  void blanks() { at = skip(message, at, end, kBlank); }

  bool slash() {
    blanks();
    if (at == end || message[at] != '/') {
      return false;
    }
    ++at;
    blanks();
    return true;
  }

  Span token() {
    const std::size_t begin = at;
    at = skip(message, at, end, kToken);
    return span_between(begin, at);
  }
};

// sent-protocol = "SIP" SLASH "2.0" SLASH transport
bool read_protocol(Reader& reader, Via& via) {
  if (constexpr std::string_view kPlain = "SIP/2.0/";
      reader.message.substr(0, reader.end).substr(reader.at).starts_with(kPlain)) {
    reader.at += kPlain.size();
    reader.blanks();
  } else if (!equal_ignoring_case(text(reader.message, reader.token()), "SIP") || !reader.slash() ||
             text(reader.message, reader.token()) != "2.0" || !reader.slash()) {
    return false;
  }
  via.transport = reader.token();
  const std::size_t behind = reader.at;
  reader.blanks();
  return !via.transport.empty() && reader.at > behind;
}

// sent-by = host [ COLON port ]
bool read_sent_by(Reader& reader, Via& via) {
  const std::size_t host = reader.at;
  reader.at = skip_host(reader.message, host, reader.end);
  via.host = span_between(host, reader.at);
  if (via.host.empty()) {
    return false;
  }
  reader.blanks();
  if (reader.at < reader.end && reader.message[reader.at] == ':') {
    ++reader.at;
    reader.blanks();
    const std::size_t port = reader.at;
    reader.at = skip_port(reader.message, port, reader.end);
    via.port = span_between(port, reader.at);
    if (via.port.empty()) {
      return false;
    }
    reader.blanks();
  }
  return true;
}

// RFC 2543 had comments in round brackets here, and some still end a value where one begins: two readers of such a Via
// may see two branches. The grammar of RFC 3261 has no such octet outside quotes.
bool may_be_comment(std::string_view message, const ParameterItem& item) {
  return item.form == ValueForm::bare && text(message, item.value).find_first_of("()") != std::string_view::npos;
}

// False if the parameter is one that decides where responses go or what a transaction is, and is empty or comes twice.
bool take(std::string_view message, const ParameterItem& item, Via& via) {
  const std::string_view name = text(message, item.name);
  const bool valued = item.form == ValueForm::bare && !item.value.empty();
  if (equal_ignoring_case(name, "branch")) {
    const bool good = valued && via.branch.empty();
    via.branch = item.value;
    return good;
  }
  if (equal_ignoring_case(name, "received")) {
    const bool good = valued && via.received.empty();
    via.received = item.value;
    return good;
  }
  if (equal_ignoring_case(name, "rport")) {
    const bool good = !via.rport && (item.form == ValueForm::none || valued);
    via.rport = true;
    return good;
  }
  return true;
}

}  // namespace

ParseError read_via(std::string_view message, Span where, Via& via) {
  if (!lies_inside(message, where)) {
    return bad_via(where.offset);
  }
  via = {};
  via.whole = where;
  Reader reader{message, where.offset, where.end()};
  if (!read_protocol(reader, via) || !read_sent_by(reader, via)) {
    return bad_via(reader.at);
  }
  if (reader.at == reader.end) {
    return {};
  }
  if (message[reader.at] != ';' || reader.at + 1 == reader.end) {
    return bad_via(reader.at);
  }
  ParameterCursor cursor(message, span_between(reader.at + 1, reader.end));
  ParameterItem item;
  for (Step step = cursor.next(item); step != Step::end; step = cursor.next(item)) {
    if (step != Step::item) {
      return bad_via(cursor.position(), step == Step::open_quote ? ErrorCode::bad_quote : ErrorCode::bad_via);
    }
    const bool empty_value = item.form == ValueForm::bare && item.value.empty();
    if (!all(text(message, item.name), kToken) || empty_value || item.form == ValueForm::bracketed ||
        may_be_comment(message, item) || !take(message, item, via)) {
      return bad_via(item.name.offset);
    }
  }
  return {};
}

}  // namespace stirline::sip::detail
