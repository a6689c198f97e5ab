#include "sip_parser/first_look.hpp"

#include <algorithm>

#include "sip_parser/characters.hpp"
#include "sip_parser/method_names.hpp"
#include "sip_parser/words.hpp"

namespace stirline::sip {
namespace {

using Look = FirstLook::Kind;

constexpr std::size_t kWord = 8;
constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;

// STUN (RFC 5389 6): two zero bits and the magic cookie.
bool is_stun(std::string_view octets) {
  return octets.size() >= 20 && (static_cast<unsigned char>(octets[0]) & 0xC0U) == 0 &&
         octets.substr(4, 4) == "\x21\x12\xA4\x42";
}

// Octets in front of the first space among the first eight; 8 if there is none.
std::size_t first_word_length(std::uint64_t word) {
  const std::uint64_t differing = word ^ kEach * ' ';
  // Borrows make false hits only above a true one.
  return static_cast<std::size_t>(std::countr_zero((differing - kEach) & ~differing & kEach * 0x80)) / 8;
}

// A known method with the space behind it, or "SIP/2.0" and a space in any case of letters.
FirstLook look_at_words(std::string_view octets) {
  const std::uint64_t word = detail::word_at(octets.data());
  const std::size_t length = first_word_length(word);
  const std::uint64_t letters = length < kWord ? word & ((std::uint64_t{1} << (8 * length)) - 1) : word;
  const detail::MethodName& entry = detail::method_entry(letters);
  if (entry.word == letters && octets.size() > entry.length && octets[entry.length] == ' ' &&
      (length < kWord || octets.substr(kWord).starts_with(entry.name.substr(kWord)))) {
    return {Look::request, entry.method};
  }
  constexpr std::uint64_t kVersion = detail::leading_word("SIP/2.0 ");
  constexpr std::uint64_t kAnyCase = 0xFFFF'FFFF'FFDF'DFDF;
  return ((word ^ kVersion) & kAnyCase) == 0 ? FirstLook{Look::response, Method::other} : FirstLook{};
}

}  // namespace

FirstLook first_look(std::string_view octets) {
  if (octets.empty()) {
    return {Look::keepalive, Method::other};
  }
  const char first = octets.front();
  if (detail::is(first, detail::kToken)) {
    if (is_stun(octets)) {
      return {Look::not_sip, Method::other};
    }
    return octets.size() > kWord ? look_at_words(octets) : FirstLook{};
  }
  if (!detail::is(first, detail::kBlank)) {
    return {Look::not_sip, Method::other};
  }
  const bool only_lines = std::ranges::all_of(octets, [](char c) { return c == '\r' || c == '\n'; });
  return {only_lines ? Look::keepalive : Look::unsure, Method::other};
}

}  // namespace stirline::sip
