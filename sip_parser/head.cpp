#include "sip_parser/head.hpp"

#include "sip_parser/header_lines.hpp"
#include "sip_parser/start_line.hpp"

namespace stirline::sip::detail {
namespace {

struct Exact;  // names the compilation of HeaderChains::add that is used here

}  // namespace

ParseError read_header_block(MessageFields& fields, std::string_view octets, std::size_t begin,
                             const Strictness& strictness, std::size_t& body) {
  HeaderBlock block;
  if (const ParseError error =
          split_header_lines(octets, begin, strictness, std::span(fields.headers).first<kMaxHeaderLines>(), block);
      error.code != ErrorCode::ok) {
    return error;
  }
  fields.header_count = static_cast<std::uint16_t>(block.count);
  fields.blank_line = static_cast<std::uint16_t>(block.blank_line);
  for (std::size_t line = 0; line < block.count; ++line) {
    fields.chains.add<Exact>(fields.headers[line].id, line);
  }
  body = block.body;
  return {};
}

ParseError read_head(MessageFields& fields, std::string_view octets, const Strictness& strictness, std::size_t& body) {
  const StartLine start = read_start_line(octets, strictness);
  fields.start_line_known = start.known;
  fields.kind = start.kind;
  fields.method = start.method;
  fields.method_text = start.method_text;
  fields.status = start.status;
  if (start.error.code != ErrorCode::ok) {
    return start.error;
  }
  if (fields.kind == Kind::request) {
    if (const ParseError error = read_uri(octets, start.request_uri, fields.request_uri); error.code != ErrorCode::ok) {
      return error;
    }
  }
  return read_header_block(fields, octets, start.end, strictness, body);
}

}  // namespace stirline::sip::detail
