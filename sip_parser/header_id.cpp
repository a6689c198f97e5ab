#include "sip_parser/header_id.hpp"

#include "sip_parser/characters.hpp"
#include "sip_parser/header_names.hpp"

namespace stirline::sip {

std::string_view name_of(HeaderId id) {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index >= kHeaderIds ? std::string_view("unknown") : detail::kHeaderNames[index].name;
}

HeaderId header_id(std::string_view name) {
  const detail::HeaderTable& table = detail::kHeaderTable;
  const auto slot = detail::HeaderTable::slot_of(detail::leading_word(name), name.size(), table.multiplier);
  const std::size_t index = table.slots[slot] / sizeof(detail::HeaderPattern);
  return detail::equal_ignoring_case(detail::kHeaderNames[index].name, name) ? detail::kHeaderNames[index].id
                                                                             : HeaderId::unknown;
}

}  // namespace stirline::sip
