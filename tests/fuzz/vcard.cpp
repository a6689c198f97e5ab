// Any octets as an address book of vCards: each card is read or refused with a reason, within its bounds, and the file
// comes to its end.
#include <cstdint>
#include <sstream>
#include <string>

#include "config/policy/rule.hpp"
#include "control/policy/vcard_reader.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::vcard {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using stirline::control::policy::VcardReader;
  std::istringstream file(std::string(reinterpret_cast<const char*>(data), size));
  VcardReader reader(file);
  std::size_t cards = 0;
  for (auto got = reader.next(); got != VcardReader::Got::end; got = reader.next()) {
    check(++cards <= size, "each card takes octets of the file");
    check(reader.line() >= 1 && reader.line() <= size + 1, "a card begins in a line of the file");
    if (got == VcardReader::Got::mistake) {
      check(!reader.why().empty(), "a refusal has a reason");
      continue;
    }
    check(reader.card().name.size() <= stirline::config::policy::kMaxTextBytes, "a name is cut");
    check(reader.card().addresses.size() <= VcardReader::kMaxAddresses, "a card has so many addresses");
    for (const std::string& address : reader.card().addresses) {
      check(address.size() <= VcardReader::kMaxLineBytes, "an address is so long");
    }
  }
  return 0;
}

const Target kTarget("vcard", run);

}  // namespace
}  // namespace stirline::fuzz::vcard
