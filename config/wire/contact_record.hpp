// What the data plane tells control about a call or message that a user of ours has sent and that was answered: whom he
// knows from now on (SPIT-FW-10). One behind the other in a `contacts` message.
//
// Both are canonical identities: digits, or a normalized URI. Pure functions over memory of the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace stirline::config::wire {

inline constexpr std::size_t kMaxContactIdentity = 254;  // octets

struct ContactRecord {
  std::string_view user;     // of ours
  std::string_view contact;  // whom he has called
};

struct ContactHead {
  std::uint16_t bytes = 0;  // of the whole record
  std::uint8_t user = 0;    // octets of either
  std::uint8_t contact = 0;
};
static_assert(sizeof(ContactHead) == 4);

inline constexpr std::size_t kMaxContactBytes = sizeof(ContactHead) + 2 * kMaxContactIdentity;

// How many octets were written; 0: an identity is empty or too long.
[[nodiscard]] std::size_t encode_contact(const ContactRecord& record, std::span<char, kMaxContactBytes> out);

// Takes the first record off `octets`; its texts lie in there and may hold any octet. The error says what is wrong.
[[nodiscard]] std::expected<ContactRecord, std::string> decode_contact(std::string_view& octets);

}  // namespace stirline::config::wire
