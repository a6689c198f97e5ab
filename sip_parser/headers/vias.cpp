#include "sip_parser/headers/vias.hpp"

#include "sip_parser/headers/field_reader.hpp"
#include "sip_parser/via.hpp"

namespace stirline::sip {

std::expected<ViaList, FieldError> read_vias(const Message& message, std::string_view octets) {
  constexpr HeaderId kViasId = HeaderId::via;
  return detail::read_list<ViaList>(message, octets, kViasId, [&](Span value) -> std::expected<Via, FieldError> {
    Via via;
    const ParseError error = detail::read_via(octets, value, via);
    if (error.code == ErrorCode::ok) {
      return via;
    }
    const bool open = error.code == ErrorCode::bad_quote;
    return detail::field_failure(open ? FieldErrorCode::open_quote : FieldErrorCode::malformed, kViasId, error.offset);
  });
}

}  // namespace stirline::sip
