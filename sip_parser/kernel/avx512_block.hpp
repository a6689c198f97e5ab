// 64 octets in one register. Only for the translation unit built for it (README.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include "sip_parser/header_names.hpp"
#include "sip_parser/kernel/octet_class.hpp"

namespace stirline::sip::detail {

// All masks have one bit an octet, the first octet lowest.
class Avx512Block {
 public:
  // `at` has 64 octets.
  [[gnu::always_inline]] static Avx512Block whole(const char* at) { return Avx512Block(_mm512_loadu_si512(at)); }

  // The `count` octets (below 64) at `at` and zeros behind them; nothing behind them is read.
  [[gnu::always_inline]] static Avx512Block front(const char* at, std::size_t count) {
    return Avx512Block(_mm512_maskz_loadu_epi8(_bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(count)), at));
  }

  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(char octet) const {
    return _mm512_cmpeq_epi8_mask(octets_, _mm512_set1_epi8(octet));
  }
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t equal(const Avx512Block& other) const {
    return _mm512_cmpeq_epi8_mask(octets_, other.octets_);
  }
  // 128..255
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t beyond_ascii() const { return _mm512_movepi8_mask(octets_); }

  [[gnu::always_inline]] [[nodiscard]] std::uint64_t any_of(const OctetClass& wanted) const {
    const __m512i rows = _mm512_load_si512(wanted.rows.data());
    const __m512i bits = _mm512_load_si512(kRowBits.rows.data());
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(octets_, 4), _mm512_set1_epi8(0x0F));
    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(rows, octets_), _mm512_shuffle_epi8(bits, high));
  }

  // True if the first 32 octets are those of `pattern`, as far as it cares.
  [[gnu::always_inline]] [[nodiscard]] bool matches(const HeaderPattern& pattern) const {
    const __m256i letters = _mm256_load_si256(address(pattern.letters.data()));
    const __m256i care = _mm256_load_si256(address(pattern.care.data()));
    return _mm256_test_epi8_mask(_mm256_xor_si256(_mm512_maskz_extracti64x4_epi64(0xF, octets_, 0), letters), care) ==
           0;
  }

  // The first eight octets, the first one lowest.
  [[gnu::always_inline]] [[nodiscard]] std::uint64_t word() const { return static_cast<std::uint64_t>(octets_[0]); }

 private:
  [[gnu::always_inline]] explicit Avx512Block(__m512i octets) : octets_(octets) {}

  [[gnu::always_inline]] static const __m256i* address(const void* at) { return static_cast<const __m256i*>(at); }

  __m512i octets_;
};

}  // namespace stirline::sip::detail
