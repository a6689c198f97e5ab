#include "sip_parser/telephone_number.hpp"

#include <algorithm>

#include "sip_parser/characters.hpp"

namespace stirline::sip {
namespace {

constexpr std::size_t kLongestE164 = 15;
constexpr std::size_t kShortestNational = 5;  // see DialPlan::national_digits
constexpr std::size_t kMaxWritten = 128;      // octets of a user part: more than any number with its separators

std::optional<TelephoneNumber> joined(std::string_view prefix, std::string_view digits) {
  if (prefix.size() + digits.size() > TelephoneNumber::kMaxDigits) {
    return std::nullopt;
  }
  std::optional<TelephoneNumber> number(std::in_place);
  const auto behind = std::ranges::copy(prefix, number->digits.begin()).out;
  std::ranges::copy(digits, behind);
  number->length = static_cast<std::uint8_t>(prefix.size() + digits.size());
  return number;
}

bool is_e164(std::string_view digits) {
  return !digits.empty() && digits.size() <= kLongestE164 && digits.front() != '0' &&
         detail::all(digits, detail::kDigit);
}

// True, and `prefix` taken off, if it leads `digits` and is not all of it.
bool strip(std::string_view& digits, std::string_view prefix) {
  if (prefix.empty() || digits.size() <= prefix.size() || !digits.starts_with(prefix)) {
    return false;
  }
  digits.remove_prefix(prefix.size());
  return true;
}

// STIR-ID-04: a number without '+' into international form.
std::optional<TelephoneNumber> by_dial_plan(std::string_view digits, const DialPlan& plan) {
  strip(digits, plan.routing_prefix);
  if (!detail::all(digits, detail::kDigit)) {
    return joined({}, digits);  // service codes such as *67
  }
  std::string_view rest = digits;
  if (strip(rest, plan.international_prefix) && is_e164(rest)) {
    return joined({}, rest);
  }
  if (!plan.country_code.empty()) {
    const auto national = [&plan](std::string_view number) {
      return plan.national_digits == 0 ? number.size() >= kShortestNational : number.size() == plan.national_digits;
    };
    rest = digits;
    if (strip(rest, plan.national_prefix) && national(rest)) {
      return joined(plan.country_code, rest);
    }
    if (plan.national_digits != 0 && national(digits)) {
      return joined(plan.country_code, digits);
    }
  }
  return joined({}, digits);
}

using Room = std::array<char, kMaxWritten>;

// RFC 3986 2.1, in `room`. Nothing if an escape is cut short or the result is longer than any number.
std::optional<std::string_view> percent_decoded(std::string_view written, Room& room) {
  const auto nibble = [](char c) { return detail::is(c, detail::kDigit) ? c - '0' : detail::lower(c) - 'a' + 10; };
  std::size_t length = 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    char c = written[i];
    if (c == '%') {
      if (written.size() - i < 3 || !detail::is(written[i + 1], detail::kHex) ||
          !detail::is(written[i + 2], detail::kHex)) {
        return std::nullopt;
      }
      c = static_cast<char>(nibble(written[i + 1]) * 16 + nibble(written[i + 2]));
      i += 2;
    }
    if (length == room.size()) {
      return std::nullopt;
    }
    room[length++] = c;
  }
  return std::string_view(room.data(), length);
}

// True if `params` say that the local number belongs to somebody's private plan.
bool is_private(std::string_view message, Span params, const DialPlan& plan) {
  const Parameter context = find_parameter(message, params, "phone-context");
  if (!context.present) {
    return false;
  }
  const std::string_view value = text(message, context.value);
  return plan.country_code.empty() || value.size() != plan.country_code.size() + 1 || value.front() != '+' ||
         value.substr(1) != plan.country_code;
}

}  // namespace

std::optional<TelephoneNumber> canonical_number(std::string_view written, const DialPlan& plan) {
  std::array<char, TelephoneNumber::kMaxDigits> buffer{};
  std::size_t length = 0;
  bool plus = false;
  for (const char c : written) {
    if (detail::is(c, detail::kDigit) || c == '#' || c == '*') {
      if (length == buffer.size()) {
        return std::nullopt;
      }
      buffer[length++] = c;
    } else if (c == '+' && length == 0 && !plus) {
      plus = true;
    } else if (c != '-' && c != '.' && c != '(' && c != ')' && c != ' ') {
      return std::nullopt;
    }
  }
  const std::string_view digits(buffer.data(), length);
  if (plus) {
    return is_e164(digits) ? joined({}, digits) : std::nullopt;
  }
  return digits.empty() ? std::nullopt : by_dial_plan(digits, plan);
}

std::optional<TelephoneNumber> telephone_number(std::string_view message, const Uri& uri, const DialPlan& plan) {
  const bool is_tel = uri.scheme == Scheme::tel;
  if ((!is_tel && uri.scheme != Scheme::sip && uri.scheme != Scheme::sips) || uri.user.empty() ||
      !detail::lies_inside(message, uri.user)) {
    return std::nullopt;
  }
  // The parameters of a number inside a SIP URI are part of its user part (RFC 3261 19.1.6).
  const std::string_view user = text(message, uri.user);
  const std::size_t semicolon = std::min(user.find(';'), user.size());
  Span params = uri.params;
  if (!is_tel) {
    const std::size_t begin = uri.user.offset + std::min(semicolon + 1, user.size());
    params = detail::span_between(begin, uri.user.end());
  }
  std::string_view written = user.substr(0, semicolon);
  Room room;  // not cleared, which would cost more than a number without escapes
  if (written.contains('%')) {
    written = percent_decoded(written, room).value_or(std::string_view());
  }
  if (written.empty() || written.size() > kMaxWritten) {
    return std::nullopt;
  }
  const bool plus = written.front() == '+';
  if (!is_tel) {
    const Parameter phone = find_parameter(message, uri.params, "user");
    const bool said_so = phone.present && detail::equal_ignoring_case(text(message, phone.value), "phone");
    const bool bare_digits = detail::all(written, detail::kDigit);
    if (!said_so && !(plus && plan.accept_leading_plus) && !(bare_digits && plan.accept_bare_digits)) {
      return std::nullopt;
    }
  }
  if (!plus && is_private(message, params, plan)) {
    return std::nullopt;
  }
  return canonical_number(written, plan);
}

}  // namespace stirline::sip
