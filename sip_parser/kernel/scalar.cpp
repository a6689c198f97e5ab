// The kernel for any processor, and the measure of the others: the exact readers alone.
#include "sip_parser/head.hpp"
#include "sip_parser/kernel/read_message.hpp"
#include "sip_parser/kernel/select.hpp"

namespace stirline::sip::detail {

ParseError read_message_scalar(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  fields.clear();
  if (octets.size() > kMaxMessageBytes) {
    return {ErrorCode::too_long, static_cast<std::uint16_t>(kMaxMessageBytes), HeaderId::unknown};
  }
  std::size_t body = 0;
  const ParseError error = read_head(fields, octets, strictness, body);
  return error.code == ErrorCode::ok ? read_values(Exact{}, fields, octets, strictness, body) : error;
}

}  // namespace stirline::sip::detail
