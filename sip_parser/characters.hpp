// Character classes of the SIP grammar (RFC 3261 25.1) and the few text tools every reader here shares. Internal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sip_parser/span.hpp"

namespace stirline::sip::detail {

inline constexpr std::uint16_t kToken = 1U << 0U;        // token
inline constexpr std::uint16_t kDigit = 1U << 1U;        // DIGIT
inline constexpr std::uint16_t kAlpha = 1U << 2U;        // ALPHA
inline constexpr std::uint16_t kHex = 1U << 3U;          // HEXDIG, either case
inline constexpr std::uint16_t kBlank = 1U << 4U;        // the octets of LWS: SP HT CR LF
inline constexpr std::uint16_t kHost = 1U << 5U;         // hostname or IPv4address; '_' is seen in the field
inline constexpr std::uint16_t kUser = 1U << 6U;         // user and password without '%'; '#' is seen in the field
inline constexpr std::uint16_t kUriParam = 1U << 7U;     // uri-parameter without '%' and ';'
inline constexpr std::uint16_t kUriHeader = 1U << 8U;    // headers of a URI without '%'
inline constexpr std::uint16_t kParamName = 1U << 9U;    // where the name of a parameter goes on
inline constexpr std::uint16_t kParamValue = 1U << 10U;  // where an unquoted value of a parameter goes on
inline constexpr std::uint16_t kBase64Url = 1U << 11U;   // b64u of an Identity digest, '.' excluded
inline constexpr std::uint16_t kControl = 1U << 12U;     // 0..31 and 127
inline constexpr std::uint16_t kVisible = 1U << 13U;     // 33..126
inline constexpr std::uint16_t kInList = 1U << 14U;  // what neither ends a value of a list nor opens a quote or bracket
inline constexpr std::uint16_t kNoBlank = 1U << 15U;  // all but the octets of LWS

[[nodiscard]] constexpr std::array<std::uint16_t, 256> make_classes() {
  std::array<std::uint16_t, 256> classes{};
  const auto add = [&classes](std::string_view octets, std::uint16_t bits) {
    for (const char c : octets) {
      auto& entry = classes[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint16_t>(entry | bits);
    }
  };
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
      kAlpha | kToken | kHost | kUser | kUriParam | kUriHeader | kBase64Url);
  add("0123456789", kDigit | kHex | kToken | kHost | kUser | kUriParam | kUriHeader | kBase64Url);
  add("abcdefABCDEF", kHex);
  add("-.!%*_+`'~", kToken);
  add("-._", kHost);
  add("-_.!~*'()&=+$,;?/#", kUser);
  add("-_.!~*'()[]/:&+$=", kUriParam);
  add("-_.!~*'()[]/?:+$=&", kUriHeader);
  add("-_/+", kBase64Url);
  add(" \t\r\n", kBlank);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    std::uint16_t bits = classes[c];
    if (c < 0x20 || c == 0x7F) {
      bits |= kControl;
    }
    if ((bits & kBlank) == 0) {
      bits |= kNoBlank;
    }
    if (c != ',' && c != '"' && c != '<') {
      bits |= kInList;
    }
    if (c > 0x20 && c < 0x7F) {
      bits |= kVisible;
      const char octet = static_cast<char>(c);
      constexpr std::string_view kNeverBare = "\",;<>@\\";
      if (kNeverBare.find(octet) == std::string_view::npos) {
        bits |= kParamValue;
        if (octet != '=' && octet != '?') {
          bits |= kParamName;
        }
      }
    }
    classes[c] = bits;
  }
  return classes;
}
inline constexpr std::array<std::uint16_t, 256> kClasses = make_classes();

[[nodiscard]] constexpr bool is(char c, std::uint16_t classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

// First position in [at, end) that is not of `classes`; `end` if there is none. `at` is at most `end`.
[[nodiscard]] constexpr std::size_t skip(std::string_view text, std::size_t at, std::size_t end,
                                         std::uint16_t classes) {
  const char* const octets = text.data();
  for (; end - at >= 4; at += 4) {  // four at a time: most runs are longer
    if (!is(octets[at], classes)) {
      return at;
    }
    if (!is(octets[at + 1], classes)) {
      return at + 1;
    }
    if (!is(octets[at + 2], classes)) {
      return at + 2;
    }
    if (!is(octets[at + 3], classes)) {
      return at + 3;
    }
  }
  while (at < end && is(octets[at], classes)) {
    ++at;
  }
  return at;
}

[[nodiscard]] constexpr bool all(std::string_view text, std::uint16_t classes) {
  return skip(text, 0, text.size(), classes) == text.size();
}

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Equal without regard to the case of ASCII letters, and of nothing else.
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

[[nodiscard]] constexpr Span span_between(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end - begin)};
}

// [begin, end) without the blanks and folds at its ends.
[[nodiscard]] constexpr Span trimmed(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin < end && text[begin] == ' ') {
    ++begin;
  }
  if (begin < end && !is(text[begin], kBlank) && !is(text[end - 1], kBlank)) [[likely]] {
    return span_between(begin, end);
  }
  begin = skip(text, begin, end, kBlank);
  while (end > begin && is(text[end - 1], kBlank)) {
    --end;
  }
  return span_between(begin, end);
}

[[nodiscard]] constexpr bool lies_inside(std::string_view message, Span span) {
  return span.end() <= message.size();
}

// 1*DIGIT of any length with a value of at most `limit` (below 10^9 times ten); nothing otherwise.
[[nodiscard]] constexpr std::optional<std::uint32_t> decimal(std::string_view digits, std::uint32_t limit) {
  if (digits.empty()) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is(c, kDigit)) {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (value > limit) {
      return std::nullopt;
    }
  }
  return static_cast<std::uint32_t>(value);
}

// `at` stands on the opening '"'. Position behind the closing one; nothing if there is none before `end` (RFC 3261
// 25.1: a backslash takes any octet but CR and LF with it).
[[nodiscard]] constexpr std::optional<std::size_t> skip_quoted(std::string_view text, std::size_t at, std::size_t end) {
  for (++at; at < end; ++at) {
    if (text[at] == '"') {
      return at + 1;
    }
    if (text[at] == '\\') {
      ++at;
      if (at >= end || text[at] == '\r' || text[at] == '\n') {
        return std::nullopt;
      }
    }
  }
  return std::nullopt;
}

}  // namespace stirline::sip::detail
