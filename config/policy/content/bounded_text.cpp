#include "config/policy/content/bounded_text.hpp"

namespace stirline::config::policy::content {

void BoundedText::add_point(char32_t point) {
  const auto tail = [point](unsigned shift) { return static_cast<char>(0x80U | (point >> shift & 0x3FU)); };
  if (point < 0x80) {
    const char octet = static_cast<char>(point);
    add({&octet, 1});
  } else if (point < 0x800) {
    const std::array octets{static_cast<char>(0xC0U | point >> 6U), tail(0)};
    add({octets.data(), octets.size()});
  } else if (point < 0x1'0000 && (point < 0xD800 || point > 0xDFFF)) {
    const std::array octets{static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0)};
    add({octets.data(), octets.size()});
  } else if (point >= 0x1'0000 && point <= 0x10'FFFF) {
    const std::array octets{static_cast<char>(0xF0U | point >> 18U), tail(12), tail(6), tail(0)};
    add({octets.data(), octets.size()});
  }
}

}  // namespace stirline::config::policy::content
