// 64 octets in two registers. Only for the translation unit built for it (README.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include "sip_parser/header_names.hpp"
#include "sip_parser/kernel/octet_class.hpp"

namespace stirline::sip::detail {

// All masks have one bit an octet, the first octet lowest.
class Avx2Block {
 public:
  // `at` has 64 octets.
  [[gnu::always_inline]] static Avx2Block whole(const char* at) {
    return {_mm256_loadu_si256(address(at)), _mm256_loadu_si256(address(at + kHalf))};
  }

  // The `count` octets (below 64) at `at` and zeros behind them; nothing behind them is read.
  [[gnu::always_inline]] static Avx2Block front(const char* at, std::size_t count) {
    alignas(kHalf) char copy[2 * kHalf] = {};
    __builtin_memcpy(copy, at, count);
    return whole(copy);
  }

  // `at` has room for 64 octets.
  [[gnu::always_inline]] void store(char* at) const {
    _mm256_storeu_si256(place(at), low_);
    _mm256_storeu_si256(place(at + kHalf), high_);
  }

  // `octet` is ASCII.
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(char octet) const {
    const __m256i all = _mm256_load_si256(address(kRepeated[static_cast<unsigned char>(octet)].octets.data()));
    return tops(_mm256_cmpeq_epi8(low_, all), _mm256_cmpeq_epi8(high_, all));
  }
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(const Avx2Block& other) const {
    return tops(_mm256_cmpeq_epi8(low_, other.low_), _mm256_cmpeq_epi8(high_, other.high_));
  }

  // Which octets belong to which classes: what is the same for all is done once. Only for ASCII. It outlives the block.
  class Classes {
   public:
    [[gnu::always_inline]] [[nodiscard]] std::uint64_t outside(OctetClass unwanted) const {
      const OctetRows& rows = kClassRows[static_cast<std::size_t>(unwanted)];
      const __m256i zero = _mm256_setzero_si256();
      return tops(_mm256_cmpeq_epi8(_mm256_and_si256(looked_up(rows, low_), low_bits_), zero),
                  _mm256_cmpeq_epi8(_mm256_and_si256(looked_up(rows, high_), high_bits_), zero));
    }

   private:
    friend class Avx2Block;
    [[gnu::always_inline]] explicit Classes(const Avx2Block& block)
        : low_(block.low_), high_(block.high_), low_bits_(row_bits(block.low_)), high_bits_(row_bits(block.high_)) {}

    __m256i low_;
    __m256i high_;
    __m256i low_bits_;
    __m256i high_bits_;
  };
  [[gnu::always_inline]] [[nodiscard]] Classes classes() const { return Classes(*this); }

  // Octets beyond ASCII, and control characters where none should be, of one window or several.
  class Strays {
   public:
    [[gnu::always_inline]] Strays() : low_(_mm256_setzero_si256()), high_(_mm256_setzero_si256()) {}
    [[gnu::always_inline]] void add(const Avx2Block& block) {
      low_ = _mm256_or_si256(low_, tops_of_strays(block.low_));
      high_ = _mm256_or_si256(high_, tops_of_strays(block.high_));
    }
    [[gnu::always_inline]] [[nodiscard]] std::uint64_t mask() const { return tops(low_, high_); }

   private:
    __m256i low_;
    __m256i high_;
  };

  // True if the first 32 octets are those of `pattern`, as far as it cares.
  [[gnu::always_inline]] [[nodiscard]] bool matches(const HeaderPattern& pattern) const {
    const __m256i letters = _mm256_load_si256(address(pattern.letters.data()));
    const __m256i care = _mm256_load_si256(address(pattern.care.data()));
    return _mm256_testz_si256(_mm256_xor_si256(low_, letters), care) != 0;
  }

  // Which of 32 numbers differ.
  [[gnu::always_inline]] [[nodiscard]] static std::uint32_t differing(const std::uint16_t* a, const std::uint16_t* b) {
    const auto same = [a, b](std::size_t at) {
      return _mm256_cmpeq_epi16(_mm256_loadu_si256(address(a + at)), _mm256_loadu_si256(address(b + at)));
    };
    constexpr int kInOrder = 0b11011000;  // packing goes by halves
    const __m256i all = _mm256_permute4x64_epi64(_mm256_packs_epi16(same(0), same(16)), kInOrder);
    return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(all));
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
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t word() const { return static_cast<std::uint64_t>(low_[0]); }

 private:
  static constexpr std::size_t kHalf = 32;
  static constexpr char kDelete = 0x7F;

  [[gnu::always_inline]] Avx2Block(__m256i low, __m256i high) : low_(low), high_(high) {}

  [[gnu::always_inline]] static const __m256i* address(const void* at) { return static_cast<const __m256i*>(at); }

  [[gnu::always_inline]] static __m256i* place(void* at) { return static_cast<__m256i*>(at); }

  [[gnu::always_inline]] static std::uint64_t tops(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U;
  }

  // Bit 7 of each octet that is beyond ASCII or a stray control character.
  [[gnu::always_inline]] static __m256i tops_of_strays(__m256i octets) {
    const __m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), octets);
    const __m256i tab = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\t'));
    const __m256i ends = _mm256_or_si256(_mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\r')),
                                         _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\n')));
    return _mm256_or_si256(_mm256_andnot_si256(_mm256_or_si256(tab, ends), low),
                           _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(kDelete)));
  }

  // An octet is in the class of `rows` where this and its row_bits() share a bit.
  [[gnu::always_inline]] static __m256i looked_up(const OctetRows& rows, __m256i octets) {
    return _mm256_shuffle_epi8(_mm256_load_si256(address(rows.rows.data())), octets);
  }
  [[gnu::always_inline]] static __m256i row_bits(__m256i octets) {
    const __m256i high_four = _mm256_and_si256(_mm256_srli_epi16(octets, 4), _mm256_set1_epi8(0x0F));
    return _mm256_shuffle_epi8(_mm256_load_si256(address(kRowBits.rows.data())), high_four);
  }

  __m256i low_;
  __m256i high_;
};

}  // namespace stirline::sip::detail
