// Any octets as complaints of called users: read or refused, and what is read says the same when it is written again.
#include "config/wire/complaint_record.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::complaint_record {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::config::wire;
  std::string_view octets(reinterpret_cast<const char*>(data), size);
  std::array<char, kMaxComplaintBytes> again;
  while (!octets.empty()) {
    const std::string_view before = octets;
    const auto record = decode_complaint(octets);
    if (!record) {
      check(!record.error().empty(), "a refusal has a reason");
      return 0;
    }
    const std::size_t bytes = encode_complaint(*record, again);
    check(octets.size() + bytes == before.size(), "a complaint is as long as it says");
    check(before.starts_with(std::string_view(again.data(), bytes)), "a complaint has one form only");
  }
  return 0;
}

const Target kTarget("complaint_record", run);

}  // namespace
}  // namespace stirline::fuzz::complaint_record
