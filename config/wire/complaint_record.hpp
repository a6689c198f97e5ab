// What control tells the data plane about a call that a called user did not want: who had called, and how much the
// user's word weighs (SPIT-MK-03). One behind the other in a `complaints` message.
//
// Identities are canonical: digits, or a normalized URI. Pure functions over memory of the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace stirline::config::wire {

inline constexpr std::size_t kMaxComplaintIdentity = 254;  // octets
inline constexpr std::size_t kMaxComplaintTrunk = 64;      // likewise
inline constexpr std::uint16_t kFullWeight = 1'000;

struct ComplaintRecord {
  std::string_view user;     // who complains
  std::string_view caller;   // of whom
  std::string_view trunk;    // over which he came
  bool shown = false;        // it was he (SPIT-FW-02); else he has only claimed it
  std::uint8_t core = 0;     // that has counted the call: CallRecord::core
  std::uint16_t weight = 0;  // in thousandths, 1 to kFullWeight
};

struct ComplaintHead {
  std::uint16_t bytes = 0;  // of the whole record
  std::uint16_t weight = 0;
  std::uint8_t user = 0;  // octets of each
  std::uint8_t caller = 0;
  std::uint8_t trunk = 0;
  std::uint8_t shown = 0;  // 0 or 1
  std::uint8_t core = 0;
  std::uint8_t reserved[3] = {};
};
static_assert(sizeof(ComplaintHead) == 12);

inline constexpr std::size_t kMaxComplaintBytes =
    sizeof(ComplaintHead) + 2 * kMaxComplaintIdentity + kMaxComplaintTrunk;

// How many octets were written; 0: a text is empty or too long, or the weight is none.
[[nodiscard]] std::size_t encode_complaint(const ComplaintRecord& record, std::span<char, kMaxComplaintBytes> out);

// Takes the first record off `octets`; its texts lie in there and may hold any octet. The error says what is wrong.
[[nodiscard]] std::expected<ComplaintRecord, std::string> decode_complaint(std::string_view& octets);

}  // namespace stirline::config::wire
