// Callers, called users and other texts as one number each, so that tables compare them at once: a telephone number is
// itself, every other text is its SipHash-2-4 under a secret that travels with the tables (SPIT-CP-03, SPIT-FW-06).
//
// Nobody outside knows the secret, so nobody can choose a text that falls together with another. Pure functions; any
// thread; no heap.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace stirline::config::policy {

// 0: nothing. A number has the highest bit clear, a text has it set.
using Key = std::uint64_t;
inline constexpr Key kNoKey = 0;

using KeySecret = std::array<std::uint8_t, 16>;

// What a text is: equal texts of two kinds have different keys.
enum class KeyKind : std::uint8_t {
  identity,     // a number or a URI, in canonical form
  domain,       // small letters, A-labels
  media,        // audio, video, message, text
  trunk,        // its name
  spc,          // service provider code of the signer
  body_type,    // "text/plain", and "text/*" for all of them; small letters
  language,     // "en-us", and "en" for all of them; small letters
  list,         // that concerns the call: "black"
  certificate,  // subject of the signer's
};
inline constexpr std::size_t kKeyKinds = static_cast<std::size_t>(KeyKind::certificate) + 1;

[[nodiscard]] Key text_key(const KeySecret& secret, KeyKind kind, std::string_view text);

// Digits alone, 1 to 15 of them, are a telephone number; anything else is a text. `canonical` is what
// crypto::extract_originator() and its kind make of an identity.
[[nodiscard]] Key identity_key(const KeySecret& secret, std::string_view canonical);

// A key that is a telephone number, taken apart again.
inline constexpr unsigned kNumberLengthAt = 56;  // above any number of 15 digits: "012" and "12" differ
[[nodiscard]] constexpr bool is_number(Key key) {
  return key != kNoKey && key >> 63 == 0;
}
[[nodiscard]] constexpr unsigned digits_of(Key number) {
  return static_cast<unsigned>(number >> kNumberLengthAt);
}
[[nodiscard]] constexpr std::uint64_t value_of(Key number) {
  return number & ((Key{1} << kNumberLengthAt) - 1);
}

}  // namespace stirline::config::policy
