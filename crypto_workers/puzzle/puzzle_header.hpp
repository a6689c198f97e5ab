// The header field Puzzle: the puzzle in a 419, its solution in the request that follows (SPIT-HC-01; no RFC has it).
//
//   Puzzle = "Puzzle" HCOLON p *(SEMI p)
//   p = "work" EQUAL 1*2DIGIT / "pre" EQUAL <"> base64 <"> / "image" EQUAL <"> base64 <"> / "value" EQUAL 1*3DIGIT
//
// Any order, blanks around ';' and '='. Pure; no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace stirline::crypto {

inline constexpr std::size_t kPuzzleOctets = 20;  // of pre and image: SHA-1
using PuzzleOctets = std::array<std::uint8_t, kPuzzleOctets>;
inline constexpr std::uint8_t kMaxPuzzleWork = 24;
inline constexpr std::uint8_t kWholeImage = 160;  // bits

struct Puzzle {
  std::uint8_t work = 0;  // low-order bits of `pre` that are to be found; 0: `pre` is the solution
  PuzzleOctets pre{};
  PuzzleOctets image{};              // SHA-1 of what `pre` was
  std::uint8_t value = kWholeImage;  // bits of the image that must match
  friend bool operator==(const Puzzle&, const Puzzle&) = default;
};

// The value of the field, without its name. Nothing unless all four parameters are there, each once, in the sizes
// above; base64 is exact (RFC 4648 4: padded, no stray bits).
[[nodiscard]] std::optional<Puzzle> read_puzzle(std::string_view value);

inline constexpr std::size_t kPuzzleLineBytes = 128;
// The whole line with CRLF, written to `line`.
[[nodiscard]] std::string_view write_puzzle(const Puzzle& puzzle, std::span<char, kPuzzleLineBytes> line);

}  // namespace stirline::crypto
