#include "sip_parser/start_line.hpp"

#include <algorithm>

#include "sip_parser/characters.hpp"
#include "sip_parser/first_look.hpp"
#include "sip_parser/method_names.hpp"

namespace stirline::sip::detail {
namespace {

constexpr std::string_view kVersion = "SIP/2.0";

enum class VersionText : std::uint8_t { ours, other, none };

// SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT, without regard to case (RFC 3261 7.1).
VersionText read_version(std::string_view text) {
  if (text == kVersion || equal_ignoring_case(text, kVersion)) {
    return VersionText::ours;
  }
  if (!equal_ignoring_case(text.substr(0, 4), "SIP/")) {
    return VersionText::none;
  }
  const std::size_t dot = skip(text, 4, text.size(), kDigit);
  if (dot == 4 || dot == text.size() || text[dot] != '.') {
    return VersionText::none;
  }
  const std::size_t end = skip(text, dot + 1, text.size(), kDigit);
  return end > dot + 1 && end == text.size() ? VersionText::other : VersionText::none;
}

StartLine failed(StartLine line, ErrorCode code, std::size_t offset) {
  line.error = {code, static_cast<std::uint16_t>(offset), HeaderId::unknown};
  return line;
}

// The line is not of the grammar. Is it a broken SIP start line or no SIP at all?
ErrorCode judge_misfit(std::string_view line) {
  const std::size_t word = skip(line, 0, line.size(), kToken);
  if (method_of(line.substr(0, word)) != Method::other) {
    return ErrorCode::start_line;
  }
  for (std::size_t at = line.find('/'); at != std::string_view::npos; at = line.find('/', at + 1)) {
    if (at >= 3 && equal_ignoring_case(line.substr(at - 3, 3), "SIP") && (at == 3 || is(line[at - 4], kBlank))) {
      return ErrorCode::start_line;
    }
  }
  return ErrorCode::not_sip;
}

// Status-Line = SIP-Version SP 3DIGIT SP Reason-Phrase
StartLine read_status_line(std::string_view text, StartLine line) {
  line.kind = Kind::response;
  const std::size_t space = std::min(text.find(' '), text.size());
  const VersionText version = read_version(text.substr(0, space));
  if (version != VersionText::ours) {
    return failed(line, version == VersionText::other ? ErrorCode::version : ErrorCode::start_line, 0);
  }
  const std::size_t digits = std::min(space + 1, text.size());
  const std::size_t stop = skip(text, digits, text.size(), kDigit);
  const auto status = decimal(text.substr(digits, stop - digits), 699);
  if (stop - digits != 3 || !status || *status < 100) {
    return failed(line, ErrorCode::status, digits);
  }
  if (stop == text.size() || text[stop] != ' ') {
    return failed(line, ErrorCode::start_line, stop);
  }
  line.status = static_cast<std::uint16_t>(*status);
  line.known = true;
  return line;
}

// Request-Line = Method SP Request-URI SP SIP-Version
StartLine read_request_line(std::string_view text, StartLine line) {
  line.kind = Kind::request;
  const std::size_t method_end = skip(text, 0, text.size(), kToken);
  const std::size_t last_space = text.rfind(' ');
  if (method_end == 0 || method_end == text.size() || text[method_end] != ' ' || last_space == method_end) {
    return failed(line, judge_misfit(text), method_end);
  }
  const VersionText version = read_version(text.substr(last_space + 1));
  const std::size_t uri = method_end + 1;
  const std::size_t blank = skip(text, uri, text.size(), kNoBlank);
  if (version == VersionText::none || blank != last_space || blank == uri) {
    return failed(line, judge_misfit(text), std::min(blank, last_space));
  }
  line.method = method_of(text.substr(0, method_end));
  line.method_text = span_between(0, method_end);
  line.request_uri = span_between(uri, blank);
  line.known = true;
  if (version == VersionText::other) {
    return failed(line, ErrorCode::version, last_space + 1);
  }
  return line;
}

}  // namespace

Method method_of(std::string_view name) {
  const MethodName& entry = method_entry(leading_word(name));
  return entry.name == name ? entry.method : Method::other;
}

ErrorCode judge_first_octets(std::string_view octets) {
  switch (first_look(octets).kind) {
    case FirstLook::Kind::keepalive:
      return ErrorCode::keepalive;
    case FirstLook::Kind::not_sip:
      return ErrorCode::not_sip;
    case FirstLook::Kind::request:
    case FirstLook::Kind::response:
      return ErrorCode::ok;
    case FirstLook::Kind::unsure:
      break;
  }
  // A peer may skip blanks and empty lines in front of the start line; then it would read what we do not.
  return is(octets.front(), kBlank) ? ErrorCode::start_line : ErrorCode::ok;
}

StartLine judge_start_line(std::string_view octets, const LineEnd& end) {
  StartLine line;
  const std::string_view text = octets.substr(0, end.content_end);
  if (end.error != ErrorCode::ok) {
    // The rest of the line is read as it is: only what is surely no SIP leaves here as such.
    const ErrorCode misfit = judge_misfit(text);
    return failed(line, misfit == ErrorCode::not_sip ? misfit : end.error, end.content_end);
  }
  line.end = end.next;
  return equal_ignoring_case(text.substr(0, 4), "SIP/") ? read_status_line(text, line) : read_request_line(text, line);
}

StartLine read_start_line(std::string_view octets, const Strictness& strictness) {
  if (const ErrorCode code = judge_first_octets(octets); code != ErrorCode::ok) {
    return failed({}, code, 0);
  }
  const std::size_t limit = std::min(octets.size(), kMaxHeaderBlockBytes);
  LineEnd end = find_line_end(octets, 0, limit, strictness);
  if (end.error == ErrorCode::ok) {
    return judge_start_line(octets, end);
  }
  const LineEnd first = end;
  while (end.error == ErrorCode::control_in_header) {
    end = find_line_end(octets, end.content_end + 1, limit, strictness);
  }
  if (end.error == ErrorCode::no_blank_line && limit < octets.size()) {
    end.error = ErrorCode::header_block;
  }
  const StartLine line = judge_start_line(octets, end);
  const bool control = line.error.code == ErrorCode::ok && first.error == ErrorCode::control_in_header;
  return control ? failed(line, ErrorCode::control_in_header, first.content_end) : line;
}

}  // namespace stirline::sip::detail
