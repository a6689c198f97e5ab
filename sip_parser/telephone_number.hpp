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

// How a trunk writes numbers that do not begin with '+'. An empty string or zero switches its rule off. First a routing
// prefix goes, then the number is international, national or left as it is (911, 112), tried in this order.
struct DialPlan {
  std::string_view country_code = {};     // "1", "49": put before national numbers; empty: none is national
  std::string_view national_prefix = {};  // "0" in most of Europe, "1" in North America: stripped from national numbers
  std::string_view international_prefix = {};  // "011", "00": stripped from international numbers
  bool accept_bare_digits = true;   // an all-digit user part without user=phone is a number (STIR-ID-03 "by policy")
  bool accept_leading_plus = true;  // so is "+" and digits (the same clause)
  std::string_view routing_prefix = {};  // "1010288": stripped wherever it leads
  std::uint8_t national_digits = 0;  // digits of a national number without its prefix: 10 in North America, and then no
                                     // prefix is needed. Zero where they vary: any number with the prefix is national
                                     // if five digits or more are left
};

// The canonical number of `uri`, or nothing if it is not a telephone number under the rules above (STIR-ID-03: then the
// URI procedure applies). A local number with phone-context is one only if the context is "+" and the trunk's country
// code: any other context makes it private (RFC 3966 5.1.5).
[[nodiscard]] std::optional<TelephoneNumber> telephone_number(std::string_view message, const Uri& uri,
                                                              const DialPlan& plan);

// The canonical form of a number already taken out of its URI ("+1 (215) 555-0121" -> "12155550121"): visual separators
// go, then the dial plan speaks. Nothing if any other character stands in it, if a '+' is followed by what is no E.164
// number (1 to 15 digits, the first not 0), or if it is longer than kMaxDigits.
[[nodiscard]] std::optional<TelephoneNumber> canonical_number(std::string_view written, const DialPlan& plan);

}  // namespace stirline::sip
