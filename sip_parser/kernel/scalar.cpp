// The kernel for any processor, and the measure of the others: the exact readers alone.
#include "sip_parser/head.hpp"
#include "sip_parser/kernel/read_message.hpp"
#include "sip_parser/kernel/select.hpp"
#include "sip_parser/occurrence.hpp"

namespace stirline::sip::detail {

ParseError read_message_scalar(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  fields.clear();
  if (octets.size() > kMaxMessageBytes) {
    return {ErrorCode::too_long, static_cast<std::uint16_t>(kMaxMessageBytes), HeaderId::unknown};
  }
  std::size_t body = 0;
  ParseError error = read_head(fields, octets, strictness, body);
  if (error.code == ErrorCode::ok) {
    error = check_occurrence(fields, strictness);
  }
  return error.code == ErrorCode::ok ? read_values(Exact{}, {}, fields, octets, strictness, body) : error;
}

}  // namespace stirline::sip::detail
