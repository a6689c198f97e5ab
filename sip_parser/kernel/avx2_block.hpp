// 64 octets in two registers. Only for the translation unit built for it (README.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <immintrin.h>

#include "sip_parser/header_names.hpp"
#include "sip_parser/kernel/octet_class.hpp"

namespace stirline::sip::detail {

// All masks have one bit an octet, the first octet lowest.
class Avx2Block {
 public:
  // `at` has 64 octets.
  [[gnu::always_inline]] static Avx2Block whole(const char* at) {
    return {_mm256_loadu_si256(address(at)), _mm256_loadu_si256(address(at + 32))};
  }

  // The `count` octets (below 64) at `at` and zeros behind them; nothing behind them is read.
  [[gnu::always_inline]] static Avx2Block front(const char* at, std::size_t count) {
    alignas(32) char copy[64] = {};
    std::memcpy(copy, at, count);
    return {_mm256_load_si256(address(copy)), _mm256_load_si256(address(copy + 32))};
  }

  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(char octet) const {
    const __m256i all = repeated(octet);
    return tops(_mm256_cmpeq_epi8(low_, all), _mm256_cmpeq_epi8(high_, all));
  }
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(const Avx2Block& other) const {
    return tops(_mm256_cmpeq_epi8(low_, other.low_), _mm256_cmpeq_epi8(high_, other.high_));
  }
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t any_of(const OctetClass& wanted) const {
    const __m256i rows = _mm256_load_si256(address(wanted.rows.data()));
    return ~tops(_mm256_cmpeq_epi8(found(low_, rows), _mm256_setzero_si256()),
                 _mm256_cmpeq_epi8(found(high_, rows), _mm256_setzero_si256()));
  }

  // True if the first 32 octets are those of `pattern`, as far as it cares.
  [[gnu::always_inline]] [[nodiscard]] bool matches(const HeaderPattern& pattern) const {
    const __m256i letters = _mm256_load_si256(address(pattern.letters.data()));
    const __m256i care = _mm256_load_si256(address(pattern.care.data()));
    return _mm256_testz_si256(_mm256_xor_si256(low_, letters), care) != 0;
  }

  // Writes where the first 32 bits of `mask` stand, plus `base`; at `out` is room for as many.
  [[gnu::always_inline]] static void put_positions(std::uint64_t mask, std::size_t base, std::uint16_t* out) {
    // Written whether they are there or not: seldom are there more, and nothing has to be guessed.
    constexpr int kAtOnce = 4;
    for (int i = 0; i < kAtOnce; ++i, mask = _blsr_u64(mask)) {
      *out++ = static_cast<std::uint16_t>(base + _tzcnt_u64(mask));
    }
    for (int i = kAtOnce; i < 32 && mask != 0; ++i, mask = _blsr_u64(mask)) {
      *out++ = static_cast<std::uint16_t>(base + _tzcnt_u64(mask));
    }
  }

  // The first eight octets, the first one lowest.
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t word() const {
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm256_castsi256_si128(low_)));
  }

 private:
  [[gnu::always_inline]] Avx2Block(__m256i low, __m256i high) : low_(low), high_(high) {}

  // `octet` is ASCII.
  [[gnu::always_inline]] static __m256i repeated(char octet) {
    return _mm256_load_si256(address(kRepeated[static_cast<unsigned char>(octet)].octets.data()));
  }

  [[gnu::always_inline]] static const __m256i* address(const void* at) { return static_cast<const __m256i*>(at); }

  [[gnu::always_inline]] static std::uint64_t tops(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U;
  }

  // Not zero where the octet is in the class of `rows`.
  [[gnu::always_inline]] static __m256i found(__m256i octets, __m256i rows) {
    const __m256i bits = _mm256_load_si256(address(kRowBits.rows.data()));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(octets, 4), repeated(0x0F));
    return _mm256_and_si256(_mm256_shuffle_epi8(rows, octets), _mm256_shuffle_epi8(bits, high));
  }

  __m256i low_;
  __m256i high_;
};

}  // namespace stirline::sip::detail
