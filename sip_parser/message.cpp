#include "sip_parser/message.hpp"

#include "sip_parser/kernel/select.hpp"

namespace stirline::sip {
namespace {

std::expected<void, ParseError> outcome(const ParseError& error) {
  if (error.code != ErrorCode::ok) {
    return std::unexpected(error);
  }
  return {};
}

}  // namespace

std::expected<void, ParseError> Message::parse(std::string_view octets, const Strictness& strictness) {
  return outcome(detail::selected_entry()(fields_, octets, strictness));
}

std::expected<void, ParseError> Message::parse_with(Kernel kernel, std::string_view octets,
                                                    const Strictness& strictness) {
  return outcome(detail::entry_of(kernel)(fields_, octets, strictness));
}

}  // namespace stirline::sip
