#include "crypto_workers/puzzle/hashcash.hpp"

#include <algorithm>

#include <openssl/crypto.h>

namespace stirline::crypto {
namespace {

// The last octet ends in the lowest bit.
PuzzleOctets without_low_bits(PuzzleOctets octets, unsigned bits) {
  for (auto octet = octets.rbegin(); octet != octets.rend() && bits != 0; ++octet) {
    const unsigned here = std::min(bits, 8U);
    *octet = static_cast<std::uint8_t>(*octet & ~((1U << here) - 1));
    bits -= here;
  }
  return octets;
}

bool same(const PuzzleOctets& a, const PuzzleOctets& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Hashcash::Hashcash(std::span<const std::uint8_t, kOrigidKeyBytes> key) : mac_(key, "stirline puzzles for callers") {}

std::optional<PuzzleOctets> Hashcash::pre_of(const PuzzleCall& call, std::uint32_t minute) {
  const auto mac = mac_.of({call.call_id, call.from, call.to}, minute);
  if (!mac) {
    return std::nullopt;
  }
  PuzzleOctets pre{};
  std::copy_n(mac->begin(), pre.size(), pre.begin());
  return pre;
}

std::optional<PuzzleOctets> Hashcash::image_of(const PuzzleOctets& pre) {
  PuzzleOctets image{};
  return sha1_.make(pre, image) ? std::optional(image) : std::nullopt;
}

std::optional<Puzzle> Hashcash::make(const PuzzleCall& call, std::uint32_t minute, std::uint8_t work) {
  const auto pre = pre_of(call, minute);
  const auto image = pre ? image_of(*pre) : std::nullopt;
  if (!image) {
    return std::nullopt;
  }
  return Puzzle{.work = work, .pre = without_low_bits(*pre, work), .image = *image};
}

PuzzleResult Hashcash::check(const PuzzleCall& call, std::uint32_t minute, const Puzzle& solution) {
  if (solution.work != 0 || solution.value != kWholeImage) {
    return PuzzleResult::wrong;
  }
  const auto image = image_of(solution.pre);
  if (!image) {
    return PuzzleResult::library;
  }
  if (!same(*image, solution.image)) {
    return PuzzleResult::wrong;
  }
  for (std::uint32_t back = 0; back <= kMinutesGood && back <= minute; ++back) {
    const auto pre = pre_of(call, minute - back);
    if (!pre) {
      return PuzzleResult::library;
    }
    if (same(*pre, solution.pre)) {
      return PuzzleResult::solved;
    }
  }
  return PuzzleResult::wrong;
}

bool Hashcash::solves(const Puzzle& puzzle, const Puzzle& solution) {
  const auto image = image_of(solution.pre);
  return solution.work == 0 && solution.value == kWholeImage && same(puzzle.image, solution.image) && image &&
         same(*image, puzzle.image) &&
         same(without_low_bits(solution.pre, puzzle.work), without_low_bits(puzzle.pre, puzzle.work));
}

}  // namespace stirline::crypto
