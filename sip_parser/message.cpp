#include "sip_parser/message.hpp"

#include "sip_parser/head.hpp"
#include "sip_parser/kernel/select.hpp"
#include "sip_parser/occurrence.hpp"
#include "sip_parser/start_line.hpp"
#include "sip_parser/typed_headers.hpp"

namespace stirline::sip {

ParseError Message::read(std::string_view octets, const Strictness& strictness) {
  return detail::selected_entry()(fields_, octets, strictness);
}

ParseError Message::read_with(Kernel kernel, std::string_view octets, const Strictness& strictness) {
  return detail::entry_of(kernel)(fields_, octets, strictness);
}

bool Message::salvage(std::string_view octets) {
  fields_.clear();
  if (octets.empty() || octets.size() > kMaxMessageBytes) {
    return false;
  }
  // Its version, or its Request-URI, may be what is wrong.
  const detail::StartLine start = detail::read_start_line(octets, {});
  if (!start.known || start.kind != Kind::request) {
    return false;
  }
  fields_.start_line_known = true;
  fields_.kind = start.kind;
  fields_.method = start.method;
  fields_.method_text = start.method_text;
  const auto good = [](const ParseError& error) { return error.code == ErrorCode::ok; };
  std::size_t body = 0;
  if (!good(detail::read_header_block(fields_, octets, start.end, {}, body))) {
    return false;
  }
  for (const HeaderId id : detail::kMandatory) {
    if (!fields_.chains.has(id) || (id != HeaderId::via && fields_.chains.repeats(id))) {
      return false;
    }
  }
  return good(detail::read_vias(fields_, octets, {})) && good(detail::read_from(fields_, octets)) &&
         good(detail::read_to(fields_, octets)) && good(detail::read_call_id(fields_, octets)) &&
         good(detail::read_cseq(fields_, octets));
}

}  // namespace stirline::sip
