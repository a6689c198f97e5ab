#include "sip_parser/header_id.hpp"

#include <algorithm>
#include <array>

#include "sip_parser/header_names.hpp"

namespace stirline::sip {

std::string_view name_of(HeaderId id) {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index >= kHeaderIds ? std::string_view("unknown") : detail::kHeaderNames[index].name;
}

HeaderId header_id(std::string_view name) {
  std::array<char, detail::kHeaderPatternBytes> octets{};
  if (name.size() > detail::kLongestHeaderName) {
    return HeaderId::unknown;
  }
  *std::ranges::copy(name, octets.begin()).out = ':';
  return detail::header_id_before_colon(octets.data(), name.size());
}

HeaderId detail::header_id_before_colon(const char* octets, std::size_t length) {
  constexpr std::size_t kWordOctets = 8;
  if (length > kLongestHeaderName) {
    return HeaderId::unknown;
  }
  const std::size_t slot = kHeaderTable.slots[kHeaderTable.slot_of(word_at(octets), length)];
  const HeaderPattern& pattern = kHeaderTable.patterns[slot / sizeof(HeaderPattern)];
  // All of the pattern, however long the name is: no branch to guess.
  std::uint64_t differing = 0;
  for (std::size_t at = 0; at < kHeaderPatternBytes; at += kWordOctets) {
    differing |= (word_at(octets + at) ^ word_at(pattern.letters.data() + at)) & word_at(pattern.care.data() + at);
  }
  return differing == 0 ? pattern.id() : HeaderId::unknown;
}

}  // namespace stirline::sip
