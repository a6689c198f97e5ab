// A message seen through windows of 64 octets that may begin anywhere, and the arithmetic on their masks. Only for the
// translation units of the vector kernels (README.md).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <immintrin.h>

namespace stirline::sip::detail {

inline constexpr std::size_t kWindow = 64;

template <typename Block>
struct Octets {
  const char* data;
  std::size_t size;

  // The window that begins at `offset` (at most `size`); zeros where the message has ended.
  [[gnu::always_inline]] [[nodiscard]] Block at(std::size_t offset) const {
    const std::size_t left = size - offset;
    return left >= kWindow ? Block::whole(data + offset) : Block::front(data + offset, left);
  }
};

// The bits of the first `count` octets; all of them from 64 on (up to 255).
[[gnu::always_inline]] inline std::uint64_t below(std::size_t count) {
  return _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(count));
}

// Where the lowest bit is; 64 if there is none.
[[gnu::always_inline]] inline std::size_t lowest(std::uint64_t mask) {
  return static_cast<std::size_t>(_tzcnt_u64(mask));
}

// How far a run of bits goes that begins at `begin` (at most 64); 64 if it does not end.
[[gnu::always_inline]] inline std::size_t run_end(std::uint64_t mask, std::size_t begin) {
  return lowest(~mask & ~below(begin));
}

[[gnu::always_inline]] inline bool has(std::uint64_t mask, std::size_t bit) {
  return (mask >> bit & 1U) != 0;
}

// Text of up to eight octets as Block::word() has it. A letter compares in both cases, if `letters` says so.
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
