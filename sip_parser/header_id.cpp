#include "sip_parser/header_id.hpp"

#include "sip_parser/characters.hpp"
#include "sip_parser/header_names.hpp"

namespace stirline::sip {
namespace {

// `name` has as many octets as the pattern's, and `key` is its leading word: whole words, the last one overlapping.
bool matches(const detail::HeaderPattern& pattern, std::string_view name, std::uint64_t key) {
  constexpr std::size_t kWord = 8;
  const auto differing = [&pattern](std::size_t at, std::uint64_t octets) {
    return (octets ^ detail::word_at(pattern.letters.data() + at)) & detail::word_at(pattern.care.data() + at);
  };
  if (name.size() < kWord) {
    const std::uint64_t octets = (std::uint64_t{1} << (8 * name.size())) - 1;
    return (differing(0, key) & octets) == 0;
  }
  std::uint64_t all = differing(0, key);
  for (std::size_t at = kWord; at + kWord < name.size(); at += kWord) {
    all |= differing(at, detail::word_at(name.data() + at));
  }
  const std::size_t last = name.size() - kWord;
  return (all | differing(last, detail::word_at(name.data() + last))) == 0;
}

}  // namespace

std::string_view name_of(HeaderId id) {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index >= kHeaderIds ? std::string_view("unknown") : detail::kHeaderNames[index].name;
}

HeaderId header_id(std::string_view name) {
  if (name.size() > detail::kLongestHeaderName) {
    return HeaderId::unknown;
  }
  const std::uint64_t key = detail::leading_word(name);
  const detail::HeaderTable& table = detail::kHeaderTable;
  const std::size_t index = table.slots[table.slot_of(key, name.size())] / sizeof(detail::HeaderPattern);
  const detail::HeaderName& candidate = detail::kHeaderNames[index];
  const bool same = candidate.name.size() == name.size() && matches(table.patterns[index], name, key);
  return same ? candidate.id : HeaderId::unknown;
}

}  // namespace stirline::sip
