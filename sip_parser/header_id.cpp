#include "sip_parser/header_id.hpp"

#include "sip_parser/characters.hpp"
#include "sip_parser/header_names.hpp"

namespace stirline::sip {
namespace {

// `name` has as many octets as the pattern's, at least eight: whole words, the last one overlapping.
bool matches(const detail::HeaderPattern& pattern, std::string_view name) {
  const auto differing = [&pattern, name](std::size_t at) {
    const std::uint64_t octets = detail::word_at(pattern.letters.data() + at) ^ detail::word_at(name.data() + at);
    return octets & detail::word_at(pattern.care.data() + at);
  };
  std::uint64_t all = 0;
  for (std::size_t at = 0; at + 8 < name.size(); at += 8) {
    all |= differing(at);
  }
  return (all | differing(name.size() - 8)) == 0;
}

}  // namespace

std::string_view name_of(HeaderId id) {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index >= kHeaderIds ? std::string_view("unknown") : detail::kHeaderNames[index].name;
}

HeaderId header_id(std::string_view name) {
  const std::uint64_t key = detail::leading_word(name);
  const detail::HeaderTable& table = detail::kHeaderTable;
  const std::size_t index =
      table.slots[detail::HeaderTable::slot_of(key, name.size(), table.multiplier)] / sizeof(detail::HeaderPattern);
  const detail::HeaderName& candidate = detail::kHeaderNames[index];
  if (candidate.name.size() != name.size()) {
    return HeaderId::unknown;
  }
  const bool same =
      name.size() < 8 ? detail::equal_ignoring_case(candidate.name, name) : matches(table.patterns[index], name);
  return same ? candidate.id : HeaderId::unknown;
}

}  // namespace stirline::sip
