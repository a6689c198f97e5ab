#include "sip_parser/kernel/octet_class.hpp"

namespace stirline::sip::detail {

constinit const std::array<RepeatedOctet, 128> kRepeated = [] {
  std::array<RepeatedOctet, 128> table{};
  for (std::size_t octet = 0; octet < table.size(); ++octet) {
    table[octet].octets.fill(static_cast<char>(octet));
  }
  return table;
}();

}  // namespace stirline::sip::detail
