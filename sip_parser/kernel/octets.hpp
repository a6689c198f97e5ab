// A message seen through windows of 64 octets that may begin anywhere, and the arithmetic on their masks. Only for the
// translation units of the vector kernels (README.md).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <immintrin.h>

#include "sip_parser/span.hpp"
#include "sip_parser/words.hpp"

namespace stirline::sip::detail {

inline constexpr std::size_t kWindow = 64;

// The head of a message. Behind its blank line there are kWindow octets more, so that no window needs a look at where
// the message ends.
template <typename Block>
class Octets {
 public:
  [[gnu::always_inline]] explicit Octets(const char* data) : data_(data) {}

  [[gnu::always_inline]] [[nodiscard]] char operator[](std::size_t offset) const { return data_[offset]; }

  [[gnu::always_inline]] [[nodiscard]] const char* address(std::size_t offset) const { return data_ + offset; }

  // The window that begins at `offset`, which is in the head.
  [[gnu::always_inline]] [[nodiscard]] Block at(std::size_t offset) const { return Block::whole(data_ + offset); }

  // Eight octets, the first one lowest.
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t eight(std::size_t offset) const { return word_at(data_ + offset); }

  // Two octets, the first one lowest.
  [[gnu::always_inline]] [[nodiscard]] std::uint16_t two(std::size_t offset) const {
    std::uint16_t octets = 0;
    __builtin_memcpy(&octets, data_ + offset, sizeof octets);
    return octets;
  }

  // Four octets that must be there, the first one lowest.
  [[gnu::always_inline]] [[nodiscard]] std::uint32_t four(std::size_t offset) const {
    std::uint32_t octets = 0;
    __builtin_memcpy(&octets, data_ + offset, sizeof octets);
    return octets;
  }

 private:
  const char* data_;
};

// The bits of the first `count` octets; all of them from 64 on (up to 255).
[[gnu::always_inline]] inline std::uint64_t below(std::size_t count) {
  return _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(count));
}

// Where the lowest bit is; 64 if there is none.
[[gnu::always_inline]] inline std::size_t lowest(std::uint64_t mask) {
  return static_cast<std::size_t>(_tzcnt_u64(mask));
}

[[gnu::always_inline]] inline bool has(std::uint64_t mask, std::size_t bit) {
  return (mask >> bit & 1U) != 0;
}

// `offset` is below 65,536.
[[gnu::always_inline]] inline void set_span(Span& span, std::size_t offset, std::size_t length) {
  span.offset = static_cast<std::uint16_t>(offset);
  span.length = static_cast<std::uint16_t>(length);
}

// Sets a span where `present`, else the empty one at 0 that stands for an absent part; without a branch.
[[gnu::always_inline]] inline void set_optional(Span& span, bool present, std::size_t offset, std::size_t length) {
  const std::size_t keep = std::size_t{0} - static_cast<std::size_t>(present);
  set_span(span, offset & keep, length & keep);
}

// Text of up to eight octets as Block::word() and Octets::four() have it. A letter compares in both cases, if wanted.
struct Word {
  std::uint64_t octets = 0;
  std::uint64_t care = 0;

  consteval Word(const char* text, std::size_t length, bool fold_letters) {
    for (std::size_t i = 0; i < length; ++i) {
      const bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
      octets |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
      care |= std::uint64_t{letter && fold_letters ? 0xDFU : 0xFFU} << (8 * i);
    }
  }
  [[gnu::always_inline]] [[nodiscard]] bool leads(std::uint64_t word) const { return ((word ^ octets) & care) == 0; }
};
consteval Word operator""_any_case(const char* text, std::size_t length) {
  return {text, length, true};
}
consteval Word operator""_exact(const char* text, std::size_t length) {
  return {text, length, false};
}

}  // namespace stirline::sip::detail
