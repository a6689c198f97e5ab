// Any octets as contacts that calls have made: read or refused, and what is read says the same when it is written
// again.
#include "config/wire/contact_record.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::contact_record {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::config::wire;
  std::string_view octets(reinterpret_cast<const char*>(data), size);
  std::array<char, kMaxContactBytes> again;
  while (!octets.empty()) {
    const std::string_view before = octets;
    const auto record = decode_contact(octets);
    if (!record) {
      check(!record.error().empty(), "a refusal has a reason");
      return 0;
    }
    const std::size_t bytes = encode_contact(*record, again);
    check(octets.size() + bytes == before.size(), "a contact is as long as it says");
    check(before.starts_with(std::string_view(again.data(), bytes)), "a contact has one form only");
  }
  return 0;
}

const Target kTarget("contact_record", run);

}  // namespace
}  // namespace stirline::fuzz::contact_record
