#include "sip_parser/message.hpp"

#include "sip_parser/kernel/select.hpp"

namespace stirline::sip {

ParseError Message::read(std::string_view octets, const Strictness& strictness) {
  return detail::selected_entry()(fields_, octets, strictness);
}

ParseError Message::read_with(Kernel kernel, std::string_view octets, const Strictness& strictness) {
  return detail::entry_of(kernel)(fields_, octets, strictness);
}

}  // namespace stirline::sip
