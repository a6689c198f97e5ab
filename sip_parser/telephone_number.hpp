// Telephone numbers in SIP identities: classification and canonical form (RFC 8224 8.1, 8.3; STIR-ID-03, STIR-ID-04).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sip_parser/uri.hpp"

namespace stirline::sip {

// Digits, '#' and '*' only, no '+'. Fixed size: it travels in job slots.
struct TelephoneNumber {
  static constexpr std::size_t kMaxDigits = 31;  // E.164 has 15; local strings with routing prefixes are longer
  std::array<char, kMaxDigits> digits{};
  std::uint8_t length = 0;

  [[nodiscard]] std::string_view view() const { return {digits.data(), length}; }
  friend bool operator==(const TelephoneNumber& a, const TelephoneNumber& b) { return a.view() == b.view(); }
};

// How a trunk writes numbers. An empty string switches its rule off.
struct DialPlan {
  std::string_view country_code;          // "1", "49": put before national numbers
  std::string_view national_prefix;       // "0" in most of Europe: stripped from national numbers
  std::string_view international_prefix;  // "011", "00": stripped from international numbers
  bool accept_bare_digits = true;  // an all-digit user part without user=phone is a number (STIR-ID-03 "by policy")
};

// The canonical number of `uri`, or nothing if it is not a telephone number under the rules above.
[[nodiscard]] std::optional<TelephoneNumber> telephone_number(std::string_view message, const Uri& uri,
                                                              const DialPlan& plan);

// The canonical form of a number already taken out of its URI ("+1 (215) 555-0121" -> "12155550121").
[[nodiscard]] std::optional<TelephoneNumber> canonical_number(std::string_view written, const DialPlan& plan);

}  // namespace stirline::sip
