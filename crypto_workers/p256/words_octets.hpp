// Between octets as they travel (big-endian) and words as kernels take them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto_workers/p256/words.hpp"

namespace stirline::crypto {

[[nodiscard]] inline Words words_from(std::span<const std::uint8_t, 32> octets) {
  Words words{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    std::uint64_t& word = words.word[kWords - 1 - i / 8];
    word = word << 8 | octets[i];
  }
  return words;
}

inline void to_octets(const Words& words, std::span<std::uint8_t, 32> octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    octets[i] = static_cast<std::uint8_t>(words.word[kWords - 1 - i / 8] >> (56 - 8 * (i % 8)));
  }
}

}  // namespace stirline::crypto
